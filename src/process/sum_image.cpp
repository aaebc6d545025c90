#include "mrcz/sum_image.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/fail.hpp"
#include "process/row_bands.hpp"
#include "simd/level_table.hpp"

namespace mrcz {
namespace {

using simd::SumType;

/// How the sums of a pixel type grow without overflow. A sum is kept small for as many frames as fit there, since
/// memory is what adding waits for.
struct Growth {
    PixelType added_as;             ///< what the kernels see
    SumType small;                  ///< two's complement where pixels are signed
    std::int64_t frames_in_small;   ///< 0: there is no small sum
    std::int64_t frames_in_32_bit;  ///< 0: sums are 64-bit from the first frame on
    std::size_t held_frames = 0;    ///< kept as they are until one more comes, and all are added at once
};

constexpr std::uint64_t greatest_32_bit = std::numeric_limits<std::uint32_t>::max();

constexpr std::int64_t frames_of(std::uint64_t greatest_sum, std::uint64_t greatest_pixel) {
    return static_cast<std::int64_t>(greatest_sum / greatest_pixel);
}

Growth growth_of(PixelType type) {
    switch (type) {
        case PixelType::uint4:
            return {PixelType::uint8, SumType::uint8, frames_of(255, 15), frames_of(greatest_32_bit, 15)};
        case PixelType::uint8:
            return {type, SumType::uint16, frames_of(65535, 255), frames_of(greatest_32_bit, 255)};
        case PixelType::int8:
            return {type, SumType::uint16, frames_of(1U << 15, 128), frames_of(1U << 31, 128)};
        case PixelType::uint16:
            return {type, SumType::uint32, 0, frames_of(greatest_32_bit, 65535)};
        case PixelType::int16:
            return {type, SumType::uint32, 0, frames_of(1U << 31, 32768)};
        case PixelType::int32:
        case PixelType::uint32:
            return {type, SumType::int64, 0, 0};
        case PixelType::float16:
            return {PixelType::float32, SumType::float64, 0, 0, 1};  // a copy costs less than reading and writing sums
        case PixelType::float32:
            return {PixelType::float32, SumType::float64, 0, 0};
        default:
            break;
    }
    fail(ErrorCode::unsupported, "sums of ", info_of(type).name,
         " frames are not made: corrections are of real numbers, neither complex ones nor colours");
}

bool is_signed(PixelType type) { return type == PixelType::int8 || type == PixelType::int16; }
bool is_float(PixelType type) { return type == PixelType::float16 || type == PixelType::float32; }

std::size_t small_bytes(const Growth& growth) { return growth.small == SumType::uint8 ? 1 : 2; }

/// Small sums read as pixels, to be added to larger ones.
PixelType pixel_of_small(const FrameFormat& format, const Growth& growth) {
    if (growth.small == SumType::uint8) return PixelType::uint8;
    return is_signed(format.type) ? PixelType::int16 : PixelType::uint16;
}

/// Where sums lie and how pixels are added to them.
struct Target {
    std::byte* sums;
    std::size_t sum_bytes;
    simd::AddRun add;
};

Target target_of(SumImage& sum, PixelType added_as) {
    return std::visit(
        [&]<class Value>(std::vector<Value>& values) -> Target {
            const SumType type = std::is_same_v<Value, std::uint32_t>  ? SumType::uint32
                                 : std::is_same_v<Value, std::int64_t> ? SumType::int64
                                                                       : SumType::float64;
            return {std::as_writable_bytes(std::span(values)).data(), sizeof(Value),
                    simd::best_table().add_run(added_as, type)};
        },
        sum.values);
}

using Frames = std::span<const std::span<const std::byte>>;

/// Adds the rows of frames to sums. Rows without gaps between them are one run.
class RowAdder {
  public:
    RowAdder(Frames frames, const FrameFormat& format, const Target& target)
        : frames_(frames), format_(format), target_(target) {}

    void add(const RowBand& band) const {
        const bool has_gaps = format_.packing == RowPacking::padded && bytes_to_empty_half(format_) != 0;
        const auto nx = static_cast<std::uint64_t>(format_.nx);
        const auto first = static_cast<std::uint64_t>(band.first), end = static_cast<std::uint64_t>(band.end);
        if (!has_gaps) return add_run(first * nx, first * nx, (end - first) * nx);
        for (std::uint64_t row = first; row < end; ++row) add_run(row * (nx + 1), row * nx, nx);
    }

