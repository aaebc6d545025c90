#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>

#include "inputs.hpp"
#include "mrcz/process.hpp"
#include "mrcz/reports.hpp"
#include "mrcz/thread_executor.hpp"
#include "names.hpp"
#include "options.hpp"
#include "outlier_flags.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "threads.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

namespace fs = std::filesystem;

/// What this verb has of its own.
struct ProcessFlags {
    std::string gain, bare, gain_orient, gamma, dark, defects, outliers, fill, report, seed;
    int gain_rot = 0, gain_flip = 0;
    bool gain_invert = false;
    std::optional<double> frame_seconds, counts_per_electron;
    std::int64_t koma_radius = 0;
    bool trailing = false, koma_divide = false, no_dose_scale = false;
    std::int64_t lag = 0;
    OutlierFlags outlier_details;
    bool plain = false, again = false;
    bool calibrate_gamma = false;
};

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_argument, why); }

/// Whether `argument` can only be meant as a rule: nothing is called so, and it looks like no name of a movie.
bool is_mistaken_rule(const std::string& argument) {
    std::error_code ignored;
    return argument.find_first_of("-./") == std::string::npos && !fs::exists(argument, ignored);
}

bool is_whole_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// A value of --outliers is one of two words: anything else behind it is a movie.
std::vector<std::string> with_outlier_rule(std::vector<std::string> arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--") break;
        if (arguments[i] == "--koma" && (i + 1 == arguments.size() || !is_whole_number(arguments[i + 1])))
            refuse("--koma needs a RADIUS: how many movies before and behind each one, such as --koma 25");
        if (arguments[i] != "--outliers") continue;
        const bool has_rule =
            i + 1 < arguments.size() && (arguments[i + 1] == "paper" || arguments[i + 1] == "guarded");
        if (!has_rule && i + 1 < arguments.size() && is_mistaken_rule(arguments[i + 1]))
            refuse(fmt::format("--outliers {}: no such rule; there is paper, or nothing for the guarded one",
                               arguments[i + 1]));
        arguments[i] += has_rule ? "=" + arguments[i + 1] : "=guarded";
        if (has_rule) arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    return arguments;
}

void add_gain(CLI::App& app, ProcessFlags& flags) {
    app.add_option("--gain", flags.gain, "gain reference: MRC, MRCZ, TIFF, .gain, DM4; multiplies the counts")
        ->type_name("FILE");
    app.add_option("--gain-rot", flags.gain_rot, "turn it by N quarters counter-clockwise (RELION's --gain_rot)")
        ->check(CLI::Range(0, 3).description(""))
        ->type_name("N");
    app.add_option("--gain-flip", flags.gain_flip,
                   "then flip it: 1 upside down, 2 left to right (RELION's --gain_flip)")
        ->check(CLI::Range(0, 2).description(""))
        ->type_name("N");
    app.add_option("--gain-orient", flags.gain_orient, "auto: as it makes the first movie flattest");
    app.add_option("--bare", flags.bare, "gain and dark files of no known format are pixels alone; TYPE is float32")
        ->type_name("NXxNY[:TYPE]");
    app.add_flag("--gain-invert", flags.gain_invert, "it is a flat field (--dark is taken from it, too): divide by it");
    app.add_option("--gamma", flags.gamma,
                   "raise it to this power; auto: by dose rate, as of a Gatan K2; FILE: by that law")
        ->type_name("VALUE|auto|FILE");
    app.add_option("--frame-time", flags.frame_seconds, "exposure of a frame, where metadata do not say it")
        ->type_name("SECONDS");
    app.add_option("--dark", flags.dark, "dark reference, subtracted first; turned as the gain is")->type_name("FILE");
    app.add_option("--defects", flags.defects, "pixels to replace: list (x y w h, or SerialEM's) or map")
        ->type_name("FILE");
    app.add_flag("--calibrate-gamma", flags.calibrate_gamma,
                 "only write the law for --gamma; FILEs are flat fields of at least 4 dose rates");
}

