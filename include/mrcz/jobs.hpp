// From file to file: what the verbs of the `mrcz` command do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mrcz/codec.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/error.hpp"
#include "mrcz/export.h"
#include "mrcz/files.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/live.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/mode0.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/run_context.hpp"

namespace MRCZ_API mrcz {

struct JobResult {
    std::int64_t frames = 0;
    std::uint64_t bytes_in = 0;  ///< of the input, unwrapped
    std::uint64_t bytes_out = 0;
    ConversionResult converted;  ///< pixels whose value dtype changed
    std::string codec = {};      ///< that CompressOptions::codec "auto" came to; else empty
};

struct CompressOptions {
    /// A name of codecs(), not "raw"; or "auto": frames of the stack are coded with each that CodecInfo::speed calls
    /// fast enough, and the smallest is taken (within 1 %, one that every MRCZ reader has, then the faster). The choice
    /// depends on the pixels and least_speed alone. Not with live or a level.
    std::string codec = "zstd";
    double least_speed = 100;  ///< MB/s a thread; for "auto"
    CodecOptions coding;
    std::optional<Metadata> metadata;  ///< replaces what the input carries
    /// Of an input that is a changed copy of a file: that file's record of steps, as Reader::provenance() gives it. The
    /// output's continues it with a step `edit`, unless the input has a record of its own.
    std::string provenance = {};
    /// The output, a file, bears its name from the start and grows while frames arrive: see compress().
    std::optional<LiveOptions> live;
    Limits limits;
    Mode0 mode0 = Mode0::by_header;  ///< a choice is kept in the new file's header
    /// Stores pixels of this type instead of the input's. Unless it is the input's, the original can then not be
    /// restored; the file's record of steps says what was done. A value that would change and may not is an
    /// Error{invalid_argument} that names frame and pixel.
    std::optional<PixelType> dtype = std::nullopt;
    ConversionRules allowed = {};  ///< for dtype
    /// Also stores the sum over all frames (4 or 8 bytes a pixel before compression), by which corrections need not
    /// read the frames. One that an MRCZ input keeps is kept anyway. Not for complex or colour pixels.
    bool keep_sum = false;
};

/// Compresses an MRC file (plain, or inside gzip, bzip2 or zstd) so that decompress() gives it back byte for byte;
/// compresses an MRCZ file anew, keeping what it was made from and all its sections.
///
/// Live, the input is plain MRC that comes through a pipe. NZ of its header says how many frames to expect; 0: as many
/// as come. The output does not restore the original byte for byte. When the input fails, ends early, or the job is
/// cancelled, the frames so far make a finished file before that is thrown; after a crash repair() finishes it.
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
    /// Metadata that are no part of the original go into a footer behind its bytes; where there is no original, the
    /// record of steps, too. The file is then a valid MRC file
    /// that is longer than the original; compressed again it gives itself back.
    bool keep_metadata = false;
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

struct AppendOptions {
    CodecOptions coding;              ///< level; filter and block size are the target's unless given here
    std::optional<LiveOptions> live;  ///< commit on the way, instead of all frames or none
    Limits limits;
    Mode0 mode0 = Mode0::by_header;  ///< of the inputs; the target's bytes have the sign that its header says
    /// The inputs went through the corrections that the target's record tells of. Without, a target with such a record
    /// is refused: nothing would tell its corrected frames from others.
    bool corrected = false;
};

struct AppendResult {
    std::int64_t frames_before = 0;
    std::int64_t frames = 0;      ///< of the target now
    std::uint64_t bytes_in = 0;   ///< of the inputs, unwrapped
    std::uint64_t bytes_out = 0;  ///< of the target now
};

/// Appends the frames of `inputs`, in order, to a finished MRC or MRCZ file whose frame shape and pixel type they
/// share. All inputs are looked at before the target is touched; an error leaves it as it was (live: with what was
/// committed). Its codec, metadata and unknown sections stay; what restores its original does not, and the context's
/// log says so.
AppendResult append(std::span<const Input> inputs, const std::filesystem::path& target,
                    const AppendOptions& options = {}, const RunContext& context = {});

/// The header that decompress() gives a file of all frames, little-endian numbers whatever the original's were: the
/// original's, or that of a valid MRC2014 file with the statistics that are kept. A plain file's is its own. Decodes no
/// frame.
[[nodiscard]] Header restored_header(const Reader& reader);
/// Whether the first bytes of a file are the header of a compressed one; false for what is no MRC header, too.
[[nodiscard]] bool is_compressed_header(std::span<const std::byte, Header::bytes_on_disk> start);

/// What stands behind the pixels of a plain file under `header` (little-endian) that is a changed copy of `like`: a
/// footer with its metadata, and its record of steps with a step `edit`; empty where it has neither. NSYMBT and NZ of
/// the header are not negative.
[[nodiscard]] std::vector<std::byte> footer_of_copy(const Reader& like, const Header& header);

enum class RepairAction {
    none,            ///< nothing is wrong
    forgot_journal,  ///< the file is whole; only a journal was left over
    rolled_back,     ///< in place: an append that committed nothing was undone
    finished,        ///< in place: a file that was never finished got footer and index
    salvaged,        ///< a new file was written of the frames that are whole
};

struct RepairOptions {
    /// A new file, whatever is wrong; empty: in place where a journal allows it, else `X.repaired.mrcz` beside X.mrcz.
    std::filesystem::path output;
    bool overwrite = false;
    bool dry_run = false;      ///< finds out what would be done, and changes nothing
    bool uncommitted = false;  ///< also keeps whole frames that were written after the last commit; not safe after a
                               ///< power failure
    bool drop_uncommitted = false;  ///< gives those frames up; with neither, repair() refuses while there are any
    Limits limits;
};

struct RepairResult {
    RepairAction action = RepairAction::none;
    std::string problem;                     ///< what was wrong; empty: nothing
    std::int64_t frames_before = 0;          ///< that the header counted
    std::int64_t frames = 0;                 ///< of the whole file now
    std::vector<FrameRange> lost_frames;     ///< by the numbers they had in the damaged file, in order
    std::vector<std::string> lost_sections;  ///< ids of footer sections that are not in the new file
    bool footer_lost = false;                ///< no section could be looked for: nobody knows which there were
    std::uint64_t bytes_dropped = 0;         ///< that belong to nothing which was kept
    std::filesystem::path output;            ///< the whole file
};

/// Makes a whole file. With a journal beside it that is the file itself; a file damaged in any other way is not
/// touched, and a new one is written of every frame that decodes and matches its hash. Throws Error{corrupt} when no
/// frame is left, Error{truncated} when whole frames stand behind the last commit and no option says what becomes of
/// them, Error{target_exists} when the new file is there already.
RepairResult repair(const std::filesystem::path& path, const RepairOptions& options = {},
                    const RunContext& context = {});

struct VerifyOptions {
    Limits limits;
    Mode0 mode0 = Mode0::by_header;
    /// Told of every frame that does not decode or match its hashes, in order, as they are come by. `why` names it.
    std::function<void(std::int64_t frame, const Error& why)> damaged = {};
};

struct VerifyResult {
    std::int64_t frames = 0;
    std::uint64_t bytes = 0;        ///< of the file
    bool frames_hashed = false;     ///< every frame matched a stored hash
    bool original_matched = false;  ///< the original file's hash was recomputed and matched
    std::vector<Finding> findings;  ///< oddities that are no damage
};

/// Decodes everything, writes nothing. Throws what is wrong with the file as a whole first; of damaged frames, after
/// all have been gone through, one error with the first one's trouble and the numbers of all (of up to 20 runs of
/// them).
VerifyResult verify(const Input& input, const VerifyOptions& options = {}, const RunContext& context = {});

/// A reader of any input; a pipe goes through a temporary file.
[[nodiscard]] Reader open_reader(const Input& input, const Limits& limits = {}, Mode0 mode0 = Mode0::by_header,
                                 const RunContext& context = {});

/// What stands where the output of `input` is to go.
enum class OutputState {
    absent,
    complete,    ///< made from an input like this one by a job like this one, not older than it; nothing was decoded
    incomplete,  ///< made from an input like this one, but cut short or damaged
    outdated,    ///< complete, but older than the input: it may be the only copy of something else
    foreign,     ///< something that this job did not make
    unfinished,  ///< frames are being appended to it, or an append never ended: never to be replaced
};

/// Of compress(). An input that is missing makes nothing outdated. With a dtype, an output of other pixels is foreign;
/// without one, an output that does not give its input back (converted, live, appended to).
/// Throws Error{io_failed} when it cannot tell.
[[nodiscard]] OutputState compressed_output_state(const std::filesystem::path& input,
                                                  const std::filesystem::path& output,
                                                  const std::optional<PixelType>& dtype = {},
                                                  const RunContext& context = {});
/// Of decompress().
[[nodiscard]] OutputState restored_output_state(const std::filesystem::path& input, const std::filesystem::path& output,
                                                const std::optional<PixelType>& dtype = {},
                                                const RunContext& context = {});

/// Reads both files again, `output` from the disk, and decodes all of it. Throws an Error that says what is missing
/// unless `output`, made by compress(), gives `input` back byte for byte, or, where `input` is an MRCZ file that holds
/// no original, has its pixels.
void prove_compressed(const Input& input, const std::filesystem::path& output, const Limits& limits = {},
                      const RunContext& context = {});
/// The same for decompress(): `output` is the original of `input`, or has its pixels where it holds none, and no
/// metadata and no record of corrections stay behind.
void prove_restored(const Input& input, const std::filesystem::path& output, const Limits& limits = {},
                    const RunContext& context = {});

/// By what a file is known to be the one it was: another file, or another content, has another stamp.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t modified_nanoseconds = 0;

    /// Of a regular file, links followed. Throws Error{not_found, invalid_argument, io_failed}.
    [[nodiscard]] static FileStamp of(const std::filesystem::path& path);
    bool operator==(const FileStamp&) const = default;
};

/// Removes the name `path` if the file behind it is still the one it was `before`; otherwise throws Error{corrupt}.
/// Throws Error{invalid_argument} when frames are being appended to it, or an append never ended.
void remove_unchanged(const std::filesystem::path& path, const FileStamp& before);

/// Everything known of a file without reading a pixel, as one JSON object (described in docs/info-json.md).
[[nodiscard]] std::string info_json(const Reader& reader, bool indented = false);

}  // namespace mrcz
