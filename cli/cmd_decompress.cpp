#include <chrono>

#include "options.hpp"
#include "output.hpp"
#include "verbs.hpp"

namespace mrcz::cli {

int run_decompress(const std::vector<std::string>& arguments) {
    CLI::App app(
        "Restore the original MRC files, byte for byte.\n\n"
        "Example: mrcz decompress movie.mrcz        writes movie.mrc",
        "mrcz decompress");
    Options options;
    add_inputs(app, options);
    add_output(app, options);
    add_conversion(app, options);
    add_mode0(app, options);
    add_threads(app, options);
    add_talking(app, options);
    add_json(app, options);
    int exit_code = 0;
    if (!parse(app, arguments, exit_code)) return exit_code;
    const DecompressOptions chosen{
        .frames = {}, .limits = {}, .mode0 = options.mode0, .dtype = chosen_dtype(options), .allowed = options.allowed};
    return for_each_input(options, [&](const std::string& name, const RunContext& context) {
        const auto started = std::chrono::steady_clock::now();
        const Output output = output_for(options, name, decompressed_name, false);
        const JobResult result = decompress(input_named(name), output, chosen, context);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
        report(options, "decompress", name, output.descriptor ? "-" : output.path.string(), result, taken.count());
    });
}

}  // namespace mrcz::cli
