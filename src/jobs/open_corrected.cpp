#include "base/bytes.hpp"
#include "base/cursor.hpp"
#include "base/fail.hpp"
#include "jobs/frame_corrector.hpp"
#include "jobs/movie_planner.hpp"
#include "jobs/outliers_bytes.hpp"
#include "jobs/process_record.hpp"
#include "mrcz/process.hpp"

namespace mrcz {
namespace {

CorrectedReader corrected_reader(Reader movie, ProcessPlan plan, const std::optional<SumImage>& raw,
                                 const std::optional<Outliers>& found, const RunContext& context) {
    if (found) return {std::move(movie), std::move(plan), *found};
    if (!jobs::fills_pixels(plan)) return {std::move(movie), std::move(plan), Outliers{}};
    Outliers outliers = jobs::find_plan_outliers(movie, plan, raw ? *raw : sum_frames(movie, context), context);
    return {std::move(movie), std::move(plan), std::move(outliers)};
}

}  // namespace

CorrectedMovie open_corrected(Reader movie, const ProcessOptions& options, const ReferencesAtHand& at_hand,
                              const RunContext& context) {
    const std::string name = movie.name();
    return in_file(name, [&] {
        if (options.koma)
            fail(ErrorCode::invalid_argument,
                 "KOMA is of a session of movies, and this is one; give its pattern, or correct the session");
        jobs::refuse_processed(movie, options);
        jobs::MoviePlanner planner(options, at_hand);
        MovieResult result;
        std::optional<SumImage> raw;
        if (planner.plans_by_sum() || (planner.needs_sum() && !at_hand.outliers)) raw = sum_frames(movie, context);
        ProcessPlan plan = planner.plan(movie, raw ? &*raw : nullptr, false, result, context);
        plan.koma = at_hand.koma;
        plan.koma_divides = at_hand.koma_divides;
        const bool fills = jobs::fills_pixels(plan);
        CorrectedReader reader = corrected_reader(std::move(movie), std::move(plan), raw, at_hand.outliers, context);
        result.dtype = reader.frame_format().type;
        if (fills) {
            result.outliers = reader.outliers();
            result.outliers->pixels = {};
            result.fill = reader.fill();
        }
        result.step = jobs::process_step(options, planner.files(), planner.references(), result);
        return CorrectedMovie{std::move(reader), std::move(result)};
    });
}

std::vector<std::byte> pack_outliers(const Outliers& outliers) {
    Bytes bytes;
    jobs::append_outliers(bytes, outliers);
    jobs::append_pixels(bytes, outliers.pixels);
    return bytes;
}

Outliers unpack_outliers(std::span<const std::byte> bytes) {
    Cursor cursor(bytes, "outliers");
    Outliers outliers = jobs::read_outliers(cursor);
    outliers.pixels = jobs::read_pixels(cursor, outliers.shape);
    return outliers;
}

}  // namespace mrcz
