#include "manual.hpp"

#include <fmt/format.h>

#include <iostream>

#include "mrcz/error.hpp"
#include "mrcz/version.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

/// Text as roff takes it: no line begins with a control character, no backslash or dash changes.
std::string roff(std::string_view text) {
    std::string out;
    for (const char character : text) {
        const bool at_line_start = out.empty() || out.back() == '\n';
        if (at_line_start && (character == '.' || character == '\'')) out += "\\&";
        if (character == '\\') {
            out += "\\e";
        } else if (character == '-') {
            out += "\\-";
        } else {
            out += character;
        }
    }
    return out;
}

/// Flags -2 to -9 are hidden from help, and so from here.
bool is_shown(const CLI::Option& option) { return !option.get_group().empty() && !option.get_positional(); }

constexpr std::string_view head_format = R"(.TH MRCZ 1 "" "mrcz {0}" "User Commands"
.SH NAME
mrcz \- store and move detector images
.SH SYNOPSIS
.B mrcz
.I VERB
[options]
.IR FILE ...
.br
.B mrcz
[\fB\-d\fR|\fB\-t\fR|\fB\-l\fR] [options]
.IR FILE ...
.SH DESCRIPTION
mrcz compresses MRC files to MRCZ, gives them back byte for byte, reads single frames out of them, and checks them.
Without a verb it understands the flags of zstd(1): it compresses, or decompresses with \fB\-d\fR, verifies with
\fB\-t\fR, shows what is known of a file with \fB\-l\fR.
.SH VERBS
)";

constexpr std::string_view tail = R"(.SH ENVIRONMENT
.TP
.B MRCZ_THREADS
threads, where \-T does not say
.TP
.B SLURM_CPUS_PER_TASK
the same, where MRCZ_THREADS is not set; else the processors that affinity and control groups allow
.TP
.B NO_COLOR
no progress bar
.TP
.B TMPDIR
where pipes and wrapped files are put that have to be read more than once; /tmp otherwise
.SH EXIT STATUS
0 fine, 1 bad data, 2 usage (also: no such input, output exists), 3 system, 4 interrupted, 70 a bug of ours.
)";

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

}  // namespace

void describe(const CLI::App& app, std::ostream& out) {
    out << fmt::format(".SS {}\n{}.PP\n", roff(app.get_name()), roff(app.get_description()));
    for (const CLI::Option* option : app.get_options())
        if (is_shown(*option))
            out << fmt::format(".TP\n.B {}{}\n{}\n", roff(option->get_name(false, true)),
                               option->get_items_expected_max() > 0 ? " " + roff(option->get_type_name()) : "",
                               roff(option->get_description()));
}

void list_options_of(const CLI::App& app, std::ostream& out) {
    for (const CLI::Option* option : app.get_options())
        if (is_shown(*option))
            for (const std::string& name : option->get_lnames()) out << " --" << name;
}

int run_man(const std::vector<std::string>&) {
    std::cout << fmt::format(head_format, version);
    for (const Verb& verb : verbs()) (void)verb.run({describe_for_manual});
    std::cout << tail;
    return 0;
}

int run_completion(const std::vector<std::string>& arguments) {
    if (arguments != std::vector<std::string>{"bash"})
        throw Error(ErrorCode::invalid_argument, "mrcz completion bash: there is none for other shells");
    std::cout << bash_head;
    for (const Verb& verb : verbs()) {
        std::cout << fmt::format("    {}) options=\"", verb.name);
        (void)verb.run({list_options});
        std::cout << "\" ;;\n";
    }
    std::cout << "    *) options=\"--decompress --test --list";
    (void)find_verb("compress")->run({list_options});
    std::cout << "\" ;;\n" << bash_tail << "_mrcz_verbs=\"";
    for (const Verb& verb : verbs()) std::cout << verb.name << ' ';
    std::cout << "\"\n";
    return 0;
}

}  // namespace mrcz::cli
