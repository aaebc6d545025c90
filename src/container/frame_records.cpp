#include "container/frame_records.hpp"

#include <algorithm>

namespace mrcz::container {

void FrameRecorder::start() {
    hasher_.reset();
    sums_.start();
}

void FrameRecorder::observe(std::span<const std::byte> piece) {
    // Small enough that the statistics find in the first-level cache what the hash has just read.
    constexpr std::size_t step = 3 * (std::size_t{1} << 13);  // whole pixels of every type
    for (std::size_t at = 0; at < piece.size(); at += step) {
        const auto part = piece.subspan(at, std::min(step, piece.size() - at));
        hasher_.update(part);
        if (with_statistics_) sums_.add(part);
    }
}

void append_statistics(Bytes& payload, const FrameStatistics& statistics) {
    append_le(payload, statistics.minimum);
    append_le(payload, statistics.maximum);
    append_le(payload, statistics.mean);
    append_le(payload, statistics.standard_deviation);
    append_le(payload, statistics.nan_count);
}

std::vector<FrameStatistics> parse_statistics(std::span<const std::byte> payload) {
    std::vector<FrameStatistics> all(payload.size() / statistics_entry_bytes);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::byte* entry = &payload[i * statistics_entry_bytes];
        all[i] = {load_le<double>(entry), load_le<double>(entry + 8), load_le<double>(entry + 16),
                  load_le<double>(entry + 24), load_le<std::uint64_t>(entry + 32)};
    }
    return all;
}

std::vector<std::uint64_t> parse_hashes(std::span<const std::byte> payload) {
    std::vector<std::uint64_t> hashes(payload.size() / 8);
    for (std::size_t i = 0; i < hashes.size(); ++i) hashes[i] = load_le<std::uint64_t>(&payload[8 * i]);
    return hashes;
}

}  // namespace mrcz::container
