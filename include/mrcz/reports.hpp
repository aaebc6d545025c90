// Results as JSON text, one object each, for programs that read what the command prints.
#pragma once

#include <string>
#include <string_view>

#include "mrcz/codec.hpp"
#include "mrcz/convert_file.hpp"
#include "mrcz/error.hpp"
#include "mrcz/export.h"
#include "mrcz/jobs.hpp"
#include "mrcz/process.hpp"

namespace MRCZ_API mrcz {

/// verb, input, output, frames, bytes_in, bytes_out, clipped, rounded (values that a conversion changed), codec (where it
/// was left to compress()), seconds.
[[nodiscard]] std::string json_report(std::string_view verb, std::string_view input, std::string_view output,
                                      const JobResult& result, double seconds);

/// verb "verify", input, frames, bytes, frames_hashed, original_matched, findings.
[[nodiscard]] std::string json_report(std::string_view input, const VerifyResult& result);

/// verb "append", target, frames_before, frames, bytes_in, bytes_out.
[[nodiscard]] std::string json_report(std::string_view target, const AppendResult& result);

/// verb "repair", input, action (none, forgot_journal, rolled_back, finished, salvaged), problem, output,
/// frames_before, frames, lost_frames (pairs: first, and the first behind the last), lost_sections, bytes_dropped.
[[nodiscard]] std::string json_report(std::string_view input, const RepairResult& result);

/// verb "process", input, output, frames, bytes_in, bytes_out, clipped, correlation (before and after, each all_pairs
/// and lagged, where measured), step (what stands in the output's record of steps), seconds.
[[nodiscard]] std::string json_report(std::string_view input, std::string_view output, const MovieResult& result,
                                      double seconds);

/// verb "convert", input, output, frames, bytes_in (0 of an array in many files), bytes_out, moved, recoded (frames),
/// why_recoded, left_behind, clipped, rounded, seconds.
[[nodiscard]] std::string json_report(std::string_view input, std::string_view output, const ConvertFileResult& result,
                                      double seconds);

/// kind "container", name, endings, here, why_not.
[[nodiscard]] std::string json_report(const ContainerInfo& container);

/// verb "zarr", input, output, dtype, shape, axes.
[[nodiscard]] std::string json_report(std::string_view input, std::string_view output, const ArrayType& array);

/// verb, input, output, skipped: why nothing was done.
[[nodiscard]] std::string json_report(std::string_view verb, std::string_view input, std::string_view output,
                                      std::string_view skipped);

/// verb, input, error: {code, message}, the code as ErrorCode spells it.
[[nodiscard]] std::string json_report(std::string_view verb, std::string_view input, const Error& error);

/// Frames that verify() called damaged.
struct DamagedFrames {
    static constexpr std::size_t most_runs = 1000;

    std::int64_t count = 0;
    std::vector<FrameRange> runs;  ///< the first most_runs of them

    void add(std::int64_t frame);  ///< in order
};

/// verb "verify", input, error as above, damaged_frame_count, damaged_frames (pairs: first, and the first behind the
/// last).
[[nodiscard]] std::string json_report(std::string_view input, const Error& error, const DamagedFrames& damaged);

/// id, name, reads, writes, lossless, levels, default_level, speed, summary, why_not.
[[nodiscard]] std::string json_report(const CodecInfo& codec);

}  // namespace mrcz
