#include "manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

#include "completion.hpp"
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

/// What parse() is asked for the verb's part of the manual.
constexpr std::string_view describe_for_manual = "--describe-for-manual";

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

struct Answer {
    std::string_view question;
    void (*write)(const CLI::App& app, std::ostream& out);
};

void describe(const CLI::App& app, std::ostream& out) {
    out << fmt::format(".SS {}\n{}.PP\n", roff(app.get_name()), roff(app.get_description()));
    for (const CLI::Option* option : app.get_options())
        if (is_shown(*option))
            out << fmt::format(".TP\n.B {}{}\n{}\n", roff(option->get_name(false, true)),
                               takes_value(*option) ? " " + roff(option->get_type_name()) : "",
                               roff(option->get_description()));
}

constexpr std::array<Answer, 4> answers{{
    {describe_for_manual, describe},
    {options_for_bash, write_bash_options},
    {options_for_zsh, write_zsh_options},
    {options_for_fish, write_fish_options},
}};

}  // namespace

bool answers_for_manual(const CLI::App& app, const std::vector<std::string>& arguments, std::ostream& out) {
    if (arguments.size() != 1) return false;
    const auto* const answer = std::ranges::find(answers, arguments[0], &Answer::question);
    if (answer == answers.end()) return false;
    answer->write(app, out);
    return true;
}

int run_man(const std::vector<std::string>&) {
    std::cout << fmt::format(head_format, version);
    for (const Verb& verb : verbs()) (void)verb.run({std::string(describe_for_manual)});
    std::cout << tail;
    return 0;
}

}  // namespace mrcz::cli
