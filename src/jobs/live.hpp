// compress() of frames that are still arriving.
#pragma once

#include "codec/codec.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::jobs {

[[nodiscard]] JobResult compress_live(const Input& input, const Output& output, const codec::CodecRow& row,
                                      const CompressOptions& options, const RunContext& context);

}  // namespace mrcz::jobs
