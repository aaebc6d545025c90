// Files of 4-bit pixels, in every way they are found.
#pragma once

#include <vector>

#include "base/byte_order.hpp"
#include "base/bytes.hpp"
#include "mrcz/frame_format.hpp"

namespace mrcz::kit {

struct FourBitFile {
    std::int64_t nx = 11, ny = 7, nz = 3;
    RowPacking packing = RowPacking::padded;
    bool half_width = false;  ///< mode 0, IMOD's stamp and flag, NX halved; `nx` is even
    ByteOrder order = ByteOrder::little;
    std::size_t extended_bytes = 0;
    std::size_t trailing_bytes = 0;
};

[[nodiscard]] FrameFormat format_of(const FourBitFile& file);

/// A plain file of noise; halves of bytes that are no pixels hold noise, too.
[[nodiscard]] Bytes make_four_bit_file(const FourBitFile& description, std::uint32_t seed = 1);

/// The same file with zeros in the halves of bytes that are no pixels, as programs write it.
[[nodiscard]] Bytes with_empty_halves(Bytes file, const FourBitFile& description);

/// The pixels of one frame, one a byte, told from the definition of the format.
[[nodiscard]] Bytes unpacked(std::span<const std::byte> frame, const FrameFormat& format);

}  // namespace mrcz::kit
