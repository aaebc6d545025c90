// Opening a job's input.
#pragma once

#include <memory>

#include "container/mrc_file.hpp"
#include "io/byte_sink.hpp"
#include "io/byte_stream.hpp"
#include "mrcz/files.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::jobs {

/// From the start, gzip, bzip2 and zstd taken off.
[[nodiscard]] std::unique_ptr<io::ByteStream> open_stream(const Input& input, const RunContext& context);

/// For random access; pipes and wrapped files go through a temporary file.
[[nodiscard]] std::unique_ptr<ByteSource> open_source(const Input& input, const RunContext& context);

/// Throws Error{invalid_argument} when a job would write over what it reads.
void require_another_file(const Input& input, const std::filesystem::path& output);

/// Throws Error{truncated} for a plain file with a journal beside it: nothing else tells that its end is missing, as it
/// does in a compressed one.
void refuse_unfinished(const Input& input, const header::Layout& layout);

/// `rewritable`: the job patches bytes it has written. A file takes permissions and times of a file input.
[[nodiscard]] std::unique_ptr<io::ByteSink> open_sink(const Output& output, const Input& input, bool rewritable);

}  // namespace mrcz::jobs
