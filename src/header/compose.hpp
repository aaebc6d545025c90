// Headers of files that mrcz writes.
#pragma once

#include "header/layout.hpp"
#include "mrcz/frame_statistics.hpp"

namespace mrcz::header {

/// First label of a plain file about which the caller says nothing.
inline constexpr std::string_view default_label = "Written by mrcz";

/// Label that python-mrcz wants first to tell its own files: `MRCZ1.0.0`.
[[nodiscard]] std::string mrcz_label();

/// MODE for pixels of `type`; throws Error{invalid_argument} when MRC has none.
[[nodiscard]] std::int32_t writable_mode(PixelType type);

/// NVERSION of a new file: 0 for 4-bit pixels, which no version of the standard has; IMOD writes them so.
[[nodiscard]] std::int64_t version_of(PixelType type);

/// Whether `header` is of a compressed file that this program finished: those always have footer and index.
[[nodiscard]] bool is_ours(const Header& header);

/// `source` as the header of a compressed file: codec in MODE, M = N along each axis but MZ = 0 (python-mrcz returns an
/// array only then; of a stack of volumes MZ goes to a field of its own) with the cell scaled to keep the voxel, MRCZ
/// label first, MRCZ fields reset unless an MRCZ program wrote them. Statistics and packed bytes are filled in when
/// they are known.
[[nodiscard]] Header compressed_header(const Layout& source, std::uint16_t codec_id);

/// What the header of pixels that come from no file has to say.
struct FreshImage {
    std::int64_t nx = 0;
    std::int64_t ny = 0;
    PixelType type = PixelType::int16;
    bool is_volume = false;
    std::int64_t volume_sections = 0;  ///< of each volume in a stack of them; 0: not such a stack
    float voltage_kv = 0;
    float spherical_aberration_mm = 0;
    float detector_gain = 1;
    std::string label;                 ///< of a plain file, 80 bytes without controls; one that begins with MRCZ stands alone
    std::int64_t slices_per_item = 0;  ///< of a list of images or volumes; 0: not a list
};

/// A header that satisfies MRC2014 in all its fields, but for NZ, M and CELLA: see set_extent().
[[nodiscard]] Header fresh_header(const FreshImage& image, std::uint16_t codec_id);

/// NZ, M and CELLA of a fresh header once the number of frames is known.
struct SectionSampling {
    std::int64_t slices_per_item = 0;  ///< MZ of a list of images or volumes; 0: not a list
    bool spans_stack = false;          ///< MZ = NZ in a plain stack of images, too
};
void set_extent(Header& header, std::int64_t frames, const std::array<double, 3>& voxel_angstrom,
                const SectionSampling& sampling = {});

/// NZ of a file that gets more or fewer frames; M along the sections' axis where it counted them all, and CELLA where
/// it spans them all, the voxel kept: that of the header, or `section_voxel` of one that had no frame.
void set_frames(Header& header, std::int64_t frames, double section_voxel = 0);

/// A plain MRC2014 header for `frames` frames of a file that is not restored as it was. MRCZ's label is the second.
[[nodiscard]] Header plain_header(const Layout& source, std::int64_t frames);

/// DMIN, DMAX, DMEAN and RMS; the standard's sentinels for those that are not known or infinite, without DMIN and DMAX
/// for all, and in a plain file for what stated_statistics() leaves out. DMIN and DMAX stay where they alone tell that
/// bytes are unsigned; where the new ones would tell another sign, IMOD's stamp and flag keep it. NX, NY, NZ and MODE
/// have to be set.
void set_statistics(Header& header, const FrameStatistics& statistics);

}  // namespace mrcz::header
