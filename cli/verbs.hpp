// The verbs of the command, one row each: main, help, the default syntax and the tests read this table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mrcz::cli {

/// Runs a verb; `arguments` are those behind it. Returns the exit code; errors are thrown.
using RunVerb = int (*)(const std::vector<std::string>& arguments);

struct Verb {
    std::string_view name;
    std::string_view summary;
    RunVerb run;
};

[[nodiscard]] std::span<const Verb> verbs() noexcept;
[[nodiscard]] const Verb* find_verb(std::string_view name) noexcept;

int run_compress(const std::vector<std::string>& arguments);
int run_decompress(const std::vector<std::string>& arguments);
int run_cat(const std::vector<std::string>& arguments);
int run_append(const std::vector<std::string>& arguments);
int run_info(const std::vector<std::string>& arguments);
int run_verify(const std::vector<std::string>& arguments);
int run_process(const std::vector<std::string>& arguments);
int run_repair(const std::vector<std::string>& arguments);
int run_convert(const std::vector<std::string>& arguments);
int run_zarr(const std::vector<std::string>& arguments);
int run_codecs(const std::vector<std::string>& arguments);

}  // namespace mrcz::cli
