// Running a job over many files: names, progress, summaries, errors, exit codes.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "mrcz/error.hpp"
#include "mrcz/files.hpp"
#include "mrcz/jobs.hpp"
#include "names.hpp"
#include "options.hpp"

namespace mrcz::cli {

[[nodiscard]] Input input_named(const std::string& name);
/// Where the output of `input` goes. Compressed data never go to a terminal unless forced.
[[nodiscard]] Output output_for(const Options& options, const std::string& input, const DeriveName& derive_name,
                                bool output_is_compressed);

/// Runs `job` on every input with a context of threads, progress and log; goes on after errors, lists them at the end,
/// and returns the exit code of the worst.
/// `failure_json` says more of a failed input than the error alone does.
int for_each_input(const Options& options, const std::function<void(const std::string& input, const RunContext&)>& job,
                   const std::function<std::string(const std::string& input, const Error& error)>& failure_json = {});

/// Where JSON goes: standard output, unless that takes the data.
[[nodiscard]] std::ostream& json_stream(const Options& options);

/// `file: 12.3 MB → 4.5 MB, ratio 2.73, 800 MB/s`, or the same as JSON, unless quiet.
void report(const Options& options, const std::string& verb, const std::string& input, const std::string& output,
            const JobResult& result, double seconds);

void print_error(const std::exception& error);
[[nodiscard]] int exit_code_of(const std::exception& error);

}  // namespace mrcz::cli
