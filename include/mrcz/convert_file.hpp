// MRC and MRCZ files as arrays of other containers, Zarr and HDF5, and the way back; blosc-coded frames are moved as
// they lie, not coded again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mrcz/codec.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/export.h"
#include "mrcz/jobs.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/mode0.hpp"
#include "mrcz/pixel_type.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/run_context.hpp"

namespace MRCZ_API mrcz {

/// Points of a scan whose frames a file holds, row by row: frame = row * columns + column.
struct ScanShape {
    std::int64_t rows = 0;     ///< along the slow axis
    std::int64_t columns = 0;  ///< along the fast axis

    /// `64,128` or `64x128`: rows, then columns. Throws Error{invalid_argument}.
    [[nodiscard]] static ScanShape parse(std::string_view text);
    bool operator==(const ScanShape&) const = default;
};

/// What the file's record of steps says of its frames; nothing where it speaks of no scan.
[[nodiscard]] std::optional<ScanShape> scan_shape_of(const Reader& reader);

/// How the frames of a file are an array of a container.
struct ArrayType {
    std::vector<std::int64_t> shape;          ///< [z][y][x], [scan_y][scan_x][y][x], with parts of a pixel last
    std::vector<std::int64_t> chunk;          ///< of the same axes: one frame
    std::vector<std::string_view> axes;       ///< their names: z, y, x, scan_y, scan_x, part, colour
    std::string_view dtype;                   ///< NumPy's name of a number in it: uint16, complex64, ...
    std::vector<double> voxel_size_angstrom;  ///< along z, y, x as far as the array has them; 0 where unknown
};

/// Complex pixels of integers and colours have an axis more, for their parts. `scan`: those of scan_shape_of() unless
/// given. Throws Error{invalid_argument} when the frames are no such scan, there is none, or, of 4-bit pixels, when no
/// array can hold them: what to do is said.
[[nodiscard]] ArrayType array_type_of(const Reader& reader, const std::optional<ScanShape>& scan = {});

/// The `zarr.json` of a Zarr v3 array whose one shard is the file (key `c/0/0/0`, a 0 for each axis). Attributes:
/// `voxel_size_angstrom`, and `mrc` with header, metadata and record of steps. Throws Error{invalid_argument} for a
/// file that is no shard: plain, without index, of a codec that Zarr does not have.
[[nodiscard]] std::string zarr_metadata_json(const Reader& reader, const std::optional<ScanShape>& scan = {},
                                             bool indented = false);

/// A Zarr v2 array as references into the file, version 1 of what kerchunk writes and fsspec's `reference` file system
/// reads; plain files and those without index too. `url` leads to the file: a path, or anything that fsspec opens.
[[nodiscard]] std::string zarr_references_json(const Reader& reader, std::string_view url,
                                               const std::optional<ScanShape>& scan = {}, bool indented = false);

enum class LinkKind { symbolic, hard, copy };

struct ZarrLinkOptions {
    LinkKind kind = LinkKind::symbolic;
    bool absolute =
        false;  ///< a symbolic link by the full path; otherwise relative, so that both can be moved together
    bool overwrite = false;  ///< replace a Zarr array that is there; otherwise Error{target_exists}
    std::optional<ScanShape> scan;
    Limits limits;
    Mode0 mode0 = Mode0::by_header;
};

/// Makes `folder` a Zarr v3 array whose shard is the file `path`. It appears when it is complete.
void link_as_zarr(const std::filesystem::path& path, const std::filesystem::path& folder,
                  const ZarrLinkOptions& options = {}, const RunContext& context = {});

struct ZarrReferenceOptions {
    std::string url;        ///< where the file will be found; empty: `path`, absolute
    bool relative = false;  ///< without a url: `path` as seen from the folder of the output
    bool overwrite = false;
    std::optional<ScanShape> scan;
    Limits limits;
    Mode0 mode0 = Mode0::by_header;
};

/// Writes zarr_references_json() to a file. Throws Error{unsupported} for a file that is wrapped in gzip, bzip2 or
/// zstd.
void write_zarr_references(const std::filesystem::path& path, const std::filesystem::path& output,
                           const ZarrReferenceOptions& options = {}, const RunContext& context = {});

/// The containers of this build, one row each.
struct ContainerInfo {
    std::string_view name;     ///< mrc, mrcz, zarr, hdf5
    std::string_view endings;  ///< of file names, with blanks between
    bool here;                 ///< this build reads and writes it
    std::string_view why_not;  ///< what is missing; empty when it is here
};

[[nodiscard]] std::span<const ContainerInfo> containers() noexcept;
/// By the ending of a name, whatever is there; null when it is none of a container's.
[[nodiscard]] const ContainerInfo* container_of(const std::filesystem::path& path);

struct ConvertFileOptions {
    /// Of an HDF5 file: what to read, by default the one dataset that can be frames; where to write, by default `/data`
    /// (`/entry/data/data` in .nxs).
    std::string dataset = {};
    std::optional<ScanShape> scan = std::nullopt;  ///< frames become an array of [scan_y][scan_x][y][x]
    std::string codec = {};  ///< a name of codecs(); empty: that of the chunks, zstd where frames are coded anew
    CodecOptions coding = {};
    std::optional<PixelType> dtype = std::nullopt;  ///< pixels of another type; frames are then coded anew
    ConversionRules allowed = {};                   ///< for dtype
    bool overwrite = false;
    Limits limits = {};
    Mode0 mode0 = Mode0::by_header;  ///< of MRC input; as_unsigned also keeps unsigned bytes of other containers
};

struct ConvertFileResult : JobResult {
    std::int64_t moved = 0;                ///< frames whose chunks are in the output as they were in the input
    std::int64_t recoded = 0;              ///< the others
    std::string why_recoded;               ///< of those; empty where there are none
    std::vector<std::string> left_behind;  ///< what could not go along
};

/// From one container to another, by the endings of both names. Every frame is decoded and checked against the hashes
/// that are kept of it. The output appears, complete, when the job is done.
///
/// Pixels, voxel size, header, metadata and record of steps go along; frames of a scan become a stack, and its shape a
/// step of the record. Throws Error{invalid_argument} when both are MRC, Error{unsupported} for what the target cannot
/// hold or this build cannot read.
ConvertFileResult convert_file(const std::filesystem::path& input, const std::filesystem::path& output,
                               const ConvertFileOptions& options = {}, const RunContext& context = {});

/// What goes along with a file's frames, as the JSON object that convert_file() writes as the attribute `mrc` of a
/// dataset, and that convert_array() takes: header, extended header, metadata, record of steps, and what restores the
/// original.
struct CarriedJson {
    std::string text;
    std::vector<std::string> left_behind;  ///< what is too large for an attribute
};
[[nodiscard]] CarriedJson carried_json(const std::filesystem::path& path, const Limits& limits = {},
                                       const RunContext& context = {});

struct ArraySourceFacts {
    std::string container;             ///< what it is a part of, for the record of steps: `HDF5`
    std::string place;                 ///< in there
    std::vector<std::uint64_t> shape;  ///< [y][x], [z][y][x] or [scan_y][scan_x][y][x], with parts of a pixel last
    PixelType number = PixelType::int16;
    /// A JSON object, with `voxel_size_angstrom` and `mrc` as convert_file() writes them.
    std::string attributes = "{}";
    std::string why_not_moved;       ///< why chunk() is not to be asked; empty: chunks may be taken as they are
    std::uint64_t stored_bytes = 0;  ///< of all of it; 0: not known
};

/// An array that the caller reads, as frames. Called by one thread at a time, in frame order; the first frames may be
/// asked for twice.
class ArraySource {
  public:
    virtual ~ArraySource() = default;
    [[nodiscard]] virtual ArraySourceFacts facts() const = 0;
    /// The bytes of a frame as they are stored; what turns out to be no chunk of c-blosc 1 is ignored.
    [[nodiscard]] virtual std::vector<std::byte> chunk(std::int64_t frame) = 0;
    /// Fills `out` with a frame, little-endian.
    virtual void pixels(std::int64_t frame, std::span<std::byte> out) = 0;
};

/// convert_file() of an array that the caller reads.
ConvertFileResult convert_array(ArraySource& source, const std::filesystem::path& output,
                                const ConvertFileOptions& options = {}, const RunContext& context = {});

}  // namespace mrcz
