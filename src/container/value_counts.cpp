#include "container/value_counts.hpp"

#include <algorithm>
#include <numeric>

#include "base/byte_order.hpp"
#include "base/log2.hpp"

namespace mrcz::container {
namespace {

constexpr std::size_t run_pixels = 256;
constexpr std::size_t byte_values = 256, word_values = 65536;
/// Tables that take turns, so that equal neighbours do not wait for each other.
constexpr std::size_t turns = 8;

/// Scattered, so that no row or column of a detector is preferred.
bool is_counted(std::uint64_t number, std::uint64_t run) {
    constexpr unsigned log2_share = 4;
    return (run * 0x9E3779B97F4A7C15u + number * 0xC2B2AE3D27D4EB4Fu) >> (64 - log2_share) == 0;
}

bool is_small(const FrameFormat& format, std::int64_t frames) {
    constexpr std::uint64_t small = std::uint64_t{1} << 22;
    const std::uint64_t pixels = pixel_count(format);
    return frames > 0 && pixels <= small && pixels * static_cast<std::uint64_t>(frames) <= small;
}

}  // namespace

ValueCounts::ValueCounts(const FrameFormat& format, std::int64_t frames)
    : type_(format.type),
      counts_all_(is_small(format, frames)),
      counts_(info_of(format.type).pixel_bytes == 1 ? turns * byte_values : word_values) {}

void ValueCounts::add(std::int64_t number, std::span<const std::byte> frame) {
    ++frames_;
    if (counts_all_) return count(frame);
    const std::size_t run_bytes = run_pixels * info_of(type_).pixel_bytes;
    for (std::size_t run = 0; run * run_bytes < frame.size(); ++run)
        if (is_counted(static_cast<std::uint64_t>(number), run))
            count(frame.subspan(run * run_bytes, std::min(run_bytes, frame.size() - run * run_bytes)));
}

void ValueCounts::count(std::span<const std::byte> pixels) {
    switch (info_of(type_).pixel_bytes) {
        case 1:
            return count_bytes(pixels);
        case 2:
            for (std::size_t at = 0; at < pixels.size(); at += 2) ++counts_[load_le<std::uint16_t>(&pixels[at])];
            return;
        default:
            const std::uint32_t below = type_ == PixelType::int32 ? word_values / 2 : 0;
            for (std::size_t at = 0; at < pixels.size(); at += 4) {
                const std::uint32_t value = load_le<std::uint32_t>(&pixels[at]) + below;
                has_too_many_ = has_too_many_ || value >= word_values;
                ++counts_[value % word_values];
            }
    }
}

/// As many at a time as take turns: a word.
void ValueCounts::count_bytes(std::span<const std::byte> pixels) {
    std::size_t at = 0;
    for (; at + turns <= pixels.size(); at += turns) {
        const auto word = load_le<std::uint64_t>(&pixels[at]);
        for (std::size_t byte = 0; byte < turns; ++byte) ++counts_[byte * byte_values + (word >> (8 * byte) & 255)];
    }
    for (; at < pixels.size(); ++at) ++counts_[std::to_integer<std::size_t>(pixels[at])];
}

void ValueCounts::add(const ValueCounts& other) {
    for (std::size_t at = 0; at < counts_.size(); ++at) counts_[at] += other.counts_[at];
    has_too_many_ = has_too_many_ || other.has_too_many_;
    frames_ += other.frames_;
}

std::vector<std::uint64_t> ValueCounts::by_value() const {
    if (counts_.size() != turns * byte_values) return counts_;
    std::vector<std::uint64_t> bytes(byte_values), halves(16);
    for (std::size_t at = 0; at < counts_.size(); ++at) bytes[at % byte_values] += counts_[at];
    if (type_ != PixelType::uint4) return bytes;
    for (std::size_t byte = 0; byte < byte_values; ++byte) {
        halves[byte & 15] += bytes[byte];
        halves[byte >> 4] += bytes[byte];
    }
    return halves;
}

FrameEntropy ValueCounts::entropy() const {
    const std::vector<std::uint64_t> counts = by_value();
    const auto sum = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    if (sum == 0 || has_too_many_) return {};
    std::uint64_t cost = 0, used = 0;  // less than 2^21 a pixel, of at most 2^43 pixels
    for (const std::uint64_t count : counts) {
        if (count == 0) continue;
        cost += count * (fixed_log2(sum) - fixed_log2(count));
        ++used;
    }
    // A part of the pixels looks the more ordered the fewer they are (Miller 1955).
    const double hidden = counts_all_ ? 0 : static_cast<double>(used - 1) * 0.7213475204444817;
    return {frames_, (static_cast<double>(cost) / (1 << log2_bits) + hidden) / static_cast<double>(sum)};
}

}  // namespace mrcz::container
