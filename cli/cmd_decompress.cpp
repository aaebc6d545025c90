#include "file_job.hpp"
#include "inputs.hpp"
#include "verbs.hpp"

namespace mrcz::cli {

int run_decompress(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Restore the original MRC files, byte for byte.\n\n"
        "Example: mrcz decompress movie.mrcz        writes movie.mrc",
        "mrcz decompress");
    Options options;
    add_inputs(app, options);
    add_selection(app, options);
    add_output(app, options);
    add_tree_output(app, options);
    app.add_flag("--keep-metadata", options.keep_metadata,
                 "write metadata that are no part of the original behind it, in a footer; the record of corrections, too");
    add_conversion(app, options);
    add_mode0(app, options);
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    gather_inputs(options, InputKind::compressed);
    const DecompressOptions chosen{.frames = {},
                                   .keep_metadata = options.keep_metadata,
                                   .limits = {},
                                   .mode0 = options.mode0,
                                   .dtype = chosen_dtype(options),
                                   .allowed = options.allowed};
    FileJob job;
    job.derive_name = decompressed_name;
    job.run = [&](const Input& input, const Output& output, const RunContext& context) {
        return decompress(input, output, chosen, context);
    };
    job.prove = [](const Input& input, const std::filesystem::path& output, const RunContext& context) {
        prove_restored(input, output, {}, context);
    };
    job.state = [&chosen](const std::filesystem::path& input, const std::filesystem::path& output,
                          const RunContext& context) {
        return restored_output_state(input, output, chosen.dtype, context);
    };
    return run_file_job(options, job);
}

}  // namespace mrcz::cli
