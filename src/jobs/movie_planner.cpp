#include "jobs/movie_planner.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "jobs/acquisition.hpp"
#include "jobs/frame_corrector.hpp"
#include "jobs/rounded.hpp"

namespace mrcz::jobs {

double mean_of(const SumImage& sum) {
    double total = 0;
    std::visit(
        [&](const auto& values) {
            for (const auto value : values) total += static_cast<double>(value);
        },
        sum.values);
    const double pixels = static_cast<double>(sum.shape.pixels()) * static_cast<double>(sum.frames);
    return pixels > 0 ? total / pixels : 0;
}

void MoviePlanner::know_orientation(const GainOrientation& orientation, std::optional<double> margin) {
    found_before_ = Found{orientation, margin};
}

bool MoviePlanner::plans_by_sum() const {
    const bool finds_orientation = options_.gain && options_.gain->is_oriented_automatically && !found_before_;
    return finds_orientation || (options_.gain && options_.gain->gamma_law);
}

bool MoviePlanner::needs_sum() const {
    return options_.outliers || options_.koma || files_.has_defects() || files_.has_holes() || plans_by_sum();
}

const References& MoviePlanner::references_for(const ImageShape& shape, const SumImage* raw,
                                               const RunContext& context) {
    if (references_) return *references_;
    references_ = found_before_ ? files_.oriented(shape, found_before_->orientation, context)
                                : files_.oriented(shape, raw, context);
    if (found_before_) references_->orientation_margin = found_before_->margin;
    files_.forget_images();
    tell_references(context);
    return *references_;
}

void MoviePlanner::tell_references(const RunContext& context) const {
    if (!context.log) return;
    constexpr double doubtful = 0.002;
    if (!found_before_ && references_->orientation_margin && *references_->orientation_margin <= doubtful)
        context.log(concat("gain reference: ", description_of(*references_->orientation),
                           " makes the first movie flattest, but only by ",
                           rounded(100 * *references_->orientation_margin),
                           " %: another orientation may be the right one; give --gain-rot and --gain-flip if you know "
                           "them"));
    if (references_->defects && references_->bad_in_defects == 0)
        context.log(concat(options_.defects.empty() ? "defects" : options_.defects.string(), ": names no defect"));
}

/// Counts a pixel and second.
double MoviePlanner::dose_rate_of(const Reader& movie, const SumImage* raw,
                                  const std::optional<double>& frame_seconds) const {
    if (!frame_seconds)
        fail(ErrorCode::invalid_argument,
             "nothing in it says in seconds how long a frame was exposed, which the gamma of its dose rate follows "
             "from; give --frame-time SECONDS");
    if (raw == nullptr) fail(ErrorCode::internal, movie.name(), ": a gamma law without the sum of the frames");
    const FloatImage* const dark = references_->dark.get();
    return mean_of(dark != nullptr ? corrected(*raw, dark, nullptr) : *raw) / *frame_seconds;
}

std::shared_ptr<const GainReference> MoviePlanner::raised_gain(const std::shared_ptr<const GainReference>& gain,
                                                               double gamma) {
    if (!raised_ || raised_from_ != gain || raised_by_ != gamma) {
        raised_ = std::make_shared<const GainReference>(raised(*gain, gamma));
        raised_from_ = gain;
        raised_by_ = gamma;
    }
    return raised_;
}

void MoviePlanner::add_gamma(const Reader& movie, const SumImage* raw, ProcessPlan& plan, MovieResult& result,
                             const RunContext& context) {
    result.gamma = options_.gain->gamma;
    if (const auto& law = options_.gain->gamma_law) {
        result.frame_seconds = options_.frame_seconds ? options_.frame_seconds : frame_seconds(movie);
        if (!result.dose_rate) result.dose_rate = dose_rate_of(movie, raw, result.frame_seconds);
        result.gamma = law->at(*result.dose_rate);
        if ((*result.dose_rate < law->least_rate || *result.dose_rate > law->greatest_rate) && context.log)
            context.log(concat(movie.name(), ": a dose rate of ", rounded(*result.dose_rate),
                               " counts per pixel and second is beyond the gamma law's ", rounded(law->least_rate),
                               " to ", rounded(law->greatest_rate), "; the nearer end is taken"));
    }
    if (result.gamma) plan.gain = raised_gain(plan.gain, *result.gamma);
}

ProcessPlan MoviePlanner::plan(const Reader& movie, const SumImage* raw, bool are_small, MovieResult& result,
                               const RunContext& context) {
    const References& found = references_for({movie.columns(), movie.rows()}, raw, context);
    ProcessPlan plan{.dark = found.dark,
                     .gain = found.gain,
                     .defects = found.defects,
                     .outliers = options_.outliers,
                     .fill = options_.fill,
                     .koma = nullptr,
                     .koma_divides = options_.koma && options_.koma->is_divided,
                     .dtype = options_.dtype,
                     .seed = options_.seed};
    const PixelType type = movie.pixel_type();
    const bool is_subtracted = options_.koma && !options_.koma->is_divided && !plan.dark && !plan.gain;
    if (const auto whole = subtracted_type(type, are_small); is_subtracted && !plan.dtype && whole != type)
        plan.dtype = whole;
    if (found.defects) result.defects = std::ssize(*found.defects) - std::ranges::count(*found.defects, 0);
    result.orientation = found.orientation;
    result.orientation_margin = found.orientation_margin;
    if (options_.gain) add_gamma(movie, raw, plan, result, context);
    return plan;
}

}  // namespace mrcz::jobs
