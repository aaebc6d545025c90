#include "jobs/converting_feed.hpp"

#include "base/buffer.hpp"
#include "container/footer.hpp"
#include "container/original.hpp"

namespace mrcz::jobs {
namespace {

bool is_float(PixelType type) noexcept { return type == PixelType::float16 || type == PixelType::float32; }

class ConvertingSlot final : public FeedSlot {
  public:
    ConvertingSlot(std::unique_ptr<FeedSlot> source, Conversion& conversion)
        : source_(std::move(source)), conversion_(conversion) {}

    void fetch(std::int64_t frame) override {
        frame_ = frame;
        source_->fetch(frame);
    }
    std::span<const std::byte> pixels() override {
        const auto converted = memory_.first(static_cast<std::size_t>(conversion_.layout().frame_bytes));
        conversion_.convert(frame_, source_->pixels(), converted);
        return converted;
    }

  private:
    std::unique_ptr<FeedSlot> source_;
    Conversion& conversion_;
    std::int64_t frame_ = 0;
    Buffer memory_;
};

class ConvertingFeed final : public FrameFeed {
  public:
    ConvertingFeed(FrameFeed& feed, Conversion& conversion) : feed_(feed), conversion_(conversion) {}

    const header::Layout& layout() const override { return conversion_.layout(); }
    const Bytes& extended_header() const override { return feed_.extended_header(); }
    std::uint64_t bytes_read() const override { return feed_.bytes_read(); }
    std::unique_ptr<FeedSlot> make_slot() override {
        return std::make_unique<ConvertingSlot>(feed_.make_slot(), conversion_);
    }
    bool peek(std::int64_t frame, std::span<const PeekedPart> parts) override {
        Buffer memory, converted;
        const auto room = memory.first(static_cast<std::size_t>(feed_.layout().frame_bytes));
        const PeekedPart whole{0, room};
        if (!feed_.peek(frame, {&whole, 1})) return false;
        const auto pixels = converted.first(static_cast<std::size_t>(layout().frame_bytes));
        conversion_.preview(room, pixels);
        for (const PeekedPart& part : parts) part.copy_from(pixels);
        return true;
    }
    std::vector<container::Section> sections() override {
        auto sections = feed_.sections();
        std::erase_if(sections, [this](const auto& section) {
            if (section.id != container::section::original) return false;
            note_trailing(container::parse_original(section.payload).trailing);
            return true;
        });
        if (!conversion_.is_exact() || is_float(feed_.layout().type) != is_float(layout().type))
            std::erase_if(sections, [](const auto& section) { return section.id == container::section::sum; });
        conversion_.record(sections);
        return sections;
    }

  private:
    /// Of a footer among them the sections were taken over.
    void note_trailing(const Bytes& trailing) {
        const auto source = make_memory_source(trailing, {});
        if (!container::has_footer_magic(*source, 0)) conversion_.leave_behind(trailing.size());
    }

    FrameFeed& feed_;
    Conversion& conversion_;
};

}  // namespace

std::unique_ptr<FrameFeed> make_converting_feed(FrameFeed& feed, Conversion& conversion) {
    return std::make_unique<ConvertingFeed>(feed, conversion);
}

}  // namespace mrcz::jobs
