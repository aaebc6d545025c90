#include "codec/blosc/block_size.hpp"

#include <algorithm>

namespace mrcz::codec::blosc {
namespace {

/// Among block sizes of `largest` units down to seven eighths of it, the largest that leaves the fewest units over.
std::uint64_t least_ragged(std::uint64_t units, std::uint64_t largest) {
    std::uint64_t best = largest;
    for (std::uint64_t candidate = largest; candidate >= largest - largest / 8 && candidate > 0; --candidate) {
        if (units % candidate < units % best) best = candidate;
        if (units % best == 0) break;
    }
    return best;
}

}  // namespace

std::size_t choose_block_bytes(std::uint64_t frame_bytes, std::size_t pixel_bytes, std::uint64_t wanted) {
    const std::uint64_t unit = 8 * pixel_bytes;  // what bitshuffle works on
    const std::uint64_t target = wanted == 0 ? default_block_bytes : wanted;
    if (frame_bytes <= target || frame_bytes <= unit) return static_cast<std::size_t>(frame_bytes);
    const std::uint64_t largest = std::max<std::uint64_t>(1, target / unit);
    const bool ragged = wanted == 0 && frame_bytes % unit != 0;
    return static_cast<std::size_t>(unit * (ragged ? least_ragged(frame_bytes / unit, largest) : largest));
}

}  // namespace mrcz::codec::blosc
