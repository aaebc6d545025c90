#include "jobs/model_samples.hpp"

#include "base/fail.hpp"

namespace mrcz::jobs {

ModelSamples::ModelSamples(FrameFeed& feed, std::int64_t count) {
    const header::Layout& layout = feed.layout();
    for (std::int64_t i = 0; i < count; ++i) {
        Buffer memory;
        const auto pixels = memory.first(static_cast<std::size_t>(layout.frame_bytes));
        try {
            if (!feed.peek(i * layout.frames / count, 0, pixels)) return;
        } catch (const Error&) {
            continue;
        }
        memory_.push_back(std::move(memory));
        frames_.emplace_back(pixels);
    }
}

PeekedParts::PeekedParts(FrameFeed& feed, std::span<const codec::FramePart> parts) {
    for (const codec::FramePart& part : parts) {
        Bytes pixels(part.bytes);
        try {
            if (!feed.peek(part.frame, part.offset, pixels)) return;
        } catch (const Error&) {
            continue;
        }
        memory_.push_back(std::move(pixels));
    }
    parts_.assign(memory_.begin(), memory_.end());
}

}  // namespace mrcz::jobs
