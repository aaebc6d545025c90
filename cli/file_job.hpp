// Verbs that make one file of another: compress and decompress.
#pragma once

#include <filesystem>
#include <functional>

#include "mrcz/jobs.hpp"
#include "names.hpp"
#include "options.hpp"

namespace mrcz::cli {

/// What differs from verb to verb.
struct FileJob {
    DeriveName derive_name;
    bool output_is_compressed = false;
    std::function<JobResult(const Input&, const Output&, const RunContext&)> run;
    /// Throws unless the output holds all of the input: --rm.
    std::function<void(const Input&, const std::filesystem::path& output, const RunContext&)> prove;
    std::function<OutputState(const std::filesystem::path& input, const std::filesystem::path& output,
                              const RunContext&)>
        state;  ///< of an output that is there already: --skip-done
};

/// Runs it on every input. Returns the exit code; throws, before any work, when the options do not go together.
int run_file_job(const Options& options, const FileJob& job);

}  // namespace mrcz::cli
