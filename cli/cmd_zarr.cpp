#include <fmt/format.h>

#include <iostream>

#include "inputs.hpp"
#include "mrcz/convert_file.hpp"
#include "mrcz/reports.hpp"
#include "options.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

namespace fs = std::filesystem;

struct ZarrFlags {
    bool link = false;
    bool references = false;
    bool hard = false;
    bool copy = false;
    bool absolute = false;
    bool relative = false;
    std::string url;
    std::string shape;
};

[[noreturn]] void refuse(const char* why) { throw Error(ErrorCode::invalid_argument, why); }

void refuse_contradictions(const Options& options, const ZarrFlags& flags) {
    if (flags.link == flags.references)
        refuse("say --link (a Zarr v3 folder whose shard is the file) or --refs (references into it)");
    if (flags.references && (flags.hard || flags.copy || flags.absolute))
        refuse("--hardlink, --copy and --absolute go with --link");
    if (flags.link && (flags.relative || !flags.url.empty())) refuse("--relative and --url go with --refs");
    if (flags.hard && flags.copy) refuse("--hardlink and --copy contradict each other");
    if (flags.absolute && (flags.hard || flags.copy)) refuse("--absolute says how a symbolic link leads to the file");
    if (flags.relative && !flags.url.empty()) refuse("--relative and --url contradict each other");
    if (options.inputs.empty()) refuse("name the files");
    if (options.inputs.size() > 1 && !options.output.empty())
        refuse("-o names one output, but there are several inputs");
    if (options.inputs.size() > 1 && !flags.url.empty()) refuse("--url leads to one file, but there are several");
}

std::string output_of(const Options& options, const ZarrFlags& flags, const std::string& input) {
    if (!options.output.empty()) return options.output;
    return fs::path(input).replace_extension(flags.link ? ".zarr" : ".refs.json").string();
}

void run_one(const Options& options, const ZarrFlags& flags, const std::string& input, const RunContext& context) {
    const std::string output = output_of(options, flags, input);
    const auto scan = flags.shape.empty() ? std::nullopt : std::optional(ScanShape::parse(flags.shape));
    if (flags.link) {
        const LinkKind kind = flags.hard ? LinkKind::hard : flags.copy ? LinkKind::copy : LinkKind::symbolic;
        link_as_zarr(input, output,
                     {.kind = kind,
                      .absolute = flags.absolute,
                      .overwrite = options.force,
                      .scan = scan,
                      .limits = {},
                      .mode0 = options.mode0},
                     context);
    } else {
        write_zarr_references(input, output,
                              {.url = flags.url,
                               .relative = flags.relative,
                               .overwrite = options.force,
                               .scan = scan,
                               .limits = {},
                               .mode0 = options.mode0},
                              context);
    }
    const ArrayType array = array_type_of(Reader(input, {}, options.mode0), scan);
    if (options.json) {
        std::cout << json_report(input, output, array) << '\n';
    } else if (options.quiet == 0) {
        std::cerr << fmt::format("{} -> {}: {} of {}\n", input, output, array.dtype, fmt::join(array.shape, " x "));
    }
}

}  // namespace

int run_zarr(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Show MRCZ files to Zarr where they lie; no frame is copied.\n\n"
        "--link makes a folder X.zarr: a Zarr v3 array whose one shard is the file. --refs writes X.refs.json: a Zarr "
        "v2\narray as references into the file (kerchunk, fsspec), of plain MRC files and those without index, too.\n\n"
        "Example: mrcz zarr --link movie.mrcz        then, in Python: zarr.open_array('movie.zarr', mode='r')",
        "mrcz zarr");
    Options options;
    ZarrFlags flags;
    app.add_option("FILE", options.inputs, "files to show")->allow_extra_args();
    app.add_flag("--link", flags.link, "make a folder X.zarr with a symbolic link to the file");
    app.add_flag("--refs", flags.references, "write references, X.refs.json");
    app.add_option("--shape", flags.shape, "frames are a scan of SY rows of SX points (4D-STEM)")->type_name("SY,SX");
    app.add_flag("--hardlink", flags.hard, "with --link: a hard link");
    app.add_flag("--copy", flags.copy, "with --link: a copy");
    app.add_flag("--absolute", flags.absolute,
                 "with --link: link by the full path; otherwise folder and file can be "
                 "moved together");
    app.add_flag("--relative", flags.relative,
                 "with --refs: the path as seen from the references' folder; otherwise "
                 "the full path");
    app.add_option("--url", flags.url, "with --refs: where the file will be found, such as https://host/movie.mrcz");
    app.add_option("-o,--output", options.output, "write to this folder or file (one input only)");
    app.add_flag("-f,--force", options.force, "replace existing outputs");
    add_mode0(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    refuse_contradictions(options, flags);
    return for_each_input(
        options, [&](const std::string& input, const RunContext& context) { run_one(options, flags, input, context); });
}

}  // namespace mrcz::cli
