// Frames corrected as they are read.
#include "mrcz/corrected_reader.hpp"

#include <algorithm>

#include "capi/arguments.hpp"
#include "capi/context.hpp"
#include "capi/handles.hpp"
#include "mrcz/process.hpp"

namespace mrcz::capi {
namespace {

static_assert(static_cast<int>(GainKind::flat_field) == MRCZ_GAIN_FLAT_FIELD);
static_assert(static_cast<int>(GainFlip::upside_down) == MRCZ_FLIP_UPSIDE_DOWN &&
              static_cast<int>(GainFlip::left_right) == MRCZ_FLIP_LEFT_RIGHT);
static_assert(static_cast<int>(OutlierRule::guarded) == MRCZ_OUTLIERS_GUARDED - 1 &&
              static_cast<int>(OutlierRule::paper) == MRCZ_OUTLIERS_PAPER - 1);
static_assert(static_cast<int>(OutlierFill::random) == MRCZ_FILL_RANDOM - 1 &&
              static_cast<int>(OutlierFill::frame) == MRCZ_FILL_FRAME - 1 &&
              static_cast<int>(OutlierFill::mean) == MRCZ_FILL_MEAN - 1);

std::filesystem::path path_or_none(const char* path) {
    return path == nullptr ? std::filesystem::path() : std::filesystem::path(path);
}

/// Of what may be nothing: 0; else 1 more than the enumerator.
template <class Enumeration>
std::optional<Enumeration> optional_enumerator(std::int32_t value, Enumeration last, const char* argument) {
    if (value == 0) return std::nullopt;
    if (value < 0 || value > static_cast<std::int32_t>(last) + 1)
        fail(ErrorCode::invalid_argument, argument, " is ", value, "; it is 0 to ",
             static_cast<std::int32_t>(last) + 1);
    return static_cast<Enumeration>(value - 1);
}

std::optional<GainRequest> gain_of(const mrcz_corrections& asked) {
    const GainKind kind = enumerator(asked.gain_kind, GainKind::flat_field, "gain_kind");
    const GainFlip flip = enumerator(asked.gain_flip, GainFlip::left_right, "gain_flip");
    if (asked.gain_quarter_turns < 0 || asked.gain_quarter_turns > 3)
        fail(ErrorCode::invalid_argument, "gain_quarter_turns is ", asked.gain_quarter_turns, "; it is 0 to 3");
    if (asked.gamma != 0) require_gamma(asked.gamma);
    if (asked.gain == nullptr) return std::nullopt;
    GainRequest gain;
    gain.file = asked.gain;
    gain.kind = kind;
    gain.orientation = {asked.gain_quarter_turns, flip};
    gain.is_oriented_automatically = asked.gain_finds_orientation != 0;
    if (asked.gamma != 0) gain.gamma = asked.gamma;
    return gain;
}

std::shared_ptr<const FloatImage> koma_of(const mrcz_corrections& asked, const ImageShape& shape) {
    if (asked.koma == nullptr) return nullptr;
    if (asked.koma_pixels != shape.pixels())
        fail(ErrorCode::invalid_argument, "koma_pixels is ", asked.koma_pixels, "; a frame has ", shape.pixels());
    return std::make_shared<FloatImage>(
        FloatImage{shape, std::vector<float>(asked.koma, asked.koma + asked.koma_pixels)});
}

ProcessOptions options_of(const mrcz_corrections& asked) {
    ProcessOptions options;
    options.gain = gain_of(asked);
    options.dark = path_or_none(asked.dark);
    options.defects = path_or_none(asked.defects);
    if (const auto rule = optional_enumerator(asked.outliers, OutlierRule::paper, "outliers")) {
        options.outliers.emplace();
        options.outliers->rule = *rule;
    }
    options.fill = optional_enumerator(asked.fill, OutlierFill::mean, "fill");
    if (asked.pixel_type != 0) options.dtype = pixel_type_of(asked.pixel_type, "pixel_type");
    options.seed = asked.seed;
    options.may_repeat = true;
    return options;
}

ReferencesAtHand references_of(const mrcz_corrections& asked, const Reader& reader) {
    ReferencesAtHand at_hand;
    at_hand.koma = koma_of(asked, {reader.columns(), reader.rows()});
    at_hand.koma_divides = asked.koma_divides != 0;
    return at_hand;
}

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_corrected_open(mrcz_reader* reader, const mrcz_corrections* corrections, mrcz_context* context,
                                 mrcz_corrected** corrected) {
    const std::unique_ptr<mrcz_reader> owned(reader);
    return guarded(__func__, [&] {
        if (corrected != nullptr) *corrected = nullptr;
        require(reader, "reader");
        require(corrected, "corrected");
        const auto asked = taken(corrections, "corrections");
        const ContextUse use(context);
        const auto options = options_of(asked);
        const auto at_hand = references_of(asked, *owned->reader);
        *corrected = std::make_unique<mrcz_corrected>(
                         mrcz::open_corrected(std::move(*owned->own), options, at_hand, use.get()).reader)
                         .release();
    });
}

void mrcz_corrected_close(mrcz_corrected* corrected) { delete corrected; }

const mrcz_reader* mrcz_corrected_reader(const mrcz_corrected* corrected) {
    return corrected == nullptr ? nullptr : &corrected->raw;
}

std::int32_t mrcz_corrected_stack(const mrcz_corrected* corrected, mrcz_stack* stack) {
    return guarded(__func__, [&] {
        require(corrected, "corrected");
        require(stack, "stack");
        mrcz_stack row = stack_of(corrected->corrected.reader());
        const mrcz::FrameFormat format = corrected->corrected.frame_format();
        row.pixel_type = number_of(format.type);
        row.row_packing = static_cast<std::int32_t>(format.packing);
        row.frame_bytes = corrected->corrected.frame_bytes();
        give(row, stack, "stack");
    });
}

std::int32_t mrcz_corrected_outliers(const mrcz_corrected* corrected, mrcz_outliers* outliers) {
    return guarded(__func__, [&] {
        require(corrected, "corrected");
        require(outliers, "outliers");
        const mrcz::Outliers& found = corrected->corrected.outliers();
        mrcz_outliers row{};
        row.dead = found.dead;
        row.hot = found.hot;
        row.singletons = found.singletons;
        row.clustered = found.clustered;
        row.spared = found.spared;
        row.mean = found.mean;
        row.sigma = found.sigma;
        row.dark_threshold = found.dark_threshold;
        row.hot_threshold = found.hot_threshold;
        give(row, outliers, "outliers");
    });
}

std::int32_t mrcz_corrected_read_frames(const mrcz_corrected* corrected, std::int64_t first, std::int64_t count,
                                        void* out, std::size_t bytes, mrcz_context* context) {
    return guarded(__func__, [&] {
        require(corrected, "corrected");
        require(out, "out");
        const ContextUse use(context);
        corrected->corrected.read_frames(first, count, bytes_at(out, bytes), use.get());
    });
}

std::int32_t mrcz_koma_pattern(std::int64_t columns, std::int64_t rows, const double* sum, std::int64_t frames,
                               double own_frame_mean, std::int32_t divides, float* pattern, std::size_t pixels) {
    return guarded(__func__, [&] {
        require(sum, "sum");
        require(pattern, "pattern");
        if (frames < 0) mrcz::fail(mrcz::ErrorCode::invalid_argument, "frames is ", frames);
        if (columns < 1 || rows < 1 || pixels / static_cast<std::size_t>(columns) != static_cast<std::size_t>(rows) ||
            pixels % static_cast<std::size_t>(columns) != 0)
            mrcz::fail(mrcz::ErrorCode::invalid_argument, "pixels is ", pixels, ", not ", columns, " x ", rows);
        const mrcz::SumImage others{{columns, rows}, frames, std::vector<double>(sum, sum + pixels)};
        mrcz::KomaOptions options;
        options.is_divided = divides != 0;
        std::ranges::copy(mrcz::koma_pattern(others, own_frame_mean, options).values, pattern);
    });
}

std::int32_t mrcz_read_reference(const char* path, const mrcz_read_options* options, float** pixels,
                                 std::int64_t* columns, std::int64_t* rows) {
    return guarded(__func__, [&] {
        require(pixels, "pixels");
        *pixels = nullptr;
        require(columns, "columns");
        require(rows, "rows");
        require(path, "path");
        const auto reading = taken(options, "options");
        mrcz::ProcessOptions reads;
        reads.limits = limits_of(reading);
        reads.mode0 = mode0_of(reading);
        const mrcz::FloatImage image = mrcz::read_image(path, reads);
        *pixels = static_cast<float*>(allocated(image.values.size() * sizeof(float)));
        std::ranges::copy(image.values, *pixels);
        *columns = image.shape.nx;
        *rows = image.shape.ny;
    });
}
