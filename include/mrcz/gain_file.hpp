// Gain, dark and defect references from files of other formats: TIFF, Digital Micrograph, bare pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "mrcz/byte_source.hpp"
#include "mrcz/export.h"
#include "mrcz/float_image.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/pixel_type.hpp"

namespace MRCZ_API mrcz {

enum class ReferenceFormat {
    tiff,                ///< classic or BigTIFF; .gain files of Falcon detectors are such
    digital_micrograph,  ///< .dm3 and .dm4 of Gatan's GMS
};

/// Which end of the file's rows becomes row 0.
///
/// Row 0 of an MRC file is the lowest line of the picture. TIFF and Digital Micrograph store the highest line first, so
/// that a reference saved in both ways agrees with the frames only when the rows of one are turned round: tif2mrc and
/// dm2mrc of IMOD do so, and MotionCor2 and RELION when they read TIFF, whatever the TIFF's ORIENTATION says. The .gain
/// files of Falcon detectors lie as their frames do: RELION leaves their rows as they are.
enum class RowOrder {
    by_format,  ///< as those programs do: TIFF and Digital Micrograph reversed; .gain and bare pixels as stored
    reversed,   ///< the last row becomes row 0
    as_stored,  ///< the first row becomes row 0
};

/// Of a file that is pixels and nothing else, [y][x].
struct BarePixels {
    ImageShape shape;
    PixelType type = PixelType::float32;
    std::uint64_t offset_bytes = 0;  ///< before the first pixel; after the last one the file ends
    bool is_big_endian = false;
};

struct ReferenceOptions {
    RowOrder rows = RowOrder::by_format;
    std::optional<BarePixels> bare;  ///< the file is this, whatever its first bytes say
    Limits limits;                   ///< frame_bytes bounds the image
};

/// What the first bytes say; nothing for other files: MRC and MRCZ are read by Reader.
[[nodiscard]] std::optional<ReferenceFormat> reference_format_of(const ByteSource& source);
[[nodiscard]] std::optional<ReferenceFormat> reference_format_of(const std::filesystem::path& path);

/// The image in `path`, as floats: the first page of a TIFF (strips or tiles, one sample of 8 to 64 bits a pixel, any
/// byte order and any compression that libtiff has), the largest real image of a Digital Micrograph file, bare pixels
/// of any type that is real. Numbers beyond 24 bits become the nearest float. A file wrapped in gzip, bzip2 or zstd is
/// unwrapped.
///
/// Throws Error naming the file: truncated, corrupt, limit_exceeded, unsupported (colours, complex numbers, stacks;
/// no such format).
[[nodiscard]] FloatImage read_reference(const std::filesystem::path& path, const ReferenceOptions& options = {});
/// The same of any source; `.gain` is told by its name.
[[nodiscard]] FloatImage read_reference(const ByteSource& source, const ReferenceOptions& options = {});

}  // namespace mrcz
