// The 1024-byte MRC header (MRC2014: Cheng et al., J. Struct. Biol. 192, 146 (2015), table 1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mrcz/export.h"
#include "mrcz/frame_statistics.hpp"
#include "mrcz/pixel_type.hpp"

namespace MRCZ_API mrcz {

/// Every field that any program gives a meaning; described by header_fields().
enum class HeaderField : std::uint8_t {
    nx,
    ny,
    nz,
    mode,
    nxstart,
    nystart,
    nzstart,
    mx,
    my,
    mz,
    cell_a,
    cell_b,
    cell_c,
    cell_alpha,
    cell_beta,
    cell_gamma,
    mapc,
    mapr,
    maps,
    dmin,
    dmax,
    dmean,
    ispg,
    nsymbt,
    creatid,
    exttyp,
    nversion,
    volume_sections,
    nint,
    nreal,
    voltage,
    spherical_aberration,
    detector_gain,
    packed_bytes,
    imod_stamp,
    imod_flags,
    idtype,
    lens,
    nd1,
    nd2,
    vd1,
    vd2,
    tilt_angles,
    origin_x,
    origin_y,
    origin_z,
    map,
    machst,
    rms,
    nlabl,
    label,
};

enum class HeaderFieldType : std::uint8_t { i16, i32, i64, f32, text };

struct HeaderFieldInfo {
    HeaderField field;
    std::string_view name;  ///< as the standard spells it
    std::uint16_t offset;   ///< bytes from the start of the file
    HeaderFieldType type;
    std::uint8_t count;     ///< values of that type; for text, strings
    std::uint8_t bytes;     ///< of one value
    std::string_view unit;  ///< empty where there is none
    std::string_view meaning;
};

/// All fields in file order, one row each: the only place that knows where a field is.
[[nodiscard]] std::span<const HeaderFieldInfo> header_fields() noexcept;
[[nodiscard]] const HeaderFieldInfo& info_of(HeaderField field) noexcept;

/// The header's 1024 bytes, numbers in little-endian order whatever the file's was.
class Header {
  public:
    static constexpr std::size_t bytes_on_disk = 1024;
    static constexpr std::size_t label_count = 10;

    [[nodiscard]] std::int64_t integer(HeaderField field, std::size_t index = 0) const noexcept;   ///< i16, i32, i64
    [[nodiscard]] float real(HeaderField field, std::size_t index = 0) const noexcept;             ///< f32
    [[nodiscard]] std::string_view text(HeaderField field, std::size_t index = 0) const noexcept;  ///< all its bytes

    void set_integer(HeaderField field, std::int64_t value, std::size_t index = 0) noexcept;
    void set_real(HeaderField field, float value, std::size_t index = 0) noexcept;
    /// Cut to the field's size, or filled up with `padding`.
    void set_text(HeaderField field, std::string_view text, std::size_t index = 0, char padding = ' ') noexcept;

    /// Takes a field with all its values from another header.
    void copy_from(const Header& other, HeaderField field) noexcept;

    [[nodiscard]] std::int64_t nx() const noexcept { return integer(HeaderField::nx); }
    [[nodiscard]] std::int64_t ny() const noexcept { return integer(HeaderField::ny); }
    [[nodiscard]] std::int64_t nz() const noexcept { return integer(HeaderField::nz); }
    /// A label without the spaces and zeros at its end.
    [[nodiscard]] std::string_view label(std::size_t index) const noexcept;

    /// Edge lengths of a voxel along X, Y and Z in Ångström: CELLA / M; where M is 0, and on all axes of a file whose
    /// label 1 is MRCZ's and which is compressed or has MX 0, CELLA over the number of pixels along that axis; 0 where
    /// neither is known and where CELLA is no length (negative, not finite, beyond 10^12).
    [[nodiscard]] std::array<double, 3> voxel_angstrom() const noexcept;
    /// For each cell axis X, Y, Z the number of pixels along it: NX, NY and NZ permuted by MAPC, MAPR, MAPS.
    [[nodiscard]] std::array<std::int64_t, 3> pixels_along_axes() const noexcept;

    /// DMIN, DMAX, DMEAN and RMS, NaN where they are not known: by the standard's sentinels (DMAX < DMIN, DMEAN below
    /// both, RMS < 0), because they are no finite numbers, or, RMS, because it is 0 although DMAX > DMIN.
    [[nodiscard]] FrameStatistics statistics() const noexcept;

    [[nodiscard]] std::array<std::byte, bytes_on_disk>& bytes() noexcept { return bytes_; }
    [[nodiscard]] const std::array<std::byte, bytes_on_disk>& bytes() const noexcept { return bytes_; }

  private:
    std::array<std::byte, bytes_on_disk> bytes_{};
};

/// Of the statistics of `pixels` pixels of a plain file those that its header states, the others NaN: those that a
/// program finds again which reads the file and, as NumPy and so mrcfile's validator do, sums in the pixels' own type
/// (means in double precision). Integers: all. Of float16 and float32 pixels
/// - none where one is NaN or infinite: a program that does not look for them finds NaN, or an infinite mean, and what
///   is true of the other pixels would be wrong of all. The footer's section FSTA, where there is one, still has it;
/// - no standard deviation where the sum of the pixels or of their squares overflows, where the squares are too small
///   for the type, or where the mean is rounded by much of the deviation;
/// - no mean where it is within the roundings of the greatest pixel.
/// Minimum and maximum of finite pixels always stay.
[[nodiscard]] FrameStatistics stated_statistics(const FrameStatistics& statistics, PixelType type,
                                                std::uint64_t pixels);

}  // namespace mrcz
