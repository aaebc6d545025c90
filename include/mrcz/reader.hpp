// Reading MRC and MRCZ files, any frame at any time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mrcz/byte_source.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/export.h"
#include "mrcz/extended_header.hpp"
#include "mrcz/finding.hpp"
#include "mrcz/frame_format.hpp"
#include "mrcz/frame_statistics.hpp"
#include "mrcz/header.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/mode0.hpp"
#include "mrcz/pixel_type.hpp"
#include "mrcz/run_context.hpp"
#include "mrcz/stack_sum.hpp"

namespace MRCZ_API mrcz {

/// A part of the footer, as listed by Reader::sections().
struct SectionInfo {
    std::string id;
    std::string_view meaning;  ///< empty for ids this version does not know
    std::uint64_t stored_bytes = 0;
    std::uint64_t raw_bytes = 0;
};

/// Where a frame lies in its file.
struct StoredFrame {
    std::uint64_t offset = 0;  ///< bytes from the start of the file
    std::uint64_t bytes = 0;
};

/// A way of its codec that frames are coded in, as listed by Reader::coding_modes().
struct CodingMode {
    std::string_view name;  ///< spec/codec-<name>.md tells of it
    std::int64_t frames = 0;
};

/// An open file. All members but the constructors and moves may be called from several threads at once.
class Reader {
  public:
    /// Opens `path`; one wrapped in gzip, bzip2 or zstd is unwrapped to a temporary file. Throws Error naming the file.
    /// A file that is damaged but readable in part opens; findings() say what is wrong.
    explicit Reader(const std::filesystem::path& path, const Limits& limits = {}, Mode0 mode0 = Mode0::by_header);
    explicit Reader(std::unique_ptr<ByteSource> source, const Limits& limits = {}, Mode0 mode0 = Mode0::by_header);
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    [[nodiscard]] const std::string& name() const noexcept;
    /// Little-endian, as the file has it now; original_header() is that of the file it was compressed from.
    [[nodiscard]] const Header& header() const noexcept;
    [[nodiscard]] std::optional<Header> original_header() const;
    [[nodiscard]] std::int64_t frames() const noexcept;
    [[nodiscard]] std::int64_t rows() const noexcept;
    /// NX, or twice that in a file of mode 0 whose bytes hold two 4-bit pixels each.
    [[nodiscard]] std::int64_t columns() const noexcept;
    /// Sections of each volume when the file is a stack of frames() / volume_sections() volumes, else 0.
    [[nodiscard]] std::int64_t volume_sections() const noexcept;
    [[nodiscard]] PixelType pixel_type() const noexcept;
    /// Type, columns, rows, and how 4-bit pixels lie.
    [[nodiscard]] FrameFormat frame_format() const noexcept;
    /// Of a frame as read_frame() gives it: pixels of 4 bits stay packed; convert() of convert.hpp unpacks them.
    [[nodiscard]] std::uint64_t frame_bytes() const noexcept;
    [[nodiscard]] const CodecInfo& codec() const noexcept;
    [[nodiscard]] bool is_big_endian() const noexcept;
    [[nodiscard]] std::uint64_t file_bytes() const noexcept;
    /// Bytes of all frames as stored.
    [[nodiscard]] std::uint64_t stored_data_bytes() const noexcept;
    /// Whether any frame is found without walking through those before it.
    [[nodiscard]] bool has_random_access() const noexcept;
    [[nodiscard]] const std::vector<Finding>& findings() const noexcept;
    [[nodiscard]] std::vector<SectionInfo> sections() const;
    /// The ways that frames are coded in, by falling number of frames; empty for codecs that have one way only. Reads a
    /// few bytes a frame.
    [[nodiscard]] std::vector<CodingMode> coding_modes() const;
    /// Models that frames share, and their bytes as stored.
    [[nodiscard]] std::size_t models() const noexcept;
    [[nodiscard]] std::uint64_t model_bytes() const noexcept;
    /// Order-0 entropy in bits a pixel, where a compressed file keeps it: what an ideal code of single pixels with one
    /// histogram for all comes to, measured on a sixteenth of the pixels or on all. Codes that tell pixels of unlike
    /// brightness apart, or know their neighbours, can be below. Throws Error{corrupt} when it is no such number.
    [[nodiscard]] std::optional<double> entropy() const;

    /// Bytes between header and pixels, as they are.
    [[nodiscard]] std::vector<std::byte> extended_header() const;
    /// The same understood: tilt angles, stage positions, dose, symmetry, as far as the kind is known.
    [[nodiscard]] ExtendedHeader decoded_extended_header() const;
    [[nodiscard]] std::optional<Metadata> metadata() const;
    /// A JSON array with one object a step: what was done to the pixels. Empty when nothing is recorded.
    [[nodiscard]] std::string provenance() const;
    /// Per frame, or empty where the file holds none. Reads no pixel.
    [[nodiscard]] std::vector<FrameStatistics> statistics() const;
    /// The sum over all frames, raw, where a compressed file keeps it (CompressOptions::keep_sum); else nothing. Reads
    /// no frame. Throws Error{corrupt} when what is kept does not fit the frames.
    [[nodiscard]] std::optional<SumImage> sum() const;

    /// Fills `out` (frame_bytes() bytes as frame_format() says, in the machine's byte order) with frame `index`,
    /// 0-based. Throws Error{corrupt} naming the frame when its hash does not hold.
    void read_frame(std::int64_t index, std::span<std::byte> out) const;
    /// Frames first … first + count - 1 into `out`, [frame][y][x], on the context's threads; it is told of each frame.
    void read_frames(std::int64_t first, std::int64_t count, std::span<std::byte> out,
                     const RunContext& context = {}) const;
    /// The frames of these numbers, in the order given; a number may come twice.
    void read_frames(std::span<const std::int64_t> indices, std::span<std::byte> out,
                     const RunContext& context = {}) const;

    /// Where the bytes of frame `index` lie: its chunk, or its pixels in a plain file. Throws Error{invalid_argument}
    /// when there is no such frame, Error{truncated} when it is missing from a file that was cut short.
    [[nodiscard]] StoredFrame stored_frame(std::int64_t index) const;
    /// Those bytes as they lie: of a blosc codec a chunk of c-blosc. They are not checked against a hash.
    [[nodiscard]] std::vector<std::byte> read_stored_frame(std::int64_t index) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mrcz
