// A histogram for every pixel of the detector (Hinkle et al.): each pixel is coded with frequencies of its own.
// Tables are searched, not looked up, one pixel at a time: small, and slow beside the other modes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/rans/bits.hpp"
#include "codec/rans/block.hpp"
#include "codec/rans/table.hpp"

namespace mrcz::codec::rans {

/// Frames of more pixels have no histograms: each takes memory.
inline constexpr std::size_t most_histogram_pixels = std::size_t{1} << 20;

class Histograms {
  public:
    struct Pixel {
        std::uint32_t origin = 0;
        std::uint8_t shift = 0;         ///< 0 to 8
        std::uint8_t values = 0;        ///< that have frequencies, from 0 on; at most 254
        std::uint16_t wild = 1;         ///< frequency of the wild symbol, at least 1
        std::uint32_t first_start = 0;  ///< of its values
    };

    /// Adds the next pixel. `frequencies` leave at least 2 of 4096.
    void add(std::uint32_t origin, unsigned shift, std::span<const std::uint16_t> frequencies, std::uint16_t wild);

    [[nodiscard]] std::size_t size() const { return pixels_.size(); }
    [[nodiscard]] const Pixel& operator[](std::size_t pixel) const { return pixels_[pixel]; }
    /// Start of each value, and of the rare symbol behind the last.
    [[nodiscard]] std::span<const std::uint16_t> starts(std::size_t pixel) const {
        return std::span(starts_).subspan(pixels_[pixel].first_start, pixels_[pixel].values + std::size_t{1});
    }

    [[nodiscard]] Bytes write() const;
    [[nodiscard]] static Histograms read(std::span<const std::byte> bytes, std::size_t pixels, const PixelKind& kind);

  private:
    std::vector<Pixel> pixels_;
    std::vector<std::uint16_t> starts_;
};

/// Pixels `first` … of a frame as a stream like that of a block, whose low bits are one string of bits.
struct HistogramStream {
    BlockSizes sizes;
    Bytes bytes;
};
[[nodiscard]] HistogramStream encode_with(const Histograms& histograms, std::size_t first, const PixelKind& kind,
                                          std::size_t lanes, std::span<const std::byte> pixels);
[[nodiscard]] std::size_t low_bytes_of(const Histograms& histograms, std::size_t first, std::size_t pixels);
/// Throws Error{corrupt, truncated}.
void decode_with(const Histograms& histograms, std::size_t first, const PixelKind& kind, std::size_t lanes,
                 const BlockSizes& sizes, std::span<const std::byte> stream, std::span<std::byte> pixels);

}  // namespace mrcz::codec::rans
