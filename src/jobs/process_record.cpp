#include "jobs/process_record.hpp"

#include <cmath>
#include <limits>

#include "base/fail.hpp"
#include "jobs/frame_corrector.hpp"
#include "meta/json_document.hpp"
#include "meta/json_writer.hpp"
#include "mrcz/reports.hpp"
#include "mrcz/version.hpp"

namespace mrcz {
namespace {

using jobs::References;
using jobs::UsedFile;
using meta::JsonWriter;

std::string_view name_of(OutlierRule rule) {
    return rule == OutlierRule::paper ? "paper" : rule == OutlierRule::guarded ? "guarded" : "known";
}

std::string_view name_of(OutlierFill fill) {
    return fill == OutlierFill::random ? "random" : fill == OutlierFill::frame ? "frame" : "mean";
}

std::string_view name_of(GainFlip flip) {
    return flip == GainFlip::none ? "none" : flip == GainFlip::upside_down ? "upside_down" : "left_right";
}

class StepFinder final : public meta::JsonEvents {
  public:
    void key(std::string_view name) override { is_step_ = name == "step"; }
    void text(std::string_view value) override {
        found = found || (is_step_ && value == "process");
        is_step_ = false;
    }
    bool found = false;

  private:
    bool is_step_ = false;
};

/// References at hand have none.
void write_file(JsonWriter& json, const std::optional<UsedFile>& file) {
    if (file) json.member("file", std::string_view(file->name)).member("xxh3_128", std::string_view(file->hash));
}

void write_law(JsonWriter& json, const GammaLaw& law) {
    json.member("a1", law.a1).member("b1", law.b1).member("a2", law.a2).member("a3", law.a3);
    json.member("least_rate", law.least_rate).member("greatest_rate", law.greatest_rate);
}

void write_gain(JsonWriter& json, const GainRequest& gain, const std::optional<UsedFile>& file,
                const References& references, const MovieResult& result) {
    json.key("gain").begin_object();
    write_file(json, file);
    json.member("kind", gain.kind == GainKind::flat_field ? "flat_field" : "multiplicative");
    json.member("quarter_turns", result.orientation->quarter_turns).member("flip", name_of(result.orientation->flip));
    if (result.orientation_margin) json.member("orientation_margin", *result.orientation_margin);
    json.member("binned_by_two", references.is_gain_binned).member("bad_pixels", references.bad_in_gain);
    if (result.gamma) json.member("gamma", *result.gamma);
    if (result.dose_rate) json.member("dose_rate", *result.dose_rate);
    if (result.frame_seconds) json.member("frame_seconds", *result.frame_seconds);
    if (gain.gamma_law) {
        json.key("gamma_law").begin_object();
        write_law(json, *gain.gamma_law);
        json.end_object();
    }
    json.end_object();
}

/// Standard deviation of a good pixel's sum, in electrons, whatever it was fitted on.
double deviation_of_sum(const Outliers& found) {
    if (!found.is_transformed) return found.sigma;
    return found.mean > 0 ? 1.5 * std::sqrt(found.mean) * found.sigma : 0;
}

void write_outliers(JsonWriter& json, const OutlierOptions& options, const Outliers& found, OutlierFill fill) {
    json.key("outliers").begin_object();
    json.member("rule", name_of(options.rule)).member("transform", found.is_transformed ? "anscombe" : "none");
    json.member("fill", name_of(fill)).member("dead", found.dead).member("hot", found.hot);
    json.member("singletons", found.singletons).member("clustered", found.clustered);
    if (options.rule != OutlierRule::known_only) {
        json.member("spared", found.spared).member("values_per_electron", found.values_per_electron);
        json.member("mean", found.mean).member("sigma", found.sigma);
        json.member("dark_threshold", found.dark_threshold).member("hot_threshold", found.hot_threshold);
        json.member("least_threshold", options.rule == OutlierRule::paper ? 0 : options.least_threshold);
        json.member("steepness", options.steepness).member("threshold_share", options.threshold_share);
        const double frames = static_cast<double>(std::max<std::int64_t>(1, found.frames));
        json.member("frame_mean", found.frame_mean);
        json.member("frame_std", deviation_of_sum(found) / std::sqrt(frames) * found.values_per_electron);
    }
    json.key("kernel_taps").begin_array();
    for (const double tap : found.kernel_taps) json.value(tap);
    json.end_array();
    if (found.added_noise > 0) json.member("added_noise", found.added_noise);
    json.end_object();
}

void write_koma(JsonWriter& json, const KomaOptions& options, const MovieResult& result) {
    json.key("koma").begin_object().member("radius", options.radius).member("trailing", options.is_trailing);
    json.member("divided", options.is_divided).member("dose_scaled", result.koma_scale.value_or(1) != 1);
    if (result.koma_scale) json.member("dose_scale", *result.koma_scale);
    json.member("block_contrast", result.block_contrast.value_or(0)).member("excluded", result.is_excluded);
    json.key("movies").begin_array();
    for (const std::string& name : result.koma_movies) json.value(std::string_view(name));
    json.end_array().end_object();
}

void write_correlation(JsonWriter& json, std::string_view name, const std::optional<CorrelationResult>& found) {
    if (!found) return;
    json.key(name).begin_object().member("all_pairs", found->all_pairs);
    if (!std::isnan(found->lagged)) json.member("lagged", found->lagged);
    json.end_object();
}

}  // namespace

std::string jobs::process_step(const ProcessOptions& options, const ReferenceFiles& files, const References& references,
                               const MovieResult& result) {
    JsonWriter json;
    json.begin_object().member("step", "process").member("lossless", false);
    json.member("dtype", info_of(result.dtype).name).member("clipped", result.clipped).member("seed", options.seed);
    if (const auto& bare = options.bare) {
        json.key("bare").begin_object().member("columns", bare->shape.nx).member("rows", bare->shape.ny);
        json.member("dtype", info_of(bare->type).name).member("offset_bytes", bare->offset_bytes).end_object();
    }
    if (references.dark) {
        json.key("dark").begin_object();
        write_file(json, files.dark_file());
        json.member("bad_pixels", references.bad_in_dark);
        json.end_object();
    }
    if (options.gain) write_gain(json, *options.gain, files.gain_file(), references, result);
    if (references.defects) {
        json.key("defects").begin_object();
        write_file(json, files.defects_file());
        json.member("pixels", references.bad_in_defects);
        json.end_object();
    }
    if (result.outliers) write_outliers(json, options_or_none(options.outliers), *result.outliers, *result.fill);
    if (options.koma) write_koma(json, *options.koma, result);
    json.member("program", "mrcz").member("version", std::string_view(version));
    return json.end_object().take();
}

bool jobs::is_processed(const Reader& movie) {
    try {
        const std::string record = movie.provenance();
        if (record.empty()) return false;
        StepFinder finder;
        meta::walk_json(record, Limits{}.metadata_depth, finder);
        return finder.found;
    } catch (const Error&) {
        return false;
    }
}

void jobs::refuse_processed(const Reader& movie, const ProcessOptions& options) {
    if (!options.may_repeat && is_processed(movie))
        fail(ErrorCode::invalid_argument,
             "is corrected already, says its record of steps (mrcz info --json); take the movie that it was made "
             "from, or say --again");
}

std::string json_report(std::string_view input, std::string_view output, const MovieResult& result, double seconds) {
    JsonWriter json;
    json.begin_object().member("verb", "process").member("input", input).member("output", output);
    json.member("frames", result.files.frames).member("bytes_in", result.files.bytes_in);
    json.member("bytes_out", result.files.bytes_out).member("clipped", result.clipped);
    json.key("correlation").begin_object();
    write_correlation(json, "before", result.before);
    write_correlation(json, "after", result.after);
    if (result.before && result.files.frames < 2) json.member("not_measured", "one frame correlates with no other");
    json.end_object();
    json.key("step").raw(result.step);
    return json.member("seconds", seconds).end_object().take();
}

std::string json_of(const GammaCalibration& calibration) {
    JsonWriter json(true);
    json.begin_object();
    write_law(json, calibration.law);
    json.key("points").begin_array();
    for (const GammaPoint& point : calibration.points)
        json.begin_object()
            .member("rate", point.dose_rate)
            .member("exponent", point.gamma)
            .member("law", calibration.law.at(point.dose_rate))
            .end_object();
    return json.end_array().end_object().take();
}

}  // namespace mrcz
