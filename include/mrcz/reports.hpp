// Results as JSON text, one object each, for programs that read what the command prints.
#pragma once

#include <string>
#include <string_view>

#include "mrcz/codec.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {

/// verb, input, output, frames, bytes_in, bytes_out, clipped, rounded (values that a conversion changed), seconds.
[[nodiscard]] std::string json_report(std::string_view verb, std::string_view input, std::string_view output,
                                      const JobResult& result, double seconds);

/// verb "verify", input, frames, bytes, frames_hashed, original_matched, findings.
[[nodiscard]] std::string json_report(std::string_view input, const VerifyResult& result);

/// id, name, reads, writes, lossless, levels, default_level, summary, why_not.
[[nodiscard]] std::string json_report(const CodecInfo& codec);

}  // namespace mrcz
