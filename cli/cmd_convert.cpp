#include <fmt/format.h>

#include <chrono>
#include <iostream>

#include "mrcz/convert_file.hpp"
#include "mrcz/reports.hpp"
#include "options.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mrcz::cli {
namespace {

constexpr std::string_view not_compressed = "plain MRC is not compressed";  // either of both files

std::string frames_text(std::int64_t frames) { return fmt::format("{} frame{}", frames, frames == 1 ? "" : "s"); }

/// `40 frames moved as they are`, or what became of them, and why.
std::string what_became_of_frames(const ConvertFileResult& result, const std::string& output) {
    if (result.recoded == 0) return frames_text(result.moved) + " moved as they are";
    if (result.why_recoded == not_compressed)
        return frames_text(result.frames) + (container_of(output)->name == "mrc" ? " decompressed" : " compressed");
    const std::string recoded =
        fmt::format("{} recompressed, because {}", frames_text(result.recoded), result.why_recoded);
    return result.moved == 0 ? recoded : fmt::format("{} moved as they are, {}", frames_text(result.moved), recoded);
}

void tell(const Options& options, const std::string& input, const ConvertFileResult& result, double seconds) {
    if (options.json) {
        std::cout << json_report(input, options.output, result, seconds) << '\n';
    } else if (options.quiet == 0) {
        std::cerr << fmt::format("{} -> {}: {}, {}\n", input, options.output, readable_bytes(result.bytes_out),
                                 what_became_of_frames(result, options.output));
    }
}

ConvertFileOptions chosen_options(const Options& options, const std::string& dataset, const std::string& shape,
                                  const std::string& codec) {
    ConvertFileOptions chosen;
    chosen.dataset = dataset;
    if (!shape.empty()) chosen.scan = ScanShape::parse(shape);
    chosen.codec = codec;
    chosen.coding.level = options.level;
    chosen.dtype = chosen_dtype(options);
    chosen.allowed = options.allowed;
    chosen.overwrite = options.force;
    chosen.mode0 = options.mode0;
    return chosen;
}

}  // namespace

int run_convert(const std::vector<std::string>& arguments) {
    CLI::App app(
        "From MRC or MRCZ to Zarr or HDF5, and back.\n\n"
        "What IN is, is looked up; the ending of OUT says what it becomes: .mrc, .mrcz, .zarr, .h5, .hdf5, .nxs. "
        "Frames\n"
        "that are coded by blosc are checked and moved as they are; others are compressed anew, and it is said why.\n\n"
        "Example: mrcz convert movie.mrcz movie.h5        then, in Python: import hdf5plugin, h5py",
        "mrcz convert");
    Options options;
    std::string input;
    std::string dataset;
    std::string shape;
    std::string codec;
    app.add_option("IN", input, "file or Zarr folder to read");
    app.add_option("OUT,-o,--output", options.output, "file or Zarr folder to write");
    app.add_option("--dataset", dataset, "in the HDF5 file, to read (the only one) or to write (/data)")
        ->type_name("PATH");
    app.add_option("--shape", shape, "frames are a scan of SY rows of SX points (4D-STEM)")->type_name("SY,SX");
    app.add_option("--codec", codec, "compress anew with zstd, lz4, ...: see `mrcz codecs`");
    add_level(app, options);
    add_conversion(app, options);
    app.add_flag("-f,--force", options.force, "replace OUT");
    add_mode0(app, options);
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    if (input.empty() || options.output.empty())
        throw Error(ErrorCode::invalid_argument, "name input and output: mrcz convert IN OUT");
    const ConvertFileOptions chosen = chosen_options(options, dataset, shape, codec);
    options.inputs = {input};
    return for_each_input(options, [&](const std::string& name, const RunContext& context) {
        const auto started = std::chrono::steady_clock::now();
        const ConvertFileResult result = convert_file(name, options.output, chosen, context);
        for (const std::string& part : result.left_behind)
            if (context.log) context.log(fmt::format("{}: does not go along: {}", name, part));
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
        tell(options, name, result, taken.count());
    });
}

}  // namespace mrcz::cli
