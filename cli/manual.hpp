// Manual page and shell completion, made from the tables of verbs and options themselves.
#pragma once

#include <CLI/CLI.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace mrcz::cli {

/// What parse() answers instead of running a verb: its part of the manual, or the names of its options.
inline constexpr const char* describe_for_manual = "--describe-for-manual";
inline constexpr const char* list_options = "--list-options";

void describe(const CLI::App& app, std::ostream& out);
void list_options_of(const CLI::App& app, std::ostream& out);

/// Hidden verbs, for packagers: `mrcz man` prints the manual page, `mrcz completion bash` what bash needs.
int run_man(const std::vector<std::string>& arguments);
int run_completion(const std::vector<std::string>& arguments);

}  // namespace mrcz::cli