void add_corrections(CLI::App& app, ProcessFlags& flags) {
    app.add_option("--outliers", flags.outliers,
                   "find and replace hot and dead pixels; paper: by the rule as published")
        ->expected(0, 1)
        ->type_name("[paper]");
    app.add_option("--fill", flags.fill, "by random neighbours, their weighted mean in the frame, or that over time")
        ->type_name("random|frame|mean");
    add_outlier_flags(app, flags.outlier_details);
    app.add_option("--counts-per-electron", flags.counts_per_electron, "pixel values per electron, where it is not 1")
        ->type_name("N");
    app.add_option("--koma", flags.koma_radius,
                   "subtract what RADIUS movies before and behind have in common; the paper: 25")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 30).description(""))
        ->type_name("RADIUS");
    app.add_flag("--trailing", flags.trailing, "with --koma: of twice as many movies before it");
    app.add_flag("--koma-divide", flags.koma_divide, "with --koma: divide by the mean instead");
    app.add_flag("--no-dose-scale", flags.no_dose_scale, "with --koma: do not scale it to each movie's dose");
    app.add_flag("--again", flags.again, "correct also what is corrected already, by its record of steps");
    app.add_option("--seed", flags.seed, "of what is random; the same seed gives the same file")->type_name("N");
}

void require_positive(double value, std::string_view option, std::string_view unit) {
    if (!(value > 0) || !std::isfinite(value))
        refuse(fmt::format("{} {}: expected more than 0 {}", option, value, unit));
}

std::uint64_t seed_of(const std::string& text) {
    std::uint64_t seed = 0;
    if (text.empty()) return seed;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
        refuse(fmt::format("--seed {}: expected a whole number from 0 to {}", text,
                           std::numeric_limits<std::uint64_t>::max()));
    return seed;
}

/// Types that corrected pixels can have.
std::optional<PixelType> output_type(const Options& options) {
    const auto type = options.dtype.empty() ? std::nullopt : find_pixel_type(options.dtype);
    if (!options.dtype.empty() && (!type || !info_of(*type).ordered))
        refuse(fmt::format("dtype '{}': corrected pixels are int8, int16, uint16, int32, uint32, float16 or float32",
                           options.dtype));
    return type;
}

