#include "options.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace mrcz::cli {

int run_cat(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Write the restored MRC file, or some frames under a fresh header, to standard output.\n\n"
        "Example: mrcz cat --frames 10:20 movie.mrcz > ten.mrc",
        "mrcz cat");
    Options options;
    options.to_stdout = true;
    add_inputs(app, options);
    app.add_option("--frames", options.frames, "0-based, end not included: 10:20, :5, -1:");
    add_conversion(app, options);
    add_mode0(app, options);
    app.add_flag("-f,--force", options.force, "write to a terminal");
    app.add_option("-o,--output", options.output, "write to this file instead");
    add_threads(app, options);
    add_talking(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    if (!options.output.empty()) options.to_stdout = false;
    const DecompressOptions chosen{.frames = options.frames,
                                   .keep_metadata = false,
                                   .limits = {},
                                   .mode0 = options.mode0,
                                   .dtype = chosen_dtype(options),
                                   .allowed = options.allowed};
    return for_each_input(options, [&](const std::string& name, const RunContext& context) {
        const Output output = output_for(options, name, decompressed_name, false);
        (void)decompress(input_named(name), output, chosen, context);
    });
}

}  // namespace mrcz::cli
