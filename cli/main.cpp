#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "c_mrcz.hpp"
#include "completion.hpp"
#include "manual.hpp"
#include "mrcz/version.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace {

using namespace mrcz;

void print_help() {
    std::cout << fmt::format(
        "mrcz {} - store and move detector images\n\n"
        "usage: mrcz VERB [options] FILE...\n"
        "       mrcz [options] FILE...     as zstd: compress, or -d decompress, -t test, -l list\n\n",
        version);
    for (const cli::Verb& verb : cli::verbs()) std::cout << fmt::format("  {:<12} {}\n", verb.name, verb.summary);
    std::cout << "\n`mrcz VERB --help` shows the options of a verb, `mrcz man` prints the manual page,\n"
                 "`mrcz completion bash` (or zsh, fish) what a shell completes with.\n\n"
                 "Examples:\n"
                 "  mrcz movie.mrc                 compress to movie.mrcz\n"
                 "  mrcz -d movie.mrcz             restore movie.mrc, byte for byte\n"
                 "  mrcz cat --frames :1 m.mrcz    the first frame on standard output\n";
}

/// `mrcz -T1 verify x` would compress x: a verb that is no file's name comes first or not at all.
void refuse_late_verb(const std::string& word) {
    if (cli::find_verb(word) == nullptr || std::filesystem::exists(word)) return;
    throw Error(ErrorCode::invalid_argument, fmt::format("'{0}' is a verb and comes first: mrcz {0} ...", word));
}

/// zstd's way without a verb: the flag that chooses one is taken out of the arguments, which go to that verb.
const cli::Verb& verb_of_flags(std::vector<std::string>& arguments) {
    constexpr std::pair<char, std::string_view> choices[] = {
        {'d', "decompress"}, {'t', "verify"}, {'l', "info"}, {'z', "compress"}};
    constexpr std::pair<std::string_view, char> long_names[] = {
        {"--decompress", 'd'}, {"--uncompress", 'd'}, {"--test", 't'}, {"--list", 'l'}, {"--compress", 'z'}};
    constexpr std::string_view flags_with_values = "oT";
    std::string_view chosen = "compress";
    const auto choose = [&](char flag) {
        for (const auto& [letter, name] : choices)
            if (letter == flag) chosen = name;
        return flag == 'd' || flag == 't' || flag == 'l' || flag == 'z';
    };
    std::vector<std::string> rest;
    bool value_follows = false;
    bool only_files = false;
    for (std::string& argument : arguments) {
        const bool is_value = std::exchange(value_follows, false);
        only_files = only_files || (!is_value && argument == "--");
        const bool short_flags =
            !only_files && !is_value && argument.size() > 1 && argument[0] == '-' && argument[1] != '-';
        for (const auto& [name, flag] : long_names)
            if (!only_files && !is_value && argument == name && choose(flag)) argument.clear();
        if (short_flags) {
            const std::size_t end = std::min(argument.find_first_of(flags_with_values), argument.size());
            value_follows = end + 1 == argument.size();
            std::string kept;
            for (std::size_t i = 0; i < argument.size(); ++i)
                if (i == 0 || i >= end || !choose(argument[i])) kept += argument[i];
            argument = kept == "-" ? "" : kept;
        }
        const bool may_be_value = !rest.empty() && rest.back().starts_with("--");
        if (!is_value && !only_files && !may_be_value) refuse_late_verb(argument);
        if (!argument.empty()) rest.push_back(argument);
    }
    arguments = rest;
    return *cli::find_verb(chosen);
}

/// A mistyped verb is no file: names of files have an ending or a folder.
void refuse_unknown_verb(const std::string& word) {
    if (word[0] == '-' || word.find_first_of("./") != std::string::npos || std::filesystem::exists(word)) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("'{}': there is no such verb or file; `mrcz --help` lists the verbs", word));
}

int run(std::vector<std::string> arguments) {
    if (std::ranges::find(arguments, "") != arguments.end())
        throw Error(ErrorCode::invalid_argument, "an argument is empty: is a variable not set?");
    // With a pipe on standard input `mrcz < a.mrc > a.mrcz` means compress, as zstd has it; a person gets help.
    if (arguments.empty() && !cli::stdin_is_terminal()) return cli::run_compress({});
    if (arguments.size() == 2 && arguments[0] == "help" && cli::find_verb(arguments[1]) != nullptr)
        return cli::find_verb(arguments[1])->run({"--help"});
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
        print_help();
        return arguments.empty() ? static_cast<int>(ErrorGroup::caller) : 0;
    }
    if (arguments[0] == "--version" || arguments[0] == "-V") {
        std::cout << "mrcz " << version << '\n';
        return 0;
    }
    if (cli::is_c_mrcz_syntax(arguments)) return cli::run_c_mrcz(arguments);
    if (arguments[0] == "man" && !std::filesystem::exists("man")) return cli::run_man(arguments);
    if (arguments[0] == "completion" && !std::filesystem::exists("completion"))
        return cli::run_completion({arguments.begin() + 1, arguments.end()});
    const cli::Verb* verb = cli::find_verb(arguments[0]);
    if (verb != nullptr) return verb->run({arguments.begin() + 1, arguments.end()});
    refuse_unknown_verb(arguments[0]);
    return verb_of_flags(arguments).run(arguments);
}

/// What is said on standard output is the result: on a full disk it must not get lost in silence.
int flushed(int exit_code) {
    std::cout.flush();
    if (std::cout) return exit_code;
    throw Error(ErrorCode::io_failed, "cannot write; is the disk full?", "standard output");
}

}  // namespace

int main(int argc, char** argv) {
    // A reader that has seen enough ends the program without a word, also where the caller ignores the signal.
    std::signal(SIGPIPE, SIG_DFL);
    try {
        return flushed(run({argv + 1, argv + argc}));
    } catch (const std::exception& error) {
        mrcz::cli::print_error(error);
        return mrcz::cli::exit_code_of(error);
    } catch (...) {
        std::cerr << "mrcz: unknown error\n";
        return static_cast<int>(mrcz::ErrorGroup::internal);
    }
}
