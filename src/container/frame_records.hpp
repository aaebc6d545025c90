// What is kept of every frame: its hash and statistics, taken while it is coded.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "codec/codec.hpp"
#include "mrcz/frame_statistics.hpp"
#include "simd/hash.hpp"
#include "simd/kernels.hpp"

namespace mrcz::container {

/// Hashes a frame's little-endian bytes as they pass, and takes their statistics when asked to.
class FrameRecorder final : public codec::FrameObserver {
  public:
    explicit FrameRecorder(PixelType type, bool with_statistics = true)
        : type_(type), with_statistics_(with_statistics) {}

    void start();
    void observe(std::span<const std::byte> piece) override;
    [[nodiscard]] std::uint64_t hash() const noexcept { return hasher_.digest(); }
    [[nodiscard]] FrameStatistics statistics() const;

  private:
    PixelType type_;
    bool with_statistics_;
    simd::Hasher64 hasher_;
    simd::StatisticsState statistics_;
};

inline constexpr std::size_t statistics_entry_bytes = 40;
void append_statistics(Bytes& payload, const FrameStatistics& statistics);
[[nodiscard]] std::vector<FrameStatistics> parse_statistics(std::span<const std::byte> payload);
[[nodiscard]] std::vector<std::uint64_t> parse_hashes(std::span<const std::byte> payload);

}  // namespace mrcz::container
