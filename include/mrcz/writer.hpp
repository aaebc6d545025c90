// Writing MRC and MRCZ files frame by frame: new ones, or more frames onto old ones.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mrcz/codec.hpp"
#include "mrcz/export.h"
#include "mrcz/header.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/live.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/pixel_type.hpp"
#include "mrcz/run_context.hpp"

namespace MRCZ_API mrcz {

/// The header of a file whose pixels, or pixels like whose, a new file holds, as Reader::header() gives it.
struct HeaderToInherit {
    Header header;
    bool is_big_endian = false;  ///< of the file
};

struct WriterOptions {
    std::int64_t nx = 0;                ///< columns, 1 … 2^31-1
    std::int64_t ny = 0;                ///< rows, 1 … 2^31-1
    PixelType type = PixelType::int16;  ///< uint8 is refused: MRC has no mode for it (use int8, uint16 or uint4)
    bool is_volume = false;             ///< sections of one volume (ISPG 1, MZ = NZ) instead of a stack of images
    /// Sections of each volume in a stack of volumes (ISPG 401); 0: no such stack. Frames that make no whole number of
    /// volumes become a stack of images.
    std::int64_t volume_sections = 0;
    std::array<double, 3> voxel_angstrom{0, 0, 0};  ///< along x, y, z; 0 where unknown
    float voltage_kv = 0;
    float spherical_aberration_mm = 0;
    float detector_gain = 1;
    /// First label of a plain file: UTF-8 of at most 80 bytes, no control characters; others are
    /// Error{invalid_argument}. One that begins with MRCZ stands alone.
    std::string label;
    /// Frames are the slices of a list of images (1) or of volumes of so many slices: MZ, as python-mrcz reads it, in
    /// plain files with MRCZ's label alone. 0: one array.
    std::int64_t slices_per_item = 0;
    /// MZ = NZ and CELLA over all sections in a plain stack of images, too, as IMOD has it and as programs expect that
    /// divide CELLA by NZ; by default MZ is 1, as the standard has it.
    bool cell_spans_stack = false;
    std::vector<std::byte> extended_header;  ///< stands as it is between header and pixels
    /// EXTTYP, at most 4 characters. An extended header of `json` gets blanks behind it, up to a multiple of 16 bytes.
    std::string extended_type;
    bool big_endian = false;  ///< a plain file whose numbers are big-endian; compressed files always are little-endian
    std::string codec = "zstd";  ///< a name of codecs(); "raw" writes plain MRC
    CodecOptions coding;
    std::optional<Metadata> metadata;  ///< goes into a footer
    std::string earlier_steps;         ///< what was done to the pixels before: Reader::provenance(), a JSON array
    /// Axes (MAPC, MAPR, MAPS, along which voxel_angstrom is then laid), starts, cell angles, ORIGIN, the space group
    /// of a volume, IMOD's fields, and labels behind those above, up to ten; nothing of it in lists.
    std::optional<HeaderToInherit> like;
    bool overwrite = false;  ///< otherwise an existing file is Error{target_exists}
    /// The file bears its name from the start and grows under it, for detectors that are still running. Frames are
    /// committed on the way; until finish() metadata stand in NAME.journal, and `repair` finishes what a crash left.
    std::optional<LiveOptions> live;
};

struct ExtendOptions {
    CodecOptions coding;              ///< level; filter and block size are those of the file unless given here
    std::optional<LiveOptions> live;  ///< commit on the way, instead of all frames or none
    Limits limits;
    /// The first frame given replaces this one, the next the one behind it, until the end is reached: 0 … frames.
    /// Frames of plain files only, and not with `live`. NAME.journal keeps all from this one on until finish(); without
    /// finish() the file stays as it was, after a crash `repair` or the next append makes it so.
    std::optional<std::int64_t> replace_from;
};

/// The file appears under its name, complete and synced, when finish() returns; without finish() nothing appears and an
/// older file stays as it was (but see WriterOptions::live). After an append or finish() that failed, for whatever
/// reason but a wrong number of bytes, both throw Error{invalid_argument}: the writer can only be destroyed. One thread
/// at a time.
class Writer {
  public:
    Writer(const std::filesystem::path& path, const WriterOptions& options);
    /// Appends to a finished file, whose codec and pixel type stay; metadata are kept, what restores the original is
    /// not. A crash leaves the old file or one that repair() makes so. Throws Error{invalid_argument} while another
    /// program appends to it.
    [[nodiscard]] static Writer extending(const std::filesystem::path& path, const ExtendOptions& options = {},
                                          const RunContext& context = {});
    ~Writer();
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;

    /// Appends whole frames, [frame][y][x], in the machine's byte order, 4-bit pixels packed two a byte with every row
    /// beginning a byte of its own (RowPacking::padded, see frame_format.hpp); coded on the context's threads. A model
    /// that the codec rans shares among frames is learned from the first call's, where these are 16 or more, else from
    /// the first 64 (at most 32 MiB) on the way, which are then coded without it.
    void append(std::span<const std::byte> frames, const RunContext& context = {});

    /// What was done to the pixels before they came, where only their end tells it: one JSON object, which joins the
    /// record of steps. After the last append.
    void record_step(const std::string& step);

    /// Bytes of the finished file.
    std::uint64_t finish();

  private:
    struct Impl;
    explicit Writer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace mrcz
