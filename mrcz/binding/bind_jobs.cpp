#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "coding.hpp"
#include "job.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reports.hpp"

namespace mrcz::python {
namespace {

using Path = std::filesystem::path;

std::optional<PixelType> type_of(const std::optional<std::string>& name) {
    if (!name) return std::nullopt;
    return pixel_type_named(*name);
}

/// A report of what went from `input` to `output`, with the time it took.
template <class Job>
std::string timed_report(std::string_view verb, const Path& input, const Path& output, const Job& job) {
    const auto start = std::chrono::steady_clock::now();
    const JobResult result = job();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return json_report(verb, input.string(), output.string(), result, taken.count());
}

// NOLINTNEXTLINE(readability-function-size): the options of CompressOptions, one argument each
Outcome compress_file(const Path& input, const Path& output, const std::string& codec, int level,
                      std::uint64_t block_bytes, const std::string& filter, const std::optional<Document>& metadata,
                      const std::optional<std::string>& dtype, bool clip, bool round, bool keep_sum,
                      const std::string& mode0, const Limits& limits, bool overwrite, unsigned threads,
                      const nb::object& progress, double least_speed) {
    CompressOptions options{.codec = codec,
                            .coding = coding_of(level, block_bytes, filter),
                            .metadata = {},
                            .live = {},
                            .limits = limits,
                            .mode0 = mode0_named(mode0),
                            .dtype = type_of(dtype),
                            .allowed = {clip, round},
                            .keep_sum = keep_sum};
    if (metadata) options.metadata = metadata_from(*metadata);
    if (least_speed > 0) options.least_speed = least_speed;
    return run_job(threads, progress, [&](const RunContext& context) {
        return timed_report("compress", input, output, [&] {
            return compress(Input::file(input), Output::file(output, overwrite), options, context);
        });
    });
}

Outcome decompress_file(const Path& input, const Path& output, const std::string& frames, bool keep_metadata,
                        const std::optional<std::string>& dtype, bool clip, bool round, const std::string& mode0,
                        const Limits& limits, bool overwrite, unsigned threads, const nb::object& progress) {
    const DecompressOptions options{.frames = frames,
                                    .keep_metadata = keep_metadata,
                                    .limits = limits,
                                    .mode0 = mode0_named(mode0),
                                    .dtype = type_of(dtype),
                                    .allowed = {clip, round}};
    return run_job(threads, progress, [&](const RunContext& context) {
        return timed_report("decompress", input, output, [&] {
            return decompress(Input::file(input), Output::file(output, overwrite), options, context);
        });
    });
}

Outcome verify_file(const Path& input, const std::string& mode0, const Limits& limits, unsigned threads,
                    const nb::object& progress) {
    const VerifyOptions options{.limits = limits, .mode0 = mode0_named(mode0), .damaged = {}};
    return run_job(threads, progress, [&](const RunContext& context) {
        return json_report(input.string(), verify(Input::file(input), options, context));
    });
}

Outcome append_files(const std::vector<Path>& inputs, const Path& target, int level, std::uint64_t block_bytes,
                     const std::string& filter, const std::optional<Live>& live, bool corrected,
                     const std::string& mode0, const Limits& limits, unsigned threads, const nb::object& progress) {
    const AppendOptions options{.coding = coding_of(level, block_bytes, filter),
                                .live = live_of(live),
                                .limits = limits,
                                .mode0 = mode0_named(mode0),
                                .corrected = corrected};
    std::vector<Input> files;
    for (const Path& input : inputs) files.push_back(Input::file(input));
    return run_job(threads, progress, [&](const RunContext& context) {
        return json_report(target.string(), append(files, target, options, context));
    });
}

Outcome repair_file(const Path& input, const std::optional<Path>& output, bool overwrite, bool dry_run,
                    bool uncommitted, bool drop_uncommitted, const Limits& limits, unsigned threads,
                    const nb::object& progress) {
    const RepairOptions options{.output = output.value_or(Path()),
                                .overwrite = overwrite,
                                .dry_run = dry_run,
                                .uncommitted = uncommitted,
                                .drop_uncommitted = drop_uncommitted,
                                .limits = limits};
    return run_job(threads, progress, [&](const RunContext& context) {
        return json_report(input.string(), repair(input, options, context));
    });
}

}  // namespace

void bind_jobs(nb::module_& module) {
    module.def("compress", &compress_file, nb::arg("input"), nb::arg("output"), nb::kw_only(), nb::arg("codec"),
               nb::arg("level"), nb::arg("block_bytes"), nb::arg("filter"), nb::arg("metadata").none(),
               nb::arg("dtype").none(), nb::arg("clip"), nb::arg("round"), nb::arg("keep_sum"), nb::arg("mode0"),
               nb::arg("limits"), nb::arg("overwrite"), nb::arg("threads"), nb::arg("progress").none(),
               nb::arg("least_speed") = 0.0);
    module.def("decompress", &decompress_file, nb::arg("input"), nb::arg("output"), nb::kw_only(), nb::arg("frames"),
               nb::arg("keep_metadata"), nb::arg("dtype").none(), nb::arg("clip"), nb::arg("round"), nb::arg("mode0"),
               nb::arg("limits"), nb::arg("overwrite"), nb::arg("threads"), nb::arg("progress").none());
    module.def("verify", &verify_file, nb::arg("input"), nb::kw_only(), nb::arg("mode0"), nb::arg("limits"),
               nb::arg("threads"), nb::arg("progress").none());
    module.def("append", &append_files, nb::arg("inputs"), nb::arg("target"), nb::kw_only(), nb::arg("level"),
               nb::arg("block_bytes"), nb::arg("filter"), nb::arg("live").none(), nb::arg("corrected"),
               nb::arg("mode0"), nb::arg("limits"), nb::arg("threads"), nb::arg("progress").none());
    module.def("repair", &repair_file, nb::arg("input"), nb::kw_only(), nb::arg("output").none(), nb::arg("overwrite"),
               nb::arg("dry_run"), nb::arg("uncommitted"), nb::arg("drop_uncommitted"), nb::arg("limits"),
               nb::arg("threads"), nb::arg("progress").none());
}

}  // namespace mrcz::python
