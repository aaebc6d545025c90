// What shells complete, made from the tables of verbs and options: one writer a shell.
#pragma once

#include <CLI/CLI.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace mrcz::cli {

/// Questions that parse() answers instead of running a verb.
inline constexpr std::string_view options_for_bash = "--options-for-bash";
inline constexpr std::string_view options_for_zsh = "--options-for-zsh";
inline constexpr std::string_view options_for_fish = "--options-for-fish";

void write_bash_options(const CLI::App& app, std::ostream& out);
void write_zsh_options(const CLI::App& app, std::ostream& out);
void write_fish_options(const CLI::App& app, std::ostream& out);

/// Flags -2 to -9 are hidden from help, and so from here.
[[nodiscard]] bool is_shown(const CLI::Option& option);
[[nodiscard]] bool takes_value(const CLI::Option& option);

/// A hidden verb, for packagers: `mrcz completion bash`, zsh or fish.
int run_completion(const std::vector<std::string>& arguments);

}  // namespace mrcz::cli
