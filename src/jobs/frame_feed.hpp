// Where compress() gets its frames from, one after another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "container/section.hpp"
#include "header/layout.hpp"
#include "mrcz/files.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::jobs {

/// Holds one frame on its way through the pipeline.
class FeedSlot {
  public:
    virtual ~FeedSlot() = default;
    /// Reads the next frame. Slots of one feed are filled one at a time, in frame order.
    virtual void fetch(std::int64_t frame) = 0;
    /// The frame's pixels, little-endian. Side by side with other slots.
    [[nodiscard]] virtual std::span<const std::byte> pixels() = 0;
    /// After pixels(): the bytes they were decoded from, where those are a chunk of c-blosc 1 that numcodecs and HDF5
    /// decode, too; else empty.
    [[nodiscard]] virtual std::span<const std::byte> chunk() const { return {}; }
};

/// Bytes of a frame from `offset` on, whole pixels, and where they go.
struct PeekedPart {
    std::uint64_t offset = 0;
    std::span<std::byte> bytes;

    void copy_from(std::span<const std::byte> frame) const {
        std::ranges::copy(frame.subspan(static_cast<std::size_t>(offset), bytes.size()), bytes.begin());
    }
};

class FrameFeed {
  public:
    virtual ~FrameFeed() = default;
    [[nodiscard]] virtual const header::Layout& layout() const = 0;
    [[nodiscard]] virtual const Bytes& extended_header() const = 0;
    [[nodiscard]] virtual std::unique_ptr<FeedSlot> make_slot() = 0;
    /// Fills parts of a frame as its slot would, out of turn; false where frames only come in order. One thread. All
    /// parts of a frame at once cost no more than one where a frame has to be decoded for any.
    [[nodiscard]] virtual bool peek(std::int64_t, std::span<const PeekedPart>) { return false; }
    /// After the last frame: what the new file's footer takes over from this input, ORIG among it.
    [[nodiscard]] virtual std::vector<container::Section> sections() = 0;
    /// Bytes of the input so far, unwrapped.
    [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;
};

/// The feed that fits an input's header.
[[nodiscard]] std::unique_ptr<FrameFeed> open_feed(const Input& input, const Limits& limits, Mode0 mode0,
                                                   const RunContext& context);

/// Whether every file gets a section of its own, so that it is not taken over from an older one.
[[nodiscard]] bool is_made_anew(std::string_view section_id) noexcept;

}  // namespace mrcz::jobs
