#include "process/neighbours.hpp"

#include <cstdlib>

namespace mrcz {
namespace {

/// Where a place beyond the image is in its mirror image, whose edge pixels stand twice.
std::int64_t mirrored(std::int64_t at, std::int64_t length) {
    while (at < 0 || at >= length) at = at < 0 ? -1 - at : 2 * length - 1 - at;
    return at;
}

std::size_t bit_index(std::int64_t dx, std::int64_t dy) {
    return static_cast<std::size_t>((dy + window_reach) * window_side + dx + window_reach);
}

template <class Body>
void for_each_shift(const Body& body) {
    for (std::int64_t dy = -window_reach; dy <= window_reach; ++dy)
        for (std::int64_t dx = -window_reach; dx <= window_reach; ++dx) body(dx, dy);
}

}  // namespace

NeighbourOffsets neighbour_offsets(const ImageShape& shape) noexcept {
    NeighbourOffsets offsets{};
    for_each_shift([&](std::int64_t dx, std::int64_t dy) { offsets[bit_index(dx, dy)] = dy * shape.nx + dx; });
    return offsets;
}

NeighbourKernel::NeighbourKernel(std::span<const double> taps, const ImageShape& shape)
    : shape_(shape), offsets_(neighbour_offsets(shape)), inner_{} {
    for_each_shift([&](std::int64_t dx, std::int64_t dy) {
        if (dx == 0 && dy == 0) return;
        double& weight = inner_[bit_index(dx, dy)];
        weight = taps[static_cast<std::size_t>(std::abs(dx))] * taps[static_cast<std::size_t>(std::abs(dy))];
        inner_weight_ += weight;
    });
}

bool NeighbourKernel::is_at_border(std::uint64_t index) const noexcept {
    const auto at = static_cast<std::int64_t>(index);
    const std::int64_t x = at % shape_.nx, y = at / shape_.nx;
    return x < window_reach || y < window_reach || x >= shape_.nx - window_reach || y >= shape_.ny - window_reach;
}

NeighbourWeights NeighbourKernel::mirrored_weights(std::uint64_t index) const {
    const auto at = static_cast<std::int64_t>(index);
    const std::int64_t x = at % shape_.nx, y = at / shape_.nx;
    NeighbourWeights weights{};
    for_each_shift([&](std::int64_t dx, std::int64_t dy) {
        const std::int64_t u = mirrored(x + dx, shape_.nx) - x, v = mirrored(y + dy, shape_.ny) - y;
        weights[bit_index(u, v)] += inner_[bit_index(dx, dy)];
    });
    return weights;
}

}  // namespace mrcz