OutlierFill fill_named(const std::string& name) {
    if (name == "random") return OutlierFill::random;
    if (name == "frame") return OutlierFill::frame;
    if (name == "mean") return OutlierFill::mean;
    refuse(fmt::format("fill '{}': expected random, frame or mean", name));
}

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(ErrorCode::not_found, "cannot read the gamma law", path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void choose_gamma(const std::string& gamma, GainRequest& gain) {
    double value = 0;
    const auto parsed = std::from_chars(gamma.data(), gamma.data() + gamma.size(), value);
    if (gamma == "auto") {
        gain.gamma_law = GammaLaw{};
    } else if (parsed.ec == std::errc() && parsed.ptr == gamma.data() + gamma.size()) {
        gain.gamma = value;
    } else if (fs::exists(gamma)) {
        gain.gamma_law = parse_gamma_law(text_of(gamma), gamma);
        gain.gamma_law_file = gamma;
    } else {
        refuse(fmt::format("gamma '{}': there is no such file, and it is neither auto nor a number", gamma));
    }
}

/// `4096x4096` or `4096x4096:uint16`.
std::optional<BarePixels> bare_pixels(const std::string& text) {
    if (text.empty()) return std::nullopt;
    BarePixels bare;
    const char* const end = text.data() + text.size();
    const auto columns = std::from_chars(text.data(), end, bare.shape.nx);
    const bool has_rows = columns.ec == std::errc() && columns.ptr != end && *columns.ptr == 'x';
    const auto rows = std::from_chars(has_rows ? columns.ptr + 1 : end, end, bare.shape.ny);
    const std::string_view rest(rows.ptr, static_cast<std::size_t>(end - rows.ptr));
    const auto type = rest.empty() ? std::optional(PixelType::float32) : find_pixel_type(rest.substr(1));
    const bool is_known = rest.empty() || (rest.front() == ':' && type.has_value());
    if (!has_rows || rows.ec != std::errc() || !is_known || bare.shape.nx <= 0 || bare.shape.ny <= 0)
        refuse(
            fmt::format("bare '{}': expected columns, rows and type, such as 4096x4096 or 4096x4096:uint16 (types: "
                        "int8, uint8, int16, uint16, int32, uint32, float16, float32)",
                        text));
    bare.type = *type;
    return bare;
}

std::optional<GainRequest> gain_request(const ProcessFlags& flags) {
    const bool turns = flags.gain_rot != 0 || flags.gain_flip != 0;
    if (flags.gain.empty()) {
        if (turns && !flags.dark.empty())
            refuse(
                "--gain-rot and --gain-flip turn the gain reference and the dark one with it; a dark reference alone "
                "is "
                "taken as it lies");
        if (turns || !flags.gain_orient.empty() || flags.gain_invert || !flags.gamma.empty())
            refuse("--gain-rot, --gain-flip, --gain-orient, --gain-invert and --gamma are about --gain FILE: give it");
        return std::nullopt;
    }
    if (!flags.gain_orient.empty() && flags.gain_orient != "auto")
        refuse(fmt::format("gain-orient '{}': expected auto", flags.gain_orient));
    if (!flags.gain_orient.empty() && turns)
        refuse("--gain-orient auto finds what --gain-rot and --gain-flip say: give one or the other");
    GainRequest gain;
    gain.file = flags.gain;
    if (flags.gain_invert) gain.kind = GainKind::flat_field;
    gain.orientation.quarter_turns = flags.gain_rot;
    gain.orientation.flip = flags.gain_flip == 0   ? GainFlip::none
                            : flags.gain_flip == 1 ? GainFlip::upside_down
                                                   : GainFlip::left_right;
    gain.is_oriented_automatically = !flags.gain_orient.empty();
    if (!flags.gamma.empty()) choose_gamma(flags.gamma, gain);
    return gain;
}

std::optional<OutlierOptions> outlier_options(const ProcessFlags& flags) {
    if (flags.outliers.empty()) {
        if (flags.counts_per_electron) refuse("--counts-per-electron is for --outliers: give both");
        if (says_anything(flags.outlier_details))
            refuse("--outlier-... and --decorrelate are about --outliers: give it");
        if (!flags.fill.empty() && flags.defects.empty())
            refuse("--fill says what replaces pixels: give --outliers or --defects");
        return std::nullopt;
    }
    OutlierOptions outliers;
    if (flags.outliers == "paper") {
        outliers.rule = OutlierRule::paper;
        outliers.least_threshold = 0;
    } else if (flags.outliers != "guarded") {
        refuse(fmt::format("outliers '{}': expected paper, or nothing", flags.outliers));
    }
    if (const auto given = flags.counts_per_electron) {
        require_positive(*given, "--counts-per-electron", "pixel values per electron");
        outliers.values_per_electron = *given;
    }
    apply(flags.outlier_details, outliers);
    return outliers;
}

std::optional<KomaOptions> koma_options(const ProcessFlags& flags) {
    if (flags.koma_radius == 0) {
        if (flags.trailing || flags.koma_divide || flags.no_dose_scale)
            refuse("--trailing, --koma-divide and --no-dose-scale are about --koma RADIUS: give it");
        return std::nullopt;
    }
    KomaOptions koma;
    koma.radius = flags.koma_radius;
    koma.is_trailing = flags.trailing;
    koma.is_divided = flags.koma_divide;
    koma.is_dose_scaled = !flags.no_dose_scale;
    return koma;
}

ProcessOptions process_options(const Options& options, const ProcessFlags& flags) {
    ProcessOptions chosen;
    chosen.gain = gain_request(flags);
    chosen.dark = flags.dark;
    chosen.bare = bare_pixels(flags.bare);
    chosen.defects = flags.defects;
    chosen.outliers = outlier_options(flags);
    if (!flags.fill.empty()) chosen.fill = fill_named(flags.fill);
    chosen.koma = koma_options(flags);
    if (flags.frame_seconds) require_positive(*flags.frame_seconds, "--frame-time", "seconds");
    chosen.frame_seconds = flags.frame_seconds;
    chosen.dtype = output_type(options);
    chosen.seed = seed_of(flags.seed);
    chosen.may_repeat = flags.again;
    chosen.is_plain = flags.plain;
    chosen.coding.level = options.level;
    chosen.measures_correlation = options.json;
    chosen.correlation_lag = flags.lag;
    chosen.mode0 = options.mode0;
    return chosen;
}

void refuse_contradictions(const Options& options, const ProcessOptions& chosen) {
    for (const std::string& name : options.inputs)
        if (name == "-") refuse("process reads movies more than once; give files, not standard input");
    if (options.inputs.empty() && !options.gathered)
        refuse("process needs names of movies: it reads them more than once, and standard input cannot be read again");
    if (!options.output.empty() && !options.output_dir.empty()) refuse("-o and --output-dir: give one of them");
    if (options.level != 0 && chosen.is_plain) refuse("levels (-1 to -9) are of compression, and --plain has none");
    if (chosen.gain && chosen.gain->is_oriented_automatically && !options.shard.empty())
        refuse(
            "--gain-orient auto looks at the session's first movie, and every shard has another one; find it once "
            "without --shard, then give --gain-rot and --gain-flip");
    if (options.output == "-") refuse("process writes files; name one with -o, or a folder with --output-dir");
    if (options.output.empty() == options.output_dir.empty())
        refuse("say where corrected movies go: -o FILE for one, --output-dir DIR for any number");
    if (!chosen.gain && chosen.dark.empty() && chosen.defects.empty() && !chosen.outliers && !chosen.koma)
        refuse("nothing to do: give --gain, --dark, --defects, --outliers or --koma");
    if (chosen.koma && !options.shard.empty()) refuse("--koma needs the whole session, --shard takes a part of it");
}

std::string counted(std::int64_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string summary_of(const MovieResult& result, const ProcessOptions& chosen) {
    std::string text = fmt::format("{}, {}", counted(result.files.frames, "frame"), info_of(result.dtype).name);
    if (result.orientation_margin) text += fmt::format("; gain {}", description_of(*result.orientation));
    if (result.gamma) text += fmt::format("; gamma {:.4f}", *result.gamma);
    if (const auto& found = result.outliers) {
        if (result.defects) text += fmt::format("; {} listed", counted(*result.defects, "defect"));
        if (chosen.outliers) text += fmt::format("; {} hot, {} dead", found->hot, found->dead);
        text += fmt::format("{} {} replaced ({} in clusters)", chosen.outliers ? "," : ";",
                            found->singletons + found->clustered, found->clustered);
        if (result.outliers->spared > 0) text += fmt::format(", {} spared", result.outliers->spared);
    }
    if (result.block_contrast) text += fmt::format("; KOMA of {}", counted(std::ssize(result.koma_movies), "movie"));
    if (result.is_excluded) text += ", in no other's: too much contrast";
    return text;
}

void print_result(const Options& options, const std::string& input, const std::string& output,
                  const MovieResult& result, const ProcessOptions& chosen, double seconds) {
    if (options.json) {
        std::cout << json_report(input, output, result, seconds) << std::endl;
    } else if (options.quiet == 0) {
        std::cerr << fmt::format("{} -> {}: {}\n", input, output, summary_of(result, chosen));
    }
}

RunContext plain_context(const Options& options) {
    RunContext context;
    context.cancel = &interruption();
    if (options.quiet < 2) context.log = [](std::string_view text) { std::cerr << "mrcz: warning: " << text << '\n'; };
    return context;
}

void print_law(const GammaCalibration& calibration, const std::string& output) {
    const GammaLaw& law = calibration.law;
    std::cerr << fmt::format(
        "{}: gamma = {:.4g} d^{:.4g} + {:.4g} d + {:.4g}, d from {:.4g} to {:.4g} counts per pixel "
        "and second\n",
        output, law.a1, law.b1, law.a2, law.a3, law.least_rate, law.greatest_rate);
    for (const GammaPoint& point : calibration.points)
        std::cerr << fmt::format("  d {:.4g}: gamma {:.4f} measured, {:.4f} by the law\n", point.dose_rate, point.gamma,
                                 law.at(point.dose_rate));
}

int write_law(const Options& options, const ProcessOptions& chosen) {
    if (options.json) refuse("--calibrate-gamma writes its law as JSON anyway; leave --json and --report out");
    if (chosen.outliers || chosen.koma || !chosen.defects.empty() || chosen.dtype || chosen.is_plain)
        refuse("--calibrate-gamma only measures: leave --outliers, --koma, --defects, --dtype and --plain out");
    if (!options.output_dir.empty()) refuse("--calibrate-gamma writes one law: -o FILE, or standard output");
    const std::vector<fs::path> flats(options.inputs.begin(), options.inputs.end());
    ThreadExecutor executor(thread_count(options));
    RunContext context = plain_context(options);
    context.executor = &executor;
    const GammaCalibration calibration = calibrate_gamma(flats, chosen, context);
    if (options.output.empty() || options.output == "-") {
        std::cout << json_of(calibration) << '\n';
    } else {
        std::vector<fs::path> read = flats;
        for (const fs::path& file : {chosen.gain->file, chosen.dark}) read.push_back(file);
        write_gamma_law(calibration, Output::file(options.output, options.force), read);
        if (options.quiet == 0) print_law(calibration, options.output);
    }
    return 0;
}

/// KOMA's first pass, with a bar of its own: what fails here fails once, not once a movie.
void gather_sums(const Options& options, ProcessSession& session) {
    ThreadExecutor executor(thread_count(options));
    ProgressBar bar("sums of the session", may_draw() && !options.no_progress && options.quiet == 0);
    RunContext context = plain_context(options);
    context.executor = &executor;
    context.progress = [&bar](const ProgressUpdate& update) { bar(update); };
    if (context.log)
        context.log = [&bar, tell = context.log](std::string_view text) {
            bar.erase();
            tell(text);
        };
    session.prepare(context);
}

void tell_odd_name(const Options& options, bool is_plain) {
    if (options.quiet > 1 || options.output.empty()) return;
    if (is_plain && is_compressed_name(options.output))
        std::cerr << fmt::format("mrcz: warning: {}: --plain writes MRC, the name says MRCZ\n", options.output);
    if (!is_plain && is_plain_name(options.output))
        std::cerr << fmt::format("mrcz: warning: {}: holds compressed MRCZ, the name says MRC; --plain writes MRC\n",
                                 options.output);
}

int correct_all(Options options, const ProcessOptions& chosen) {
    refuse_contradictions(options, chosen);
    const auto derive = [&](const std::string& input) { return processed_name(input, chosen.is_plain); };
    if (options.inputs.size() > 1 && !options.output.empty())
        refuse("-o names one output, but there are several movies; use --output-dir");
    refuse_shared_outputs(options, derive);
    ProcessSession session({options.inputs.begin(), options.inputs.end()}, chosen, plain_context(options));
    std::map<std::string, std::size_t> numbers;
    options.inputs.clear();
    for (const fs::path& path : session.movies()) {
        numbers.emplace(path.string(), options.inputs.size());
        options.inputs.push_back(path.string());
    }
    if (chosen.koma && options.verbose > 0)
        std::cerr << fmt::format("{} movies in the order of their {}\n", options.inputs.size(),
                                 session.is_ordered_by_time() ? "acquisition times" : "names");
    tell_odd_name(options, chosen.is_plain);
    gather_sums(options, session);
    options.stops_when_full = true;
    return for_each_input(options, [&](const std::string& input, const RunContext& context) {
        const auto started = std::chrono::steady_clock::now();
        const Output output = output_for(options, input, derive, !chosen.is_plain);
        const MovieResult result = session.process(numbers.at(input), output, context);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
        print_result(options, input, output.path.string(), result, chosen, taken.count());
    });
}

}  // namespace

int run_process(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Correct movies: gain and dark, hot and dead pixels, and what is common to a session (KOMA).\n\n"
        "FILEs are the movies of one session. Corrected ones are MRCZ files whose record of steps says what was done;\n"
        "inputs stay as they are. Integers stay integers unless a gain or dark reference makes fractions of them.\n\n"
        "Example: mrcz process --outliers --koma 25 --output-dir corrected session/*.mrcz",
        "mrcz process");
    Options options;
    ProcessFlags flags;
    app.add_option("FILE", options.inputs, "movies of a session, MRC or MRCZ")->allow_extra_args();
    add_selection(app, options);
    app.add_option("-o,--output", options.output, "write to this file (one movie only)");
    app.add_option("--output-dir", options.output_dir,
                   "write into this folder, which repeats the tree below that of -r")
        ->type_name("DIR");
    app.add_flag("-f,--force", options.force, "replace existing files");
    add_gain(app, flags);
    add_corrections(app, flags);
    app.add_option("--dtype", options.dtype,
                   "write int8, int16, uint16, float32, ...; fractions are rounded at random");
    app.add_flag("--plain", flags.plain, "write MRC instead of MRCZ, the record of steps behind its pixels");
    add_level(app, options);
    add_mode0(app, options);
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    app.add_option("--report", flags.report, "json: as --json; thresholds, counts, correlation before and after");
    app.add_option("--lag", flags.lag, "with --json: also correlation of frames N apart")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20).description(""))
        ->type_name("N");
    int exit_code = 0;
    if (!parse(app, with_outlier_rule(arguments), exit_code)) return exit_code;
    if (!flags.report.empty() && flags.report != "json")
        refuse(fmt::format("report '{}': expected json", flags.report));
    options.json = options.json || !flags.report.empty();
    if (flags.lag > 0 && !options.json) refuse("--lag is a number of the report: give --json, too");
    options.makes_files = true;
    const ProcessOptions chosen = process_options(options, flags);
    gather_inputs(options, InputKind::any);
    return flags.calibrate_gamma ? write_law(options, chosen) : correct_all(options, chosen);
}

}  // namespace mrcz::cli
