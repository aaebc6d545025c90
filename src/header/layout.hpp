// Header bytes understood: where the data are, how large a frame is, what its pixels are. Checked against overflow and
// Limits, so that every size that follows from it may be used.
#pragma once

#include <cstdint>
#include <vector>

#include "header/byte_order_of.hpp"
#include "mrcz/finding.hpp"
#include "mrcz/frame_format.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/mode0.hpp"

namespace mrcz::header {

struct Layout {
    Header header;                        ///< little-endian
    ByteOrder order = ByteOrder::little;  ///< of the pixels in the file
    PixelType type = PixelType::int8;
    std::uint16_t codec_id = 0;      ///< 0: plain
    std::int32_t base_mode = 0;      ///< MODE without its codec part
    Mode0 mode0 = Mode0::by_header;  ///< what read_mode0_as() was told
    std::int64_t frames = 0;         ///< NZ, may be 0
    std::int64_t columns = 0;        ///< NX, or twice that where bytes of mode 0 hold two pixels each
    std::int64_t rows = 0;           ///< NY
    RowPacking packing = RowPacking::padded;
    std::uint64_t frame_bytes = 0;  ///< of one decoded frame, at least 1
    std::uint64_t data_offset = 0;  ///< 1024 + NSYMBT
    std::uint64_t data_bytes = 0;   ///< of all decoded frames
    std::vector<Finding> findings;

    [[nodiscard]] FrameFormat format() const noexcept { return {type, columns, rows, packing}; }
};

/// Throws Error{not_mrc, corrupt, limit_exceeded}.
[[nodiscard]] Layout read_layout(std::span<const std::byte, Header::bytes_on_disk> bytes, const Limits& limits);

/// Whether its 4-bit rows are odd and may be padded or contiguous, which no header tells. read_layout() takes them for
/// padded, the larger of the two.
[[nodiscard]] bool packing_is_open(const Layout& layout) noexcept;

/// Frame and data sizes change with it.
void set_packing(Layout& layout, RowPacking packing);

}  // namespace mrcz::header
