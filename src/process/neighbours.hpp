// The 5 x 5 pixels around one: which of them are good, and what they say the one in the middle would be.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>

#include "mrcz/sum_image.hpp"

namespace mrcz {

inline constexpr std::int64_t window_reach = 2;
inline constexpr std::int64_t window_side = 2 * window_reach + 1;
/// Of the window that is asked where the 5 x 5 has nothing good.
inline constexpr std::int64_t widest_reach = 7;

/// Bit of the neighbour at dx, dy in a mask of neighbours.
[[nodiscard]] constexpr std::uint32_t neighbour_bit(std::int64_t dx, std::int64_t dy) noexcept {
    return std::uint32_t{1} << ((dy + window_reach) * window_side + dx + window_reach);
}

inline constexpr std::uint32_t all_neighbours = ((1U << 25) - 1) & ~neighbour_bit(0, 0);

/// The bits of all neighbours, by number.
inline constexpr auto neighbour_bits = [] {
    std::array<int, 24> bits{};
    for (int bit = 0, next = 0; bit < 25; ++bit)
        if ((all_neighbours >> bit & 1) != 0) bits[static_cast<std::size_t>(next++)] = bit;
    return bits;
}();

/// What to add to a pixel's index for the neighbour of each bit.
using NeighbourOffsets = std::array<std::int64_t, window_side * window_side>;
[[nodiscard]] NeighbourOffsets neighbour_offsets(const ImageShape& shape) noexcept;

/// The bits of neighbours for which `holds(index)`, of those inside the image.
template <class Predicate>
[[nodiscard]] std::uint32_t neighbours_where(const ImageShape& shape, std::uint64_t index, const Predicate& holds) {
    const auto at = static_cast<std::int64_t>(index);
    const std::int64_t x = at % shape.nx, y = at / shape.nx;
    std::uint32_t bits = 0;
    for (std::int64_t dy = -window_reach; dy <= window_reach; ++dy) {
        if (y + dy < 0 || y + dy >= shape.ny) continue;
        for (std::int64_t dx = -window_reach; dx <= window_reach; ++dx) {
            if (x + dx < 0 || x + dx >= shape.nx || (dx == 0 && dy == 0)) continue;
            if (holds(static_cast<std::size_t>(at + dy * shape.nx + dx))) bits |= neighbour_bit(dx, dy);
        }
    }
    return bits;
}

/// Calls `body(bit)` for every bit set.
template <class Body>
void for_each_neighbour(std::uint32_t bits, const Body& body) {
    for (; bits != 0; bits &= bits - 1) body(std::countr_zero(bits));
}

/// By bit.
using NeighbourWeights = std::array<double, window_side * window_side>;

/// The weights of the neighbours of a kernel that is the same along x and y.
class NeighbourKernel {
  public:
    /// Three weights by distance.
    NeighbourKernel(std::span<const double> taps, const ImageShape& shape);

    /// The weighted mean of the neighbours in `bits`. Beyond the image it goes on as its mirror image, so that pixels
    /// of the border count more often. Nothing where all weights are 0.
    template <class Value>
    [[nodiscard]] std::optional<double> mean(const Value* values, std::uint64_t index, std::uint32_t bits) const {
        // All neighbours are in the image only where it does not end.
        if (bits == all_neighbours) return full_mean(values + index);
        const NeighbourWeights table = is_at_border(index) ? mirrored_weights(index) : inner_;
        double weights = 0, sum = 0;
        for_each_neighbour(bits, [&](int bit) {
            const double weight = table[static_cast<std::size_t>(bit)];
            const auto at = static_cast<std::int64_t>(index) + offsets_[static_cast<std::size_t>(bit)];
            weights += weight;
            sum += weight * static_cast<double>(values[at]);
        });
        if (!(weights > 0)) return std::nullopt;
        return sum / weights;
    }

  private:
    template <class Value>
    [[nodiscard]] std::optional<double> full_mean(const Value* middle) const {
        if (!(inner_weight_ > 0)) return std::nullopt;
        std::array<double, window_side> columns{};
        for (std::size_t y = 0; y < window_side; ++y) {
            const Value* row = middle + offsets_[y * window_side];
            for (std::size_t x = 0; x < window_side; ++x) {
                const bool is_middle = x == window_reach && y == window_reach;  // may be no number
                columns[x] += is_middle ? 0 : inner_[y * window_side + x] * static_cast<double>(row[x]);
            }
        }
        return (columns[0] + columns[1] + columns[2] + columns[3] + columns[4]) / inner_weight_;
    }

    [[nodiscard]] bool is_at_border(std::uint64_t index) const noexcept;
    [[nodiscard]] NeighbourWeights mirrored_weights(std::uint64_t index) const;

    ImageShape shape_;
    NeighbourOffsets offsets_;
    NeighbourWeights inner_;
    double inner_weight_ = 0;  ///< all of them together
};

/// The plain mean of the neighbours in `bits`, of which there is one at least.
template <class Value>
[[nodiscard]] double plain_mean(const Value* values, std::uint64_t index, std::uint32_t bits,
                                const NeighbourOffsets& offsets) {
    double sum = 0;
    for_each_neighbour(bits, [&](int bit) {
        sum += static_cast<double>(values[static_cast<std::int64_t>(index) + offsets[static_cast<std::size_t>(bit)]]);
    });
    return sum / std::popcount(bits);
}

/// The mean of the good pixels in the smallest window of 7 x 7 to 15 x 15 around a pixel that has some.
template <class Value, class Predicate>
[[nodiscard]] std::optional<double> wider_mean(const Value* values, const ImageShape& shape, std::uint64_t index,
                                               const Predicate& is_good) {
    const auto at = static_cast<std::int64_t>(index);
    const std::int64_t x = at % shape.nx, y = at / shape.nx;
    for (std::int64_t reach = window_reach + 1; reach <= widest_reach; ++reach) {
        double sum = 0;
        int good = 0;
        for (std::int64_t v = std::max<std::int64_t>(0, y - reach); v <= std::min(shape.ny - 1, y + reach); ++v)
            for (std::int64_t u = std::max<std::int64_t>(0, x - reach); u <= std::min(shape.nx - 1, x + reach); ++u) {
                const auto pixel = static_cast<std::size_t>(v * shape.nx + u);
                if (!is_good(pixel)) continue;
                sum += static_cast<double>(values[pixel]);
                ++good;
            }
        if (good > 0) return sum / good;
    }
    return std::nullopt;
}

}  // namespace mrcz
