// Frames corrected as they are read.
#include "mrcz/corrected_reader.hpp"

#include <algorithm>

#include "capi/arguments.hpp"
#include "capi/context.hpp"
#include "capi/corrections.hpp"
#include "capi/handles.hpp"
#include "mrcz/process.hpp"

namespace mrcz::capi {
namespace {

std::shared_ptr<const FloatImage> koma_of(const mrcz_corrections& asked, const ImageShape& shape) {
    if (asked.koma == nullptr) return nullptr;
    if (asked.koma_pixels != shape.pixels())
        fail(ErrorCode::invalid_argument, "koma_pixels is ", asked.koma_pixels, "; a frame has ", shape.pixels());
    return std::make_shared<FloatImage>(
        FloatImage{shape, std::vector<float>(asked.koma, asked.koma + asked.koma_pixels)});
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
        auto options = process_options_of(asked);
        options.may_repeat = true;
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
