#include <algorithm>

#include "codec/blosc/backend.hpp"
#include "codec/blosc/block_size.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/chunk.hpp"

namespace mrcz::codec::blosc {
namespace {

/// Few enough that trials take a fiftieth of the time that compressing takes, of stacks that take any.
std::uint64_t parts_wanted(std::uint64_t block_bytes, std::uint64_t all_bytes, int level) {
    constexpr std::uint64_t share = 128, most_parts = 64, least_parts = 8, least_bytes = std::uint64_t{1} << 20;
    const std::uint64_t most_bytes = std::uint64_t{is_fast(level) ? 16U : 4U} << 20;  // slow methods are tried, too
    const std::uint64_t fitting = std::min(all_bytes / share, most_bytes) / block_bytes;
    const std::uint64_t least = std::clamp<std::uint64_t>(least_bytes / block_bytes, 1, least_parts);
    return std::clamp(fitting, least, most_parts);
}

/// The first of the parts that frame `frame` has.
std::uint64_t first_part(std::uint64_t frame, std::uint64_t frames, std::uint64_t parts) {
    return (frame * parts + frames - 1) / frames;
}

/// The block that part `part` is: of a frame that has one, the middle for the first, then as far from those of other
/// frames as the golden section brings it; else they divide the frame.
std::uint64_t block_of(std::uint64_t part, std::uint64_t frame, std::uint64_t frames, std::uint64_t parts,
                       std::uint64_t blocks) {
    const std::uint64_t first = first_part(frame, frames, parts);
    const std::uint64_t count = first_part(frame + 1, frames, parts) - first;
    if (count > 1) return (2 * (part - first) + 1) * blocks / (2 * count);
    constexpr std::uint64_t half = 0x80000000, golden_section = 0x9e3779b9;
    const auto fraction = static_cast<std::uint32_t>(half + part * golden_section);
    return (fraction * blocks) >> 32;
}

}  // namespace

std::vector<FramePart> parts_to_measure(const CodecInfo& info, const FrameShape& shape, const CodecOptions& options,
                                        std::int64_t there, std::int64_t all) {
    const bool is_settled = options.filter != Filter::automatic && backend_of_codec(info.id).methods == 1;
    if (is_settled || there < 1 || shape.frame_bytes == 0 || shape.frame_bytes > largest_frame) return {};
    const std::size_t block_bytes =
        choose_block_bytes(shape.frame_bytes, info_of(shape.type).pixel_bytes, options.block_bytes);
    const int level = options.level == 0 ? info.default_level : options.level;
    const std::uint64_t blocks = shape.frame_bytes / block_bytes;
    const auto frames = static_cast<std::uint64_t>(there);
    const std::uint64_t all_bytes = shape.frame_bytes * static_cast<std::uint64_t>(std::max(there, all));
    const std::uint64_t count = std::min(parts_wanted(block_bytes, all_bytes, level), frames * blocks);
    std::vector<FramePart> parts;
    for (std::uint64_t part = 0; part < count; ++part) {
        const std::uint64_t frame = part * frames / count;
        const std::uint64_t block = block_of(part, frame, frames, count, blocks);
        parts.push_back({static_cast<std::int64_t>(frame), block * block_bytes, block_bytes});
    }
    return parts;
}

}  // namespace mrcz::codec::blosc
