#include "codec/blosc/filter.hpp"

#include <cstring>

#include "simd/kernels.hpp"

namespace mrcz::codec::blosc {
namespace {

using Kernel = void (*)(const std::byte*, std::byte*, std::size_t, std::size_t);

/// Pixels a kernel may take; what is left over stands behind them as it is. c-blosc 1 leaves a whole block alone whose
/// pixels are not a multiple of eight.
std::size_t pixels_to_shuffle(Filter filter, std::size_t type_bytes, std::size_t block_bytes) {
    const std::size_t pixels = block_bytes / type_bytes;
    return filter == Filter::bitshuffle && pixels % 8 != 0 ? 0 : pixels;
}

std::size_t pixels_to_shuffle_in_blosc2(Filter filter, std::size_t type_bytes, std::size_t block_bytes) {
    const std::size_t pixels = block_bytes / type_bytes;
    return filter == Filter::bitshuffle ? pixels / 8 * 8 : pixels;
}

void run(Kernel kernel, std::size_t pixels, std::size_t type_bytes, std::span<const std::byte> from,
         std::span<std::byte> to) {
    const std::size_t shuffled = pixels * type_bytes;
    if (pixels > 0) kernel(from.data(), to.data(), pixels, type_bytes);
    if (shuffled < from.size()) std::memcpy(to.data() + shuffled, from.data() + shuffled, from.size() - shuffled);
}

Kernel undoing(Filter filter) {
    const auto& kernels = simd::kernels();
    return filter == Filter::bitshuffle ? kernels.bitunshuffle : kernels.byteunshuffle;
}

}  // namespace

void apply_filter(Filter filter, std::size_t type_bytes, std::span<const std::byte> block, std::span<std::byte> to) {
    const auto& kernels = simd::kernels();
    run(filter == Filter::bitshuffle ? kernels.bitshuffle : kernels.byteshuffle,
        pixels_to_shuffle(filter, type_bytes, block.size()), type_bytes, block, to);
}

void undo_filter(Filter filter, std::size_t type_bytes, std::span<const std::byte> filtered, std::span<std::byte> to) {
    run(undoing(filter), pixels_to_shuffle(filter, type_bytes, filtered.size()), type_bytes, filtered, to);
}

void undo_blosc2_filter(Filter filter, std::size_t type_bytes, std::span<const std::byte> filtered,
                        std::span<std::byte> to) {
    run(undoing(filter), pixels_to_shuffle_in_blosc2(filter, type_bytes, filtered.size()), type_bytes, filtered, to);
}

}  // namespace mrcz::codec::blosc