  private:
    using Places = std::array<const std::byte*, simd::frames_at_once>;

    /// `place` of the first pixel in the frame, in halves of bytes of 4-bit frames; `pixel` of its sum.
    void add_run(std::uint64_t place, std::uint64_t pixel, std::uint64_t count) const {
        if (format_.type == PixelType::uint4) return add_halves(place, pixel, count);
        const Places from = places(place * info_of(format_.type).pixel_bytes);
        if (format_.type == PixelType::float16)
            return simd::best_table().add_float16(from.data(), frames_.size(), sums_from(pixel), count);
        for (std::size_t f = 0; f < frames_.size(); ++f) target_.add(from[f], sums_from(pixel), count);
    }

    void add_halves(std::uint64_t place, std::uint64_t pixel, std::uint64_t count) const {
        std::byte* sums = sums_from(pixel);
        const std::uint64_t odd = place % 2;
        if (odd != 0) {
            for (const auto frame : frames_) {
                const unsigned half = std::to_integer<unsigned>(frame[place / 2] >> 4);
                *sums = static_cast<std::byte>(std::to_integer<unsigned>(*sums) + half);
            }
        }
        const Places from = places(place / 2 + odd);
        simd::best_table().add_halves(from.data(), frames_.size(), sums + odd, count - odd);
    }

    [[nodiscard]] Places places(std::uint64_t offset) const {
        Places from{};
        for (std::size_t f = 0; f < frames_.size(); ++f) from[f] = frames_[f].data() + offset;
        return from;
    }

    [[nodiscard]] std::byte* sums_from(std::uint64_t pixel) const { return target_.sums + pixel * target_.sum_bytes; }

