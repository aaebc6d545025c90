// Decoded frames of a file, in order, for the jobs that pass them on: fetched one at a time, decoded side by side.
#pragma once

#include <functional>

#include "container/mrc_file.hpp"
#include "mrcz/error.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz::jobs {

struct StreamedFrame {
    std::int64_t frame = 0;
    std::span<const std::byte> stored;
    std::span<std::byte> pixels;
};

struct FrameStreamStages {
    /// After decoding, side by side; may change the pixels.
    std::function<void(const StreamedFrame&)> work;
    /// One at a time, in frame order.
    std::function<void(const StreamedFrame&)> put = {};
    /// Where set, between work and put and as work is: fills `out`, of `converted_bytes`, which put sees as the pixels.
    std::function<void(const StreamedFrame&, std::span<std::byte> out)> convert = {};
    std::uint64_t converted_bytes = 0;
    /// Where set, called in put's place, of a frame that does not decode or does not match its hash; the others go on.
    std::function<void(std::int64_t frame, const Error& why)> damaged = {};
};

void stream_frames(const container::MrcFile& file, const FrameRange& range, const FrameStreamStages& stages,
                   const RunContext& context);

}  // namespace mrcz::jobs
