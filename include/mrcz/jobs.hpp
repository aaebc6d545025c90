// From file to file: what the verbs of the `mrcz` command do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mrcz/codec.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/files.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/mode0.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz {

struct JobResult {
    std::int64_t frames = 0;
    std::uint64_t bytes_in = 0;  ///< of the input, unwrapped
    std::uint64_t bytes_out = 0;
    ConversionResult converted;  ///< pixels whose value dtype changed
};

struct CompressOptions {
    std::string codec = "zstd";  ///< a name of codecs(), not "raw"
    CodecOptions coding;
    std::optional<Metadata> metadata;  ///< replaces what the input carries
    Limits limits;
    Mode0 mode0 = Mode0::by_header;  ///< a choice is kept in the new file's header
    /// Stores pixels of this type instead of the input's. Unless it is the input's, the original can then not be
    /// restored; the file's record of steps says what was done. A value that would change and may not is an
    /// Error{invalid_argument} that names frame and pixel.
    std::optional<PixelType> dtype = std::nullopt;
    ConversionRules allowed = {};  ///< for dtype
};

/// Compresses an MRC file (plain, or inside gzip or bzip2) so that decompress() gives it back byte for byte; compresses
/// an MRCZ file anew, keeping what it was made from and all its sections.
JobResult compress(const Input& input, const Output& output, const CompressOptions& options = {},
                   const RunContext& context = {});

/// Frames first … last - 1; 0-based.
struct FrameRange {
    std::int64_t first = 0;
    std::int64_t last = 0;

    /// `10:20`, `:5`, `-1:`, `7` of a stack of `frames`, as Python slices read. Throws Error{invalid_argument}.
    [[nodiscard]] static FrameRange parse(std::string_view text, std::int64_t frames);
};

struct DecompressOptions {
    /// Only these frames, under a fresh header. `10:20`, `:5`, `-1:`; empty: the whole file.
    std::string frames;
    Limits limits;
    Mode0 mode0 = Mode0::by_header;  ///< for a fresh header and its statistics; an original comes back as it was
    /// As in CompressOptions: unless it is the input's own type, the output is a new MRC2014 file.
    std::optional<PixelType> dtype = std::nullopt;
    ConversionRules allowed = {};  ///< for dtype
};

/// Gives back the file that was compressed, byte for byte, checked against its hash before it gets its name (or, to a
/// pipe, before the job ends well); where no original is kept, a plain MRC2014 file of the same pixels.
JobResult decompress(const Input& input, const Output& output, const DecompressOptions& options = {},
                     const RunContext& context = {});

struct VerifyResult {
    std::int64_t frames = 0;
    std::uint64_t bytes = 0;        ///< of the file
    bool frames_hashed = false;     ///< every frame matched a stored hash
    bool original_matched = false;  ///< the original file's hash was recomputed and matched
    std::vector<Finding> findings;  ///< oddities that are no damage
};

/// Decodes everything, writes nothing. Throws what is wrong first.
VerifyResult verify(const Input& input, const Limits& limits = {}, const RunContext& context = {});

/// A reader of any input; a pipe goes through a temporary file.
[[nodiscard]] Reader open_reader(const Input& input, const Limits& limits = {}, Mode0 mode0 = Mode0::by_header,
                                 const RunContext& context = {});

/// Everything known of a file without reading a pixel, as one JSON object (described in docs/info-json.md).
[[nodiscard]] std::string info_json(const Reader& reader, bool indented = false);

}  // namespace mrcz
