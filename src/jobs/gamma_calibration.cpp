#include <algorithm>
#include <array>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "jobs/acquisition.hpp"
#include "jobs/keyed_values.hpp"
#include "jobs/open_input.hpp"
#include "jobs/references.hpp"
#include "mrcz/process.hpp"

namespace mrcz {
namespace {

double mean_of(const SumImage& sum) {
    double total = 0;
    std::visit(
        [&](const auto& values) {
            for (const auto value : values) total += static_cast<double>(value);
        },
        sum.values);
    return total / static_cast<double>(std::max<std::size_t>(1, sum.shape.pixels()));
}

GammaPoint point_of(const std::filesystem::path& path, const jobs::ReferenceFiles& files, const ProcessOptions& options,
                    const RunContext& context) {
    const Reader reader = open_reader(Input::file(path), options.limits, options.mode0, context);
    const auto seconds = options.frame_seconds ? options.frame_seconds : jobs::frame_seconds(reader);
    if (!seconds)
        fail(ErrorCode::invalid_argument,
             "nothing in it says in seconds how long a frame was exposed, which its dose rate follows from; give "
             "--frame-time SECONDS");
    const SumImage raw = sum_frames(reader, context);
    const auto found = files.oriented(raw.shape, &raw, context);
    const SumImage flat = found.dark ? corrected(raw, found.dark.get(), nullptr) : raw;
    const double exposure = *seconds * static_cast<double>(std::max<std::int64_t>(1, raw.frames));
    return {mean_of(flat) / exposure, find_gamma(flat, *found.gain, context)};
}

double required(const jobs::KeyedValues& values, std::string_view name) {
    const auto number = values.number(jobs::plain_key(name));
    if (!number) fail(ErrorCode::corrupt, "is no gamma law: it has no number named ", name);
    return *number;
}

}  // namespace

GammaCalibration calibrate_gamma(std::span<const std::filesystem::path> flats, const ProcessOptions& options,
                                 const RunContext& context) {
    if (!options.gain) fail(ErrorCode::invalid_argument, "a gamma law is of a gain reference; name it with --gain");
    const jobs::ReferenceFiles files(options);
    GammaCalibration calibration;
    for (const std::filesystem::path& flat : flats) {
        check_cancelled(context);
        calibration.points.push_back(in_file(flat.string(), [&] { return point_of(flat, files, options, context); }));
    }
    std::ranges::sort(calibration.points, {}, &GammaPoint::dose_rate);
    calibration.law = fit_gamma_law(calibration.points);
    return calibration;
}

void write_gamma_law(const GammaCalibration& calibration, const Output& output,
                     std::span<const std::filesystem::path> inputs) {
    for (const std::filesystem::path& input : inputs) jobs::require_another_file(Input::file(input), output.path);
    const std::string text = json_of(calibration) + '\n';
    const auto sink = jobs::open_sink(output, {}, false);
    sink->write(std::as_bytes(std::span(text)));
    sink->commit();
}

GammaLaw parse_gamma_law(std::string_view json, const std::string& name) {
    return in_file(name, [&] {
        const jobs::KeyedValues values(json);
        GammaLaw law{.a1 = required(values, "a1"),
                     .b1 = required(values, "b1"),
                     .a2 = required(values, "a2"),
                     .a3 = required(values, "a3"),
                     .least_rate = required(values, "least_rate"),
                     .greatest_rate = required(values, "greatest_rate")};
        if (!(law.least_rate > 0) || law.greatest_rate < law.least_rate)
            fail(ErrorCode::corrupt, "gamma law: rates from ", law.least_rate, " to ", law.greatest_rate,
                 ": expected positive ones, the lesser first");
        return law;
    });
}

}  // namespace mrcz
