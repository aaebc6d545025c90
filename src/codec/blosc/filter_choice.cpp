#include <algorithm>
#include <array>
#include <vector>

#include "codec/blosc/backend.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/filter.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::size_t sample_pieces = 4;
constexpr std::size_t sample_piece_bytes = std::size_t{1} << 18;

/// Pieces spread evenly over the frame, each a whole number of pixels that bitshuffle can take.
std::vector<std::span<const std::byte>> sample_of(std::span<const std::byte> frame, std::size_t pixel_bytes) {
    const std::size_t unit = 8 * pixel_bytes;
    const std::size_t units = frame.size() / unit;
    const std::size_t piece_units = std::min(units, sample_piece_bytes / unit);
    const std::size_t pieces = piece_units == 0 ? 0 : std::min(sample_pieces, units / piece_units);
    std::vector<std::span<const std::byte>> sample;
    for (std::size_t i = 0; i < pieces; ++i) {
        const std::size_t first = pieces == 1 ? 0 : (units - piece_units) * i / (pieces - 1);
        sample.push_back(frame.subspan(first * unit, piece_units * unit));
    }
    return sample;
}

std::size_t compressed_bytes(Filter filter, std::size_t pixel_bytes, BlockCompressor& compressor,
                             const std::vector<std::span<const std::byte>>& sample, std::span<std::byte> room) {
    std::vector<std::byte> filtered(sample.empty() ? 0 : sample.front().size());
    std::size_t total = 0;
    for (std::span<const std::byte> piece : sample) {
        if (filter != Filter::none) {
            apply_filter(filter, pixel_bytes, piece, filtered);
            piece = filtered;
        }
        const std::size_t size = compressor.compress(piece, room);
        total += size == 0 ? piece.size() : size;
    }
    return total;
}

}  // namespace

Filter choose_filter(const CodecInfo& info, int level, std::size_t pixel_bytes, std::span<const std::byte> frame) {
    const Backend& backend = backend_of_codec(info.id);
    const auto sample = sample_of(frame, pixel_bytes);
    const auto compressor = backend.make_compressor(level);
    std::vector<std::byte> room(backend.bound(sample_piece_bytes));
    const auto measured = [&](Filter filter) {
        return compressed_bytes(filter, pixel_bytes, *compressor, sample, room);
    };
    Filter best = Filter::bitshuffle;
    std::size_t to_beat = measured(best) * 98 / 100;
    for (const Filter other : {Filter::byteshuffle, Filter::none}) {
        if (other == Filter::byteshuffle && pixel_bytes == 1) continue;
        const std::size_t size = measured(other);
        if (size >= to_beat) continue;
        best = other;
        to_beat = size;
    }
    return best;
}

}  // namespace mrcz::codec::blosc
