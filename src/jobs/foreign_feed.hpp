// Arrays of other containers as feeds of frames.
#pragma once

#include "foreign/frame_array.hpp"
#include "jobs/carried.hpp"
#include "jobs/frame_feed.hpp"
#include "mrcz/codec.hpp"

namespace mrcz::jobs {

class ForeignFeed final : public FrameFeed {
  public:
    /// Unsigned bytes are those of a layout that was told so: see header/mode0.hpp.
    ForeignFeed(std::unique_ptr<foreign::FrameArray> array, const Limits& limits);

    const header::Layout& layout() const override { return layout_; }
    const Bytes& extended_header() const override { return carried_.extended_header; }
    std::unique_ptr<FeedSlot> make_slot() override;
    /// Metadata: those that went along, and the array's own attributes. ORIG and SUMI among them hold only if the
    /// frames are those of carried().frames.
    std::vector<container::Section> sections() override;
    std::uint64_t bytes_read() const override;

    [[nodiscard]] const foreign::ArrayFacts& facts() const noexcept { return array_->facts(); }
    [[nodiscard]] const Carried& carried() const noexcept { return carried_; }
    /// Whether the array has a header that tells how its bytes are to be read.
    [[nodiscard]] bool has_header() const noexcept { return has_header_; }
    /// What sections() could not take.
    [[nodiscard]] const std::vector<std::string>& left_behind() const noexcept { return left_behind_; }
    /// The codec of the first frame's chunk; null where frames cannot be moved.
    [[nodiscard]] const CodecInfo* codec_of_chunks();

  private:
    [[nodiscard]] bool take_carried_header(const Limits& limits);
    void tell_edited_header();
    void make_header(const Limits& limits);

    std::unique_ptr<foreign::FrameArray> array_;
    Limits limits_;
    Carried carried_;
    header::Layout layout_;
    bool has_header_ = false;
    std::vector<std::string> left_behind_;
};

}  // namespace mrcz::jobs
