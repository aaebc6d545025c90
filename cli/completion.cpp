#include "completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "mrcz/error.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

constexpr std::string_view bash_head = R"(# bash completion for mrcz
_mrcz() {
  local word=${COMP_WORDS[COMP_CWORD]} options
  if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$_mrcz_verbs" -- "$word"; compgen -f -- "$word")
    return
  fi
  [[ $word == -* ]] || return
  case ${COMP_WORDS[1]} in
)";

constexpr std::string_view bash_tail = R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
}
complete -o default -F _mrcz mrcz
)";

constexpr std::string_view zsh_head = R"(#compdef mrcz
_mrcz() {
  local -a verbs options
)";

constexpr std::string_view zsh_choice = R"(  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t verbs verb verbs
    _files
    return
  fi
  case $words[2] in
)";

constexpr std::string_view zsh_tail = R"(  esac
  _arguments -s -S $options '*:file:_files'
}
_mrcz "$@"
)";

/// `text` with a backslash before each of `special`.
std::string escaped(std::string_view text, std::string_view special) {
    std::string out;
    for (const char character : text) {
        if (special.find(character) != std::string_view::npos) out += '\\';
        out += character;
    }
    return out;
}

/// Between single quotes of a POSIX shell, where a backslash is one.
std::string in_single_quotes(std::string_view text) {
    std::string out = "'";
    for (const char character : text) out += character == '\'' ? std::string("'\\''") : std::string(1, character);
    return out + "'";
}

/// One line of text: descriptions may be broken for --help.
std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

/// What zstd's syntax has beside the options of compress.
struct VerbFlag {
    std::string_view letter;
    std::string_view name;
    std::string_view meaning;
};
constexpr std::array<VerbFlag, 3> verb_flags{{
    {"d", "decompress", "restore the original"},
    {"t", "test", "decode and check, write nothing"},
    {"l", "list", "show what is known of a file"},
}};

void write_bash() {
    std::cout << bash_head;
    for (const Verb& verb : verbs()) {
        std::cout << fmt::format("    {}) options=\"", verb.name);
        (void)verb.run({std::string(options_for_bash)});
        std::cout << "\" ;;\n";
    }
    std::cout << "    *) options=\"";
    for (const VerbFlag& flag : verb_flags) std::cout << fmt::format(" --{}", flag.name);
    (void)find_verb("compress")->run({std::string(options_for_bash)});
    std::cout << "\" ;;\n" << bash_tail << "_mrcz_verbs=\"";
    for (const Verb& verb : verbs()) std::cout << verb.name << ' ';
    std::cout << "\"\n";
}

void write_zsh() {
    std::cout << zsh_head << "  verbs=(\n";
    for (const Verb& verb : verbs())
        std::cout << fmt::format("    {}\n", in_single_quotes(fmt::format("{}:{}", verb.name, verb.summary)));
    std::cout << "  )\n" << zsh_choice;
    for (const Verb& verb : verbs()) {
        std::cout << fmt::format("    {}) options=(\n", verb.name);
        (void)verb.run({std::string(options_for_zsh)});
        std::cout << "    ) ;;\n";
    }
    std::cout << "    *) options=(\n";
    for (const VerbFlag& flag : verb_flags)
        for (const std::string& name : {fmt::format("-{}", flag.letter), fmt::format("--{}", flag.name)})
            std::cout << fmt::format("      {}\n", in_single_quotes(fmt::format("{}[{}]", name, flag.meaning)));
    (void)find_verb("compress")->run({std::string(options_for_zsh)});
    std::cout << "    ) ;;\n" << zsh_tail;
}

void write_fish() {
    std::cout << "# fish completion for mrcz\n";
    for (const Verb& verb : verbs())
        std::cout << fmt::format("complete -c mrcz -n __fish_use_subcommand -a {} -d '{}'\n", verb.name,
                                 escaped(verb.summary, "\\'"));
    for (const VerbFlag& flag : verb_flags)
        std::cout << fmt::format("complete -c mrcz -n __fish_use_subcommand -s {} -l {} -d '{}'\n", flag.letter,
                                 flag.name, flag.meaning);
    for (const Verb& verb : verbs()) (void)verb.run({std::string(options_for_fish)});
}

struct Shell {
    std::string_view name;
    void (*write)();
};
constexpr std::array<Shell, 3> shells{{{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}}};

}  // namespace

bool is_shown(const CLI::Option& option) { return !option.get_group().empty() && !option.get_positional(); }
bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

void write_bash_options(const CLI::App& app, std::ostream& out) {
    for (const CLI::Option* option : app.get_options())
        if (is_shown(*option))
            for (const std::string& name : option->get_lnames()) out << " --" << name;
}

void write_zsh_options(const CLI::App& app, std::ostream& out) {
    const auto write = [&](const CLI::Option& option, const std::string& name) {
        const std::string value = takes_value(option) ? ":" + escaped(option.get_type_name(), ":[]") + ":_files" : "";
        out << fmt::format("      {}\n",
                           in_single_quotes(fmt::format("*{}[{}]{}", name,
                                                        escaped(one_line(option.get_description()), "[]\\"), value)));
    };
    for (const CLI::Option* option : app.get_options()) {
        if (!is_shown(*option)) continue;
        for (const std::string& name : option->get_snames()) write(*option, "-" + name);
        for (const std::string& name : option->get_lnames()) write(*option, "--" + name);
    }
}

void write_fish_options(const CLI::App& app, std::ostream& out) {
    const std::string verb = app.get_name().substr(app.get_name().find(' ') + 1);
    for (const CLI::Option* option : app.get_options()) {
        if (!is_shown(*option)) continue;
        std::string names;
        for (const std::string& name : option->get_snames()) names += " -s " + name;
        for (const std::string& name : option->get_lnames()) names += " -l " + name;
        out << fmt::format("complete -c mrcz -n '__fish_seen_subcommand_from {}'{}{} -d '{}'\n", verb, names,
                           takes_value(*option) ? " -r" : "", escaped(one_line(option->get_description()), "\\'"));
    }
}

int run_completion(const std::vector<std::string>& arguments) {
    const auto* const shell =
        arguments.size() == 1 ? std::ranges::find(shells, arguments[0], &Shell::name) : shells.end();
    if (shell == shells.end())
        throw Error(ErrorCode::invalid_argument, "mrcz completion bash, zsh or fish: there is none for other shells");
    shell->write();
    return 0;
}

}  // namespace mrcz::cli
