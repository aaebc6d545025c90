// Name, place, type, unit and meaning of every header field. Parsing, writing, `info` and the specification's check read
// this table; nothing else knows an offset.
#pragma once

#include <array>

#include "mrcz/header.hpp"

namespace mrcz::header {

using F = HeaderField;
using T = HeaderFieldType;

// clang-format off
inline constexpr std::array<HeaderFieldInfo, 51> field_table{{
    {F::nx,         "NX",         0,   T::i32, 1, 4, "px", "columns, the fastest axis in the file"},
    {F::ny,         "NY",         4,   T::i32, 1, 4, "px", "rows"},
    {F::nz,         "NZ",         8,   T::i32, 1, 4, "px", "sections (frames)"},
    {F::mode,       "MODE",       12,  T::i32, 1, 4, "",   "pixel type; compressed files add 1000 x codec id"},
    {F::nxstart,    "NXSTART",    16,  T::i32, 1, 4, "px", "first column in the unit cell"},
    {F::nystart,    "NYSTART",    20,  T::i32, 1, 4, "px", "first row in the unit cell"},
    {F::nzstart,    "NZSTART",    24,  T::i32, 1, 4, "px", "first section in the unit cell"},
    {F::mx,         "MX",         28,  T::i32, 1, 4, "px", "samples per cell along X"},
    {F::my,         "MY",         32,  T::i32, 1, 4, "px", "samples per cell along Y"},
    {F::mz,         "MZ",         36,  T::i32, 1, 4, "px", "samples per cell along Z; 1 for a stack of images"},
    {F::cell_a,     "CELLA.X",    40,  T::f32, 1, 4, "A",  "cell edge along X"},
    {F::cell_b,     "CELLA.Y",    44,  T::f32, 1, 4, "A",  "cell edge along Y"},
    {F::cell_c,     "CELLA.Z",    48,  T::f32, 1, 4, "A",  "cell edge along Z"},
    {F::cell_alpha, "CELLB.ALPHA",52,  T::f32, 1, 4, "deg","cell angle alpha"},
    {F::cell_beta,  "CELLB.BETA", 56,  T::f32, 1, 4, "deg","cell angle beta"},
    {F::cell_gamma, "CELLB.GAMMA",60,  T::f32, 1, 4, "deg","cell angle gamma"},
    {F::mapc,       "MAPC",       64,  T::i32, 1, 4, "",   "cell axis of the columns: 1 X, 2 Y, 3 Z"},
    {F::mapr,       "MAPR",       68,  T::i32, 1, 4, "",   "cell axis of the rows"},
    {F::maps,       "MAPS",       72,  T::i32, 1, 4, "",   "cell axis of the sections"},
    {F::dmin,       "DMIN",       76,  T::f32, 1, 4, "",   "least pixel; unknown when DMAX < DMIN"},
    {F::dmax,       "DMAX",       80,  T::f32, 1, 4, "",   "greatest pixel"},
    {F::dmean,      "DMEAN",      84,  T::f32, 1, 4, "",   "mean pixel; unknown when below DMIN and DMAX"},
    {F::ispg,       "ISPG",       88,  T::i32, 1, 4, "",   "0 images, 1 volume, 2-230 crystal, 401-630 volume stack"},
    {F::nsymbt,     "NSYMBT",     92,  T::i32, 1, 4, "B",  "bytes of the extended header"},
    {F::creatid,    "CREATID",    96,  T::i16, 1, 2, "",   "IMOD: 0; -16224 marks a DeltaVision file"},
    {F::exttyp,     "EXTTYP",     104, T::text,1, 4, "",   "kind of extended header"},
    {F::nversion,   "NVERSION",   108, T::i32, 1, 4, "",   "10 x year of the standard + minor: 20140, 20141"},
    {F::volume_sections, "VOLUMESECTIONS", 124, T::i32, 1, 4, "px", "MRCZ: MZ of a stack of volumes, when MZ itself is 0"},
    {F::nint,       "NINT",       128, T::i16, 1, 2, "",   "SerialEM, IMOD: layout of the extended header"},
    {F::nreal,      "NREAL",      130, T::i16, 1, 2, "",   "SerialEM, IMOD: layout of the extended header"},
    {F::voltage,    "VOLTAGE",    132, T::f32, 1, 4, "kV", "MRCZ: accelerating voltage"},
    {F::spherical_aberration, "C3", 136, T::f32, 1, 4, "mm", "MRCZ: spherical aberration"},
    {F::detector_gain, "GAIN",    140, T::f32, 1, 4, "",   "MRCZ: detector gain"},
    {F::packed_bytes, "PACKEDBYTES", 144, T::i64, 1, 8, "B", "MRCZ: bytes of all chunks"},
    {F::imod_stamp, "IMODSTAMP",  152, T::i32, 1, 4, "",   "1146047817 when IMOD or SerialEM wrote the flags"},
    {F::imod_flags, "IMODFLAGS",  156, T::i32, 1, 4, "",   "IMOD: 1 signed bytes, 4 origin as in the standard, 16 4-bit"},
    {F::idtype,     "IDTYPE",     160, T::i16, 1, 2, "",   "IMOD: 0 mono, 1 tilt, 2 tilts, 3 lina, 4 lins"},
    {F::lens,       "LENS",       162, T::i16, 1, 2, "",   "IMOD"},
    {F::nd1,        "ND1",        164, T::i16, 1, 2, "",   "IMOD"},
    {F::nd2,        "ND2",        166, T::i16, 1, 2, "",   "IMOD"},
    {F::vd1,        "VD1",        168, T::i16, 1, 2, "",   "IMOD: 100 x tilt increment"},
    {F::vd2,        "VD2",        170, T::i16, 1, 2, "",   "IMOD: 100 x start angle"},
    {F::tilt_angles,"TILTANGLES", 172, T::f32, 6, 4, "deg","IMOD: original and current angles"},
    {F::origin_x,   "ORIGIN.X",   196, T::f32, 1, 4, "A",  "origin of the volume"},
    {F::origin_y,   "ORIGIN.Y",   200, T::f32, 1, 4, "A",  "origin of the volume"},
    {F::origin_z,   "ORIGIN.Z",   204, T::f32, 1, 4, "A",  "origin of the volume"},
    {F::map,        "MAP",        208, T::text,1, 4, "",   "'MAP '"},
    {F::machst,     "MACHST",     212, T::text,1, 4, "",   "byte order: 44 44 or 44 41 little, 11 11 big"},
    {F::rms,        "RMS",        216, T::f32, 1, 4, "",   "standard deviation; unknown when negative"},
    {F::nlabl,      "NLABL",      220, T::i32, 1, 4, "",   "labels in use"},
    {F::label,      "LABEL",      224, T::text,10, 80, "", "text labels"},
}};
// clang-format on

/// Rows stand in the order of the enumeration, fit their types and do not overlap.
consteval bool table_is_sound() {
    std::size_t end = 0;
    for (std::size_t i = 0; i < field_table.size(); ++i) {
        const HeaderFieldInfo& row = field_table[i];
        if (static_cast<std::size_t>(row.field) != i || row.offset < end) return false;
        end = row.offset + std::size_t{row.count} * row.bytes;
    }
    return end == Header::bytes_on_disk;
}
static_assert(table_is_sound());

}  // namespace mrcz::header
