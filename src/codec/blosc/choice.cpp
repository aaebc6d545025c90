#include <algorithm>
#include <limits>
#include <vector>

#include "codec/blosc/backend.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/trial.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr int last_fast_level = 2;

/// How much smaller, in per cent, the slower of two ways has to be.
struct Margins {
    std::size_t filter;
    std::size_t method;
};

constexpr Margins margins_of(int level) { return level <= last_fast_level ? Margins{5, 1} : Margins{2, 0}; }

constexpr std::size_t reduced(std::size_t bytes, std::size_t percent) { return bytes - bytes * percent / 100; }

/// A whole block, because how well a block does depends on its size: the middle one.
std::span<const std::byte> sample_of(std::span<const std::byte> frame, std::size_t block_bytes) {
    const std::size_t whole_blocks = frame.size() / block_bytes;
    return frame.subspan(whole_blocks / 2 * block_bytes).first(std::min(frame.size(), block_bytes));
}

std::vector<Filter> candidates(Filter wanted, std::size_t pixel_bytes) {
    if (wanted != Filter::automatic) return {wanted};
    if (pixel_bytes == 1) return {Filter::bitshuffle, Filter::none};
    return {Filter::bitshuffle, Filter::byteshuffle, Filter::none};
}

}  // namespace

Choice choose(const CodecInfo& info, int level, Filter wanted, std::size_t pixel_bytes, std::size_t block_bytes,
              std::span<const std::byte> frame) {
    const Backend& backend = backend_of_codec(info.id);
    const std::vector<Filter> filters = candidates(wanted, pixel_bytes);
    if (frame.empty() || (filters.size() == 1 && backend.methods == 1)) return {filters.front(), 0};
    const Margins margins = margins_of(level);
    const auto sample = sample_of(frame, block_bytes);
    Trial trial(backend, level, pixel_bytes);
    Choice best;
    std::size_t to_beat = std::numeric_limits<std::size_t>::max();
    std::size_t methods = trial.methods();
    for (const Filter filter : filters) {
        Choice choice{filter, 0};
        std::size_t bytes = trial.bytes_with(choice, sample);
        for (std::size_t method = 1; method < methods; ++method) {
            const std::size_t other = trial.bytes_with({filter, method}, sample);
            if (other >= reduced(bytes, margins.method)) continue;
            choice.method = method;
            bytes = other;
        }
        // Pixels without repeats to search for have none under another filter either.
        if (choice.method == 0) methods = 1;
        if (bytes >= to_beat) continue;
        best = choice;
        to_beat = filter == Filter::bitshuffle ? reduced(bytes, margins.filter) : bytes;
    }
    return best;
}

}  // namespace mrcz::codec::blosc
