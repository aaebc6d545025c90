#include <algorithm>
#include <vector>

#include "codec/blosc/backend.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/trial.hpp"

namespace mrcz::codec::blosc {
namespace {

/// How much smaller, in per cent, than bitshuffle and the first method the slower ways have to be. Without a filter all
/// of the pixels' bytes are left to the entropy coder, which takes two to three times as long; with byte-shuffle it
/// does not.
struct Margins {
    std::size_t byteshuffle;
    std::size_t none;
    std::size_t method;
};

constexpr Margins margins_of(int level) { return is_fast(level) ? Margins{1, 5, 1} : Margins{1, 2, 0}; }

constexpr std::size_t reduced(std::size_t bytes, std::size_t percent) { return bytes - bytes * percent / 100; }

using Blocks = std::span<const std::span<const std::byte>>;

std::size_t bytes_with(Trial& trial, const Choice& choice, Blocks blocks) {
    std::size_t bytes = 0;
    for (const auto block : blocks) bytes += trial.bytes_with(choice, block);
    return bytes;
}

std::vector<Filter> candidates(Filter wanted, std::size_t pixel_bytes) {
    if (wanted != Filter::automatic) return {wanted};
    if (pixel_bytes == 1) return {Filter::bitshuffle, Filter::none};
    return {Filter::bitshuffle, Filter::byteshuffle, Filter::none};
}

}  // namespace

Choice choose(const CodecInfo& info, int level, Filter wanted, std::size_t pixel_bytes, Blocks blocks) {
    const Backend& backend = backend_of_codec(info.id);
    const std::vector<Filter> filters = candidates(wanted, pixel_bytes);
    if (blocks.empty() || (filters.size() == 1 && backend.methods == 1)) return {filters.front(), 0};
    const Margins margins = margins_of(level);
    Trial trial(backend, level, pixel_bytes);
    Choice best;
    std::size_t least = 0, bitshuffled = 0;
    std::size_t methods = trial.methods();
    for (const Filter filter : filters) {
        Choice choice{filter, 0};
        const std::size_t first = bytes_with(trial, choice, blocks);
        std::size_t bytes = first;
        bool repeats = false;
        for (std::size_t method = 1; method < methods; ++method) {
            const std::size_t other = bytes_with(trial, {filter, method}, blocks);
            repeats = repeats || other < first;
            if (other >= reduced(bytes, margins.method)) continue;
            choice.method = method;
            bytes = other;
        }
        // Pixels without repeats to search for have none under another filter either.
        if (!repeats) methods = 1;
        if (filter == filters.front()) {
            bitshuffled = bytes;
        } else {
            const std::size_t margin = filter == Filter::none ? margins.none : margins.byteshuffle;
            if (bytes >= std::min(least, reduced(bitshuffled, margin))) continue;
        }
        best = choice;
        least = bytes;
    }
    return best;
}

}  // namespace mrcz::codec::blosc