    Frames frames_;
    const FrameFormat& format_;
    Target target_;
};

/// Adds numbers without gaps, one a pixel.
void add_image(std::span<const std::byte> numbers, const ImageShape& shape, PixelType type, const Target& target,
               const RunContext& context) {
    const FrameFormat format{type, shape.nx, shape.ny};
    const std::array frames{numbers};
    const RowAdder adder(frames, format, target);
    run_row_bands(
        shape, [&](const RowBand& band) { adder.add(band); }, context);
}

/// 32-bit sums as 64-bit ones, of the sign that the pixels have.
std::vector<std::int64_t> widened(const std::vector<std::uint32_t>& sums, bool has_sign) {
    std::vector<std::int64_t> wide(sums.size());
    std::ranges::transform(sums, wide.begin(), [has_sign](std::uint32_t sum) -> std::int64_t {
        return has_sign ? std::int64_t{static_cast<std::int32_t>(sum)} : std::int64_t{sum};
    });
    return wide;
}

/// As unsigned 32-bit numbers where all fit: the type of a sum does not tell which way it came about.
void make_canonical(SumImage& sum, bool has_sign) {
    if (const auto* narrow = std::get_if<std::vector<std::uint32_t>>(&sum.values)) {
        const auto is_negative = [](std::uint32_t value) { return static_cast<std::int32_t>(value) < 0; };
        if (has_sign && std::ranges::any_of(*narrow, is_negative)) sum.values = widened(*narrow, true);
    } else if (const auto* wide = std::get_if<std::vector<std::int64_t>>(&sum.values)) {
        const auto fits = [](std::int64_t value) { return std::in_range<std::uint32_t>(value); };
        if (std::ranges::all_of(*wide, fits)) sum.values = std::vector<std::uint32_t>(wide->begin(), wide->end());
    }
}

decltype(SumImage::values) zeros(const FrameFormat& format, std::size_t pixels) {
    if (is_float(format.type)) return std::vector<double>(pixels);
    if (growth_of(format.type).frames_in_32_bit == 0) return std::vector<std::int64_t>(pixels);
    return std::vector<std::uint32_t>(pixels);
}

}  // namespace

FrameSummer::FrameSummer(const FrameFormat& format) : format_(format) {
    (void)growth_of(format.type);
    if (format.nx < 0 || format.ny < 0 || pixel_count(format) > std::numeric_limits<std::int64_t>::max())
        fail(ErrorCode::invalid_argument, "sums of frames of ", format.nx, " x ", format.ny, " pixels");
    sum_.shape = {format.nx, format.ny};
}

FrameSummer::FrameSummer(const FrameFormat& format, SumImage before) : FrameSummer(format) {
    const bool has_fractions = std::holds_alternative<std::vector<double>>(before.values);
    if (!(before.shape == sum_.shape) || has_fractions != is_float(format.type))
        fail(ErrorCode::invalid_argument, "sum of ", before.shape.nx, " x ", before.shape.ny,
             " pixels: of other frames than those of ", format.nx, " x ", format.ny, " ", info_of(format.type).name);
    if (before.frames == 0) return;
    // Kept sums are unsigned where they are narrow, whatever the pixels are.
    if (const auto* narrow = std::get_if<std::vector<std::uint32_t>>(&before.values))
        before.values = widened(*narrow, false);
    sum_ = std::move(before);
}

void FrameSummer::add(std::span<const std::byte> frame, const RunContext& context) {
    if (frame.size() != bytes_of(format_))
        fail(ErrorCode::invalid_argument, "sum: a frame of ", frame.size(), " bytes, the format has ",
             bytes_of(format_));
    const std::size_t held_at_most = growth_of(format_.type).held_frames;
    if (held_frames_ < held_at_most) return hold(frame, context);
    add_with_held(frame, context);
}

void FrameSummer::hold(std::span<const std::byte> frame, const RunContext& context) {
    held_.resize(growth_of(format_.type).held_frames * frame.size());
    std::byte* copy = held_.data() + held_frames_ * frame.size();
    run_row_bands(
        {1, static_cast<std::int64_t>(frame.size())},
        [&](const RowBand& band) { std::copy(frame.data() + band.first, frame.data() + band.end, copy + band.first); },
        context);
    ++held_frames_;
}

void FrameSummer::add_with_held(std::optional<std::span<const std::byte>> frame, const RunContext& context) {
    std::array<std::span<const std::byte>, simd::frames_at_once> frames;
    std::size_t count = 0;
    for (; count < held_frames_; ++count)
        frames[count] = std::span(held_).subspan(count * bytes_of(format_), bytes_of(format_));
    if (frame) frames[count++] = *frame;
    add_frames(std::span(frames).first(count), context);
    held_frames_ = 0;
}

void FrameSummer::add_frames(std::span<const std::span<const std::byte>> frames, const RunContext& context) {
    const auto count = static_cast<std::int64_t>(frames.size());
    make_room(count, context);
    const Growth growth = growth_of(format_.type);
    const Target target =
        growth.frames_in_small == 0
            ? target_of(sum_, growth.added_as)
            : Target{small_.data(), small_bytes(growth), simd::best_table().add_run(growth.added_as, growth.small)};
    const RowAdder adder(frames, format_, target);
    run_row_bands(
        sum_.shape, [&](const RowBand& band) { adder.add(band); }, context);
    sum_.frames += count;
    if (growth.frames_in_small > 0) frames_in_small_ += count;
}

SumImage FrameSummer::take() {
    if (held_frames_ > 0) add_with_held(std::nullopt, {});
    held_ = {};
    if (sum_.frames == 0) sum_.values = zeros(format_, sum_.shape.pixels());
    if (frames_in_small_ > 0) empty_small({});
    small_ = {};
    SumImage taken = std::move(sum_);
    sum_ = {};
    sum_.shape = taken.shape;
    make_canonical(taken, is_signed(format_.type));
    return taken;
}

void FrameSummer::make_room(std::int64_t frames, const RunContext& context) {
    const Growth growth = growth_of(format_.type);
    if (sum_.frames == 0 && growth.frames_in_small == 0) sum_.values = zeros(format_, sum_.shape.pixels());
    if (growth.frames_in_small > 0) {
        if (frames_in_small_ + frames > growth.frames_in_small) empty_small(context);
        if (small_.empty()) small_.resize(sum_.shape.pixels() * small_bytes(growth));
    } else if (sum_.frames == growth.frames_in_32_bit) {
        widen();
    }
}

void FrameSummer::empty_small(const RunContext& context) {
    const Growth growth = growth_of(format_.type);
    if (sum_.frames == frames_in_small_) sum_.values = zeros(format_, sum_.shape.pixels());
    if (sum_.frames > growth.frames_in_32_bit) widen();
    const PixelType type = pixel_of_small(format_, growth);
    add_image(small_, sum_.shape, type, target_of(sum_, type), context);
    std::ranges::fill(small_, std::byte{0});
    frames_in_small_ = 0;
}

void FrameSummer::widen() {
    const auto* narrow = std::get_if<std::vector<std::uint32_t>>(&sum_.values);
    if (narrow != nullptr && !narrow->empty()) sum_.values = widened(*narrow, is_signed(format_.type));
}

}  // namespace mrcz
