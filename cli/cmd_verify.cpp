#include <fmt/format.h>

#include <iostream>

#include "inputs.hpp"
#include "mrcz/reports.hpp"
#include "options.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

std::string_view proof_of(const VerifyResult& result) {
    if (result.original_matched) return "original restorable byte for byte";
    return result.frames_hashed ? "all frame hashes hold" : "readable, but it carries no hashes to check";
}

/// What happened to the file always, how its header was written when asked for.
void print_findings(const std::string& name, const std::vector<Finding>& findings, bool all) {
    for (const Finding& finding : findings)
        if (all || finding.rule.starts_with("MRCZ-"))
            std::cout << fmt::format("{}: {}: {} {}: {}\n", name, severity_name(finding.severity), finding.rule,
                                     finding.field, finding.message);
}

}  // namespace

int run_verify(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Decode everything and check every hash; nothing is written.\n\n"
        "Example: mrcz verify *.mrcz",
        "mrcz verify");
    Options options;
    bool strict = false;
    add_inputs(app, options);
    add_selection(app, options);
    app.add_flag("--strict", strict, "oddities count as errors");
    add_mode0(app, options);
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    gather_inputs(options, InputKind::compressed);
    DamagedFrames damaged;
    const auto failure_json = [&](const std::string& name, const Error& error) {
        return damaged.count > 0 ? json_report(name, error, damaged) : std::string();
    };
    const auto verify_one = [&](const std::string& name, const RunContext& context) {
        damaged = {};
        const VerifyOptions chosen{
            .limits = {}, .mode0 = options.mode0, .damaged = [&](std::int64_t frame, const Error& why) {
                damaged.add(frame);
                if (options.verbose > 0 && context.log) context.log(fmt::format("{}: {}", name, why.message()));
            }};
        const VerifyResult result = verify(input_named(name), chosen, context);
        if (options.json) {
            std::cout << json_report(name, result) << '\n';
        } else if (options.quiet == 0) {
            print_findings(name, result.findings, options.verbose > 0 || strict);
            std::cout << fmt::format("{}: OK: {} frames, {}, {}\n", name, result.frames, readable_bytes(result.bytes),
                                     proof_of(result));
        }
        if (strict && !result.findings.empty())
            throw Error(ErrorCode::corrupt,
                        fmt::format("--strict allows no oddities, found {}", result.findings.size()), name);
    };
    return for_each_input(options, verify_one, failure_json);
}

}  // namespace mrcz::cli
