// What is kept of every frame: its hash and statistics, taken while it is coded.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "codec/codec.hpp"
#include "mrcz/frame_statistics.hpp"
#include "simd/hash.hpp"
#include "simd/statistics.hpp"

namespace mrcz::container {

/// Hashes a frame's little-endian bytes as they pass, and takes their statistics when asked to.
class FrameRecorder final : public codec::FrameObserver {
  public:
    explicit FrameRecorder(const FrameFormat& format, bool with_statistics = true)
        : with_statistics_(with_statistics), sums_(format) {}

    void start();
    void observe(std::span<const std::byte> piece) override;
    [[nodiscard]] std::uint64_t hash() const noexcept { return hasher_.digest(); }
    [[nodiscard]] FrameStatistics statistics() const { return sums_.result(); }

  private:
    bool with_statistics_;
    simd::Hasher64 hasher_;
    simd::FrameSums sums_;
};

inline constexpr std::size_t statistics_entry_bytes = 40;
void append_statistics(Bytes& payload, const FrameStatistics& statistics);
[[nodiscard]] std::vector<FrameStatistics> parse_statistics(std::span<const std::byte> payload);
[[nodiscard]] std::vector<std::uint64_t> parse_hashes(std::span<const std::byte> payload);

}  // namespace mrcz::container
