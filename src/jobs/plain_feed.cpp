#include "jobs/plain_feed.hpp"

#include <algorithm>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "container/footer.hpp"
#include "container/original.hpp"
#include "container/repair_hint.hpp"
#include "simd/hash.hpp"
#include "simd/kernels.hpp"

namespace mrcz::jobs {
namespace {

using container::Section;

constexpr std::size_t piece_bytes = std::size_t{1} << 18;

class PlainFeed final : public FrameFeed {
  public:
    PlainFeed(std::unique_ptr<io::ByteStream> stream, std::unique_ptr<ByteSource> again,
              std::span<const std::byte, Header::bytes_on_disk> header, header::Layout layout, const Limits& limits,
              bool can_be_repaired)
        : stream_(std::move(stream)),
          again_(std::move(again)),
          layout_(std::move(layout)),
          limits_(limits),
          can_be_repaired_(can_be_repaired) {
        std::ranges::copy(header, original_.header.begin());
        original_.data_offset = layout_.data_offset;
        original_.data_bytes = layout_.data_bytes;
        original_.order = layout_.order;
        hasher_.update(header);
        if (stream_->size() && *stream_->size() < layout_.data_offset + layout_.data_bytes)
            fail_short(*stream_->size());  // before anything is written
        extended_header_.resize(static_cast<std::size_t>(layout_.data_offset - Header::bytes_on_disk));
        read(extended_header_);
    }

    const header::Layout& layout() const override { return layout_; }
    const Bytes& extended_header() const override { return extended_header_; }
    std::uint64_t bytes_read() const override { return bytes_read_; }
    std::unique_ptr<FeedSlot> make_slot() override;
    bool peek(std::int64_t frame, std::span<const PeekedPart> parts) override {
        if (!again_) return false;
        const std::uint64_t begin = layout_.data_offset + static_cast<std::uint64_t>(frame) * layout_.frame_bytes;
        for (const PeekedPart& part : parts) {
            again_->read_at(begin + part.offset, part.bytes);
            if (layout_.order == ByteOrder::big) simd::kernels().byteswap(part.bytes, info_of(layout_.type).word_bytes);
        }
        return true;
    }

    void read(std::span<std::byte> into) {
        if (read_hashed(into) != into.size()) fail_short(bytes_read_);
    }

    std::vector<Section> sections() override {
        read_trailing();
        original_.file_bytes = bytes_read_;
        original_.hash = hasher_.digest();
        std::vector<Section> sections = sections_of_trailing_footer();
        sections.push_back({std::string(container::section::original), std::string(container::encoding::raw), 0,
                            write_original(original_)});
        return sections;
    }

  private:
    [[noreturn]] void fail_short(std::uint64_t present) const {
        const bool has_whole_frame = can_be_repaired_ && present >= layout_.data_offset + layout_.frame_bytes;
        fail(ErrorCode::truncated, "pixels: the header speaks of ", layout_.frames, " frames of ", layout_.columns,
             " x ", layout_.rows, " ", info_of(layout_.type).name, " from offset ", hex(layout_.data_offset),
             ", a file of ", layout_.data_offset + layout_.data_bytes, " bytes, but it ends after ", present,
             ": it is cut short, or its header is wrong", has_whole_frame ? container::repair_hint : "");
    }

    /// Hashes each piece while it is in the cache. Returns the bytes there were.
    std::size_t read_hashed(std::span<std::byte> into) {
        std::size_t done = 0;
        while (done < into.size()) {
            const auto piece = into.subspan(done, std::min(piece_bytes, into.size() - done));
            const std::size_t got = io::read_up_to(*stream_, piece);
            hasher_.update(piece.first(got));
            done += got;
            if (got != piece.size()) break;
        }
        bytes_read_ += done;
        return done;
    }

    void read_trailing() {
        Bytes& trailing = original_.trailing;
        std::size_t got = 0;
        do {
            const std::size_t at = trailing.size();
            trailing.resize(at + piece_bytes);
            got = read_hashed(std::span(trailing).subspan(at));
            trailing.resize(at + got);
            if (trailing.size() > limits_.trailing_bytes)
                fail(ErrorCode::limit_exceeded, "more than ", limits_.trailing_bytes, " bytes follow the ",
                     layout_.frames, " frames that the header counts: is NZ right?");
        } while (got == piece_bytes);
    }

    /// A plain file's own footer: its sections move to where readers of the compressed file look for them. One that is
    /// damaged stays what it is, bytes behind the pixels.
    std::vector<Section> sections_of_trailing_footer() const {
        const auto source = make_memory_source(original_.trailing, stream_->name());
        std::vector<Section> sections;
        if (!container::has_footer_magic(*source, 0)) return sections;
        try {
            const container::Footer footer = container::read_footer(*source, 0);
            for (const container::SectionEntry& entry : footer.sections)
                if (!is_made_anew(entry.id) && entry.id != container::section::original &&
                    entry.id != container::section::sum)
                    sections.push_back(container::load_section(*source, entry, limits_.metadata_bytes));
        } catch (const Error&) {
            sections.clear();
        }
        return sections;
    }

    std::unique_ptr<io::ByteStream> stream_;
    std::unique_ptr<ByteSource> again_;  ///< the same bytes, where they can be read in any order
    header::Layout layout_;
    Limits limits_;
    bool can_be_repaired_;
    Bytes extended_header_;
    container::Original original_;
    simd::Hasher128 hasher_;
    std::uint64_t bytes_read_ = Header::bytes_on_disk;
};

class PlainSlot final : public FeedSlot {
  public:
    explicit PlainSlot(PlainFeed& feed) : feed_(feed) {}

    void fetch(std::int64_t) override {
        frame_ = memory_.first(static_cast<std::size_t>(feed_.layout().frame_bytes));
        feed_.read(frame_);
    }
    std::span<const std::byte> pixels() override {
        if (feed_.layout().order == ByteOrder::big)
            simd::kernels().byteswap(frame_, info_of(feed_.layout().type).word_bytes);
        return frame_;
    }

  private:
    PlainFeed& feed_;
    Buffer memory_;
    std::span<std::byte> frame_;
};

std::unique_ptr<FeedSlot> PlainFeed::make_slot() { return std::make_unique<PlainSlot>(*this); }

}  // namespace

std::unique_ptr<FrameFeed> make_plain_feed(std::unique_ptr<io::ByteStream> stream, std::unique_ptr<ByteSource> again,
                                           std::span<const std::byte, Header::bytes_on_disk> header,
                                           header::Layout layout, const Limits& limits, bool can_be_repaired) {
    return std::make_unique<PlainFeed>(std::move(stream), std::move(again), header, std::move(layout), limits,
                                       can_be_repaired);
}

}  // namespace mrcz::jobs
