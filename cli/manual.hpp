// Manual page, made from the tables of verbs and options themselves.
#pragma once

#include <CLI/CLI.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace mrcz::cli {

/// What parse() answers instead of running a verb when it is asked for a part of a text that is made of all verbs. True
/// when it was.
[[nodiscard]] bool answers_for_manual(const CLI::App& app, const std::vector<std::string>& arguments,
                                      std::ostream& out);

/// A hidden verb, for packagers: `mrcz man` prints the manual page.
int run_man(const std::vector<std::string>& arguments);

}  // namespace mrcz::cli
