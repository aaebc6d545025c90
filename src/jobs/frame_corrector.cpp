#include "jobs/frame_corrector.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/fail.hpp"
#include "base/integer_types.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/correlation.hpp"
#include "process/random_rounding.hpp"
#include "simd/hash.hpp"

namespace mrcz::jobs {
namespace {

/// Calls `work` with a value of the C++ type of whole pixels; of 4-bit ones their unpacked form.
template <class Work>
void with_integer(PixelType type, const Work& work) {
    switch (type) {
        case PixelType::int8:
            return work(std::int8_t{});
        case PixelType::uint8:
        case PixelType::uint4:
            return work(std::uint8_t{});
        case PixelType::int16:
            return work(std::int16_t{});
        case PixelType::uint16:
            return work(std::uint16_t{});
        case PixelType::int32:
            return work(std::int32_t{});
        case PixelType::uint32:
            return work(std::uint32_t{});
        default:
            fail(ErrorCode::internal, info_of(type).name, " is no integer type");
    }
}

template <class Value>
std::span<Value> as(std::span<std::byte> bytes) {
    return {reinterpret_cast<Value*>(bytes.data()), bytes.size() / sizeof(Value)};
}

template <class Value>
bool is_aligned(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(Value) == 0;
}

std::span<float> float_memory(Buffer& buffer, std::uint64_t pixels) {
    return as<float>(buffer.first(static_cast<std::size_t>(pixels) * sizeof(float)));
}

FrameFormat unpacked(const FrameFormat& format) { return {PixelType::uint8, format.nx, format.ny}; }

void require_shape(const FrameFormat& frame, const ImageShape& found, std::string_view what) {
    const ImageShape shape{frame.nx, frame.ny};
    if (!(found == shape)) fail(ErrorCode::invalid_argument, what, ": ", mismatch_hint(shape, found));
}

void check_plan(const FrameFormat& from, const ProcessPlan& plan) {
    if (plan.dark) require_shape(from, plan.dark->shape, "dark reference");
    if (plan.gain) require_shape(from, plan.gain->factors.shape, "gain reference");
    if (plan.koma) require_shape(from, plan.koma->shape, "KOMA pattern");
    if (plan.defects && plan.defects->size() != pixel_count(from))
        fail(ErrorCode::invalid_argument, "defects: a map of ", plan.defects->size(), " pixels, frames of ",
             pixel_count(from));
}

/// Frames that noise is measured on: the same ones whether or not the file keeps its sum.
constexpr std::int64_t most_pairs = 4;

/// Variance over mean of the frames as dark and gain leave them; nothing where it cannot be told.
std::optional<double> fano_factor_of(const Reader& reader, const ProcessPlan& plan, const RunContext& context) {
    const std::int64_t pairs = std::min(most_pairs, reader.frames() / 2);
    const FrameFormat format = reader.frame_format();

    Buffer raw, one_memory, next_memory;
    const auto one = float_memory(one_memory, pixel_count(format)),
               next = float_memory(next_memory, pixel_count(format));
    FanoFactor factor;
    const auto read = [&](std::int64_t frame, std::span<float> into) {
        const auto bytes = raw.first(static_cast<std::size_t>(reader.frame_bytes()));
        reader.read_frame(frame, bytes);
        to_floats(bytes, format, into);
        apply_gain(into, plan.dark.get(), plan.gain.get());
    };
    for (std::int64_t pair = 0; pair < pairs; ++pair) {
        if (context.cancel != nullptr && context.cancel->is_cancelled()) break;
        const std::int64_t first = pair * (reader.frames() / 2) / pairs * 2;
        read(first, one);
        read(first + 1, next);
        factor.add(one, next);
    }
    const double value = factor.value();
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

bool is_number(float value) noexcept { return std::isfinite(value); }

bool has_holes(const ProcessPlan& plan) noexcept {
    const auto is_bad = [](std::uint8_t bad) { return bad != 0; };
    return (plan.gain && std::ranges::any_of(plan.gain->bad, is_bad)) ||
           (plan.dark && !std::ranges::all_of(plan.dark->values, is_number));
}

/// Defects, and pixels that a reference has no number for.
std::vector<std::uint8_t> known_bad(const ProcessPlan& plan) {
    std::vector<std::uint8_t> bad;
    if (plan.defects) bad = *plan.defects;
    if (!has_holes(plan)) return bad;
    if (plan.gain) {
        if (bad.empty()) bad.resize(plan.gain->bad.size());
        for (std::size_t i = 0; i < bad.size(); ++i) bad[i] |= plan.gain->bad[i];
    }
    if (plan.dark) {
        if (bad.empty()) bad.resize(plan.dark->values.size());
        for (std::size_t i = 0; i < bad.size(); ++i)
            if (!is_number(plan.dark->values[i])) bad[i] = 1;
    }
    return bad;
}

}  // namespace

void to_floats(std::span<const std::byte> frame, const FrameFormat& format, std::span<float> into) {
    constexpr ConversionRules nearest{.clip = false, .round = true};
    (void)convert(frame, format, std::as_writable_bytes(into), {PixelType::float32, format.nx, format.ny}, nearest);
}

PixelType subtracted_type(PixelType type, bool is_small) noexcept {
    switch (type) {
        case PixelType::uint4:
            return PixelType::int8;
        case PixelType::uint8:
            return PixelType::int16;
        case PixelType::uint16:
            return is_small ? PixelType::int16 : PixelType::float32;
        case PixelType::uint32:
            return PixelType::float32;
        default:
            return type;
    }
}

bool fits_int16(const Reader& reader, const SumImage& raw) {
    constexpr double greatest = std::numeric_limits<std::int16_t>::max();
    const auto is_small = [](auto value) { return static_cast<double>(value) <= greatest; };
    if (std::visit([&](const auto& sums) { return std::ranges::all_of(sums, is_small); }, raw.values)) return true;
    const auto statistics = reader.statistics();
    if (!statistics.empty()) return std::ranges::all_of(statistics, is_small, &FrameStatistics::maximum);
    const FrameFormat format = reader.frame_format();
    Buffer raw_memory, memory;
    const auto pixels = float_memory(memory, pixel_count(format));
    for (std::int64_t frame = 0; frame < reader.frames(); ++frame) {
        const auto bytes = raw_memory.first(static_cast<std::size_t>(reader.frame_bytes()));
        reader.read_frame(frame, bytes);
        to_floats(bytes, format, pixels);
        if (!std::ranges::all_of(pixels, is_small)) return false;
    }
    return true;
}

bool fills_pixels(const ProcessPlan& plan) noexcept { return plan.outliers || plan.defects || has_holes(plan); }

OutlierOptions options_or_none(const std::optional<OutlierOptions>& options) {
    OutlierOptions none;
    none.rule = OutlierRule::known_only;
    return options.value_or(none);
}

Outliers find_plan_outliers(const Reader& reader, const ProcessPlan& plan, const SumImage& raw,
                            const RunContext& context) {
    if (!fills_pixels(plan)) return {};
    OutlierOptions options = options_or_none(plan.outliers);
    if (plan.outliers && !options.values_per_electron && !options.fano_factor)
        options.fano_factor = fano_factor_of(reader, plan, context);
    const auto bad = known_bad(plan);
    if (!plan.dark && !plan.gain) return find_outliers(raw, options, bad, context);
    return find_outliers(corrected(raw, plan.dark.get(), plan.gain.get()), options, bad, context);
}

FrameCorrector::FrameCorrector(const FrameFormat& from, ProcessPlan plan) : from_(from), plan_(std::move(plan)) {
    check_plan(from_, plan_);
    to_ = {corrected_type(from_.type, plan_), from_.nx, from_.ny};
    const bool is_paper = plan_.outliers && plan_.outliers->rule == OutlierRule::paper;
    fill_ = plan_.fill.value_or(is_integer(to_.type) && !is_paper ? OutlierFill::random : OutlierFill::mean);
    seed_ = plan_.seed;
    stays_integer_ = to_.type == from_.type && is_integer(to_.type) && !plan_.dark && !plan_.gain && !plan_.koma;
}

void FrameCorrector::follow(const Reader& reader) {
    const bool draws = is_integer(to_.type) || fill_ == OutlierFill::random || outliers_.added_noise > 0;
    if (!draws || reader.frames() == 0) return;
    Buffer memory;
    const auto frame = memory.first(static_cast<std::size_t>(reader.frame_bytes()));
    std::array<std::uint64_t, 4> identity{plan_.seed};
    const std::array<std::int64_t, 3> places{0, reader.frames() / 2, reader.frames() - 1};  // the first may be blank
    for (std::size_t i = 0; i < places.size(); ++i) {
        reader.read_frame(places[i], frame);
        identity[i + 1] = simd::hash64(frame);
    }
    seed_ = simd::hash64(std::as_bytes(std::span(identity)));
}

void FrameCorrector::apply(std::int64_t frame, std::span<const std::byte> from, std::span<std::byte> to,
                           CorrectionMemory& memory) {
    if (stays_integer_) return apply_to_integers(frame, from, to, memory);
    const bool in_place = to_.type == PixelType::float32 && is_aligned<float>(to);
    const auto pixels = in_place ? as<float>(to) : float_memory(memory.floats, pixel_count(to_));
    to_floats(from, from_, pixels);
    correct_floats(frame, pixels);
    if (!in_place) store(frame, pixels, to, memory);
}

void FrameCorrector::apply_to_integers(std::int64_t frame, std::span<const std::byte> from, std::span<std::byte> to,
                                       CorrectionMemory& memory) const {
    with_integer(from_.type, [&](auto example) {
        using Integer = decltype(example);
        const bool is_packed = from_.type == PixelType::uint4;
        const bool in_place = !is_packed && is_aligned<Integer>(to);
        const auto whole =
            in_place ? to : memory.whole.first(static_cast<std::size_t>(pixel_count(to_)) * sizeof(Integer));
        if (is_packed) {
            (void)convert(from, from_, whole, unpacked(from_));
        } else if (from.data() != whole.data()) {
            std::ranges::copy(from, whole.begin());
        }
        if (!outliers_.pixels.empty()) fill_outliers(as<Integer>(whole), outliers_, fill_, frame, seed_);
        if (is_packed) {
            (void)convert(whole, unpacked(to_), to, to_);
        } else if (!in_place) {
            std::ranges::copy(whole, to.begin());
        }
    });
}

void FrameCorrector::correct_floats(std::int64_t frame, std::span<float> pixels) const {
    apply_gain(pixels, plan_.dark.get(), plan_.gain.get());
    if (!outliers_.pixels.empty()) fill_outliers(pixels, outliers_, fill_, frame, seed_);
    if (plan_.koma) apply_koma(pixels, *plan_.koma, plan_.koma_divides);
}

void FrameCorrector::store(std::int64_t frame, std::span<const float> pixels, std::span<std::byte> to,
                           CorrectionMemory& memory) {
    if (!is_integer(to_.type)) {
        constexpr ConversionRules nearest{.clip = true, .round = true};
        const auto changed = convert(std::as_bytes(pixels), {PixelType::float32, to_.nx, to_.ny}, to, to_, nearest);
        clipped_ += changed.clipped;
        return;
    }
    with_integer(to_.type, [&](auto example) {
        using Integer = decltype(example);
        const bool is_packed = to_.type == PixelType::uint4;
        const bool in_place = !is_packed && is_aligned<Integer>(to);
        const auto whole = in_place ? to : memory.whole.first(pixels.size() * sizeof(Integer));
        const Integer greatest = is_packed ? Integer{15} : std::numeric_limits<Integer>::max();
        clipped_ += round_at_random<Integer>(pixels, as<Integer>(whole), std::numeric_limits<Integer>::min(), greatest,
                                             frame, seed_);
        if (is_packed) {
            (void)convert(whole, unpacked(to_), to, to_);
        } else if (!in_place) {
            std::ranges::copy(whole, to.begin());
        }
    });
}

}  // namespace mrcz::jobs

namespace mrcz {

PixelType corrected_type(PixelType from, const ProcessPlan& plan) {
    if (!info_of(from).ordered)
        fail(ErrorCode::invalid_argument, "has ", info_of(from).name,
             " pixels; corrections are of real numbers, neither complex ones nor colours");
    if (plan.dtype && !info_of(*plan.dtype).ordered)
        fail(ErrorCode::invalid_argument, "dtype ", info_of(*plan.dtype).name,
             ": corrected pixels are integers, float16 or float32");
    if (plan.dtype) return *plan.dtype;
    if (!is_integer(from) || plan.dark || plan.gain) return PixelType::float32;
    return plan.koma && !plan.koma_divides ? jobs::subtracted_type(from, false) : from;
}

}  // namespace mrcz
