#include "jobs/frame_feed.hpp"

#include <algorithm>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "container/frame_loader.hpp"
#include "container/row_packing.hpp"
#include "container/sum_section.hpp"
#include "foreign/array_shape.hpp"
#include "header/mode0.hpp"
#include "io/sources.hpp"
#include "jobs/open_input.hpp"
#include "jobs/plain_feed.hpp"

namespace mrcz::jobs {
namespace {

using container::MrcFile;
using container::Section;

/// A compressed file that is compressed anew: it hands on what it carries.
class MrczFeed final : public FrameFeed {
  public:
    MrczFeed(std::unique_ptr<ByteSource> source, const Limits& limits, Mode0 mode0)
        : file_(std::move(source), limits, mode0), extended_header_(file_.extended_header()) {
        file_.require_undamaged();
        // With header, frames and ORIG each true to its hash, the new file restores what this one restores.
        if (file_.footer() && file_.footer()->find(container::section::original) != nullptr &&
            file_.header_was_edited())
            fail(ErrorCode::corrupt,
                 "header or extended header changed since the file was written, so that what it "
                 "restores is not proven; restore it with mrcz -d and compress the result");
        (void)file_.original();
    }

    const header::Layout& layout() const override { return file_.layout(); }
    const Bytes& extended_header() const override { return extended_header_; }
    std::uint64_t bytes_read() const override { return file_.source().size(); }
    std::unique_ptr<FeedSlot> make_slot() override;
    const MrcFile& file() const { return file_; }
    bool peek(std::int64_t frame, std::span<const PeekedPart> parts) override {
        if (!peeking_) peeking_ = std::make_unique<container::FrameLoader>(file_);
        Buffer memory;  // not kept: of large frames, every one counts
        const auto pixels = memory.first(static_cast<std::size_t>(layout().frame_bytes));
        (void)peeking_->fetch(frame);
        peeking_->decode(pixels);
        for (const PeekedPart& part : parts) part.copy_from(pixels);
        return true;
    }

    std::vector<Section> sections() override {
        std::vector<Section> sections;
        if (!file_.footer()) return sections;
        const std::uint64_t most =
            std::max(container::most_original_bytes(file_.limits()), file_.limits().metadata_bytes);
        for (const container::SectionEntry& entry : file_.footer()->sections)
            if (!is_made_anew(entry.id) && entry.id != container::section::sum)
                sections.push_back(file_.load(entry, most));
        if (const auto sum = file_.sum()) sections.push_back(container::sum_section(*sum));
        return sections;
    }

  private:
    MrcFile file_;
    std::unique_ptr<container::FrameLoader> peeking_;
    Bytes extended_header_;
};

class MrczSlot final : public FeedSlot {
  public:
    explicit MrczSlot(const MrcFile& file)
        : loader_(file),
          frame_bytes_(file.layout().frame_bytes),
          moves_(!file.codec_row().has_own_chunks() && file.codec().writes &&
                 file.layout().order == ByteOrder::little) {}

    void fetch(std::int64_t frame) override { stored_ = loader_.fetch(frame); }
    std::span<const std::byte> pixels() override {
        const auto frame = memory_.first(static_cast<std::size_t>(frame_bytes_));
        loader_.decode(frame);
        return frame;
    }
    std::span<const std::byte> chunk() const override {
        return moves_ && foreign::is_movable_chunk(stored_, frame_bytes_) ? stored_ : std::span<const std::byte>();
    }

  private:
    container::FrameLoader loader_;
    std::span<const std::byte> stored_;
    std::uint64_t frame_bytes_;
    bool moves_;  ///< what nothing new is written with (snappy) is not handed on either
    Buffer memory_;
};

std::unique_ptr<FeedSlot> MrczFeed::make_slot() { return std::make_unique<MrczSlot>(file_); }

/// An input of which the header has been read, for random access.
std::unique_ptr<ByteSource> source_of(const Input& input, Bytes head, std::unique_ptr<io::ByteStream> rest,
                                      const RunContext& context) {
    std::error_code ignored;
    if (!input.descriptor && std::filesystem::is_regular_file(input.path, ignored)) return open_source(input, context);
    return io::spooled(*io::with_prefix(std::move(head), std::move(rest)), context.cancel);
}

}  // namespace

bool is_made_anew(std::string_view id) noexcept {
    namespace section = container::section;
    return id == section::models || id == section::frame_hashes || id == section::chunk_hashes ||
           id == section::header_hash || id == section::frame_statistics || id == section::entropy;
}

std::unique_ptr<FrameFeed> open_feed(const Input& input, const Limits& limits, Mode0 mode0, const RunContext& context) {
    auto stream = open_stream(input, context);
    Bytes head(Header::bytes_on_disk);
    head.resize(io::read_up_to(*stream, head));
    if (head.size() < Header::bytes_on_disk)
        fail(ErrorCode::truncated, "the input has ", head.size(), " bytes, an MRC header alone has 1024");
    const auto header = std::span(head).first<Header::bytes_on_disk>();
    header::Layout layout = header::read_layout(header, limits);
    header::read_mode0_as(layout, mode0);
    refuse_unfinished(input, layout);
    if (layout.codec_id != 0)
        return std::make_unique<MrczFeed>(source_of(input, std::move(head), std::move(stream), context), limits, mode0);
    if (header::packing_is_open(layout)) {
        // Where the file ends tells how rows lie: what comes through a pipe or out of a wrapper is stored first.
        auto source = source_of(input, head, std::move(stream), context);
        container::settle_packing(layout, *source);
        stream = io::stream_of(std::move(source), Header::bytes_on_disk);
    }
    std::unique_ptr<ByteSource> again;
    std::error_code ignored;
    if (!input.descriptor && stream->size() && std::filesystem::is_regular_file(input.path, ignored))
        again = open_source(input, context);
    return make_plain_feed(std::move(stream), std::move(again), header, std::move(layout), limits, !input.descriptor);
}

}  // namespace mrcz::jobs
