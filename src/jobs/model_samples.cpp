#include "jobs/model_samples.hpp"

#include <algorithm>
#include <iterator>

#include "base/fail.hpp"

namespace mrcz::jobs {

ModelSamples::ModelSamples(FrameFeed& feed, std::int64_t count) {
    const header::Layout& layout = feed.layout();
    for (std::int64_t i = 0; i < count; ++i) {
        Buffer memory;
        const auto pixels = memory.first(static_cast<std::size_t>(layout.frame_bytes));
        try {
            const PeekedPart whole{0, pixels};
            if (!feed.peek(i * layout.frames / count, {&whole, 1})) return;
        } catch (const Error&) {
            continue;
        }
        memory_.push_back(std::move(memory));
        frames_.emplace_back(pixels);
    }
}

PeekedParts::PeekedParts(FrameFeed& feed, std::span<const codec::FramePart> parts) {
    while (!parts.empty()) {
        const auto is_of_another = [&](const codec::FramePart& part) { return part.frame != parts.front().frame; };
        const auto end = std::ranges::find_if(parts, is_of_another);
        const auto count = static_cast<std::size_t>(end - parts.begin());
        if (!peek(feed, parts.first(count))) return;
        parts = parts.subspan(count);
    }
    parts_.assign(memory_.begin(), memory_.end());
}

bool PeekedParts::peek(FrameFeed& feed, std::span<const codec::FramePart> of_one_frame) {
    std::vector<Bytes> memory;
    std::vector<PeekedPart> wanted;
    for (const codec::FramePart& part : of_one_frame) wanted.push_back({part.offset, memory.emplace_back(part.bytes)});
    try {
        if (!feed.peek(of_one_frame.front().frame, wanted)) return false;
    } catch (const Error&) {
        return true;
    }
    std::ranges::move(memory, std::back_inserter(memory_));
    return true;
}

}  // namespace mrcz::jobs
