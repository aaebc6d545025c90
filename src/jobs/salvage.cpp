#include "jobs/salvage.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/file_tail.hpp"
#include "container/frame_coding.hpp"
#include "container/frame_records.hpp"
#include "container/frame_scan.hpp"
#include "container/growth_start.hpp"
#include "container/header_rescue.hpp"
#include "container/journal.hpp"
#include "container/mrc_file.hpp"
#include "container/patched_source.hpp"
#include "container/provenance_steps.hpp"
#include "container/row_packing.hpp"
#include "container/sum_section.hpp"
#include "container/uncommitted.hpp"
#include "header/compose.hpp"
#include "io/byte_sink.hpp"
#include "io/file_system.hpp"
#include "io/sources.hpp"
#include "jobs/frame_feed.hpp"
#include "jobs/open_input.hpp"

namespace mrcz::jobs {
namespace {

namespace fs = std::filesystem;

using container::Footer;
using container::FrameTables;
using container::MrcFile;
using container::Section;

std::array<std::byte, Header::bytes_on_disk> in_file_order(const Header& header, const header::Layout& layout) {
    return layout.order == ByteOrder::big ? header::swapped(header).bytes() : header.bytes();
}

std::unique_ptr<MrcFile> with_header(std::unique_ptr<ByteSource> source, const header::Layout& layout,
                                     const Header& header, const Limits& limits) {
    const auto bytes = in_file_order(header, layout);
    return std::make_unique<MrcFile>(std::make_unique<container::PatchedSource>(std::move(source), bytes), limits);
}

header::Layout layout_of(const ByteSource& source, const Limits& limits) {
    std::array<std::byte, Header::bytes_on_disk> head{};
    if (source.size() < head.size())
        fail(ErrorCode::truncated, "the file has ", source.size(),
             " bytes, an MRC header alone has 1024: nothing of it "
             "can be saved");
    source.read_at(0, head);
    header::Layout layout = header::read_layout(head, limits);
    container::settle_packing(layout, source);
    return layout;
}

/// Of a plain file that is cut short, its end no longer tells.
void require_known_rows(const header::Layout& layout, const ByteSource& source) {
    if (!header::packing_is_open(layout) || container::has_empty_halves(layout, source)) return;
    header::Layout contiguous = layout;
    header::set_packing(contiguous, RowPacking::contiguous);
    fail(ErrorCode::unsupported, "header: NX ", layout.columns,
         ": only the end of the whole file tells how odd rows of 4-bit pixels lie, and it is missing. Lengthen a copy "
         "with zeros to ",
         layout.data_offset + contiguous.data_bytes, " bytes if RELION or EMAN2 wrote it, to ",
         layout.data_offset + layout.data_bytes, " if IMOD did: the frames that were whole can then be read");
}

/// Where the file's own header is not what footer and index say: theirs. A header of plain pixels has to do.
std::optional<Header> rescued_header_of(const ByteSource& source, const Limits& limits) {
    std::array<std::byte, Header::bytes_on_disk> head{};
    if (source.size() < head.size()) return std::nullopt;
    source.read_at(0, head);
    try {
        if (header::read_layout(head, limits).codec_id == 0) return std::nullopt;
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;
    }
    return container::rescued_header(source, limits);
}

/// The damaged file, with as many frames as it may have. A plain file has those that its bytes reach for; a compressed
/// one those that its footer counts, which a hash protects and NZ does not have.
std::unique_ptr<MrcFile> open_damaged(const fs::path& path, const RepairOptions& options, const RunContext& context) {
    auto source = io::open_unwrapped_source(path);
    if (const auto rescued = rescued_header_of(*source, options.limits))
        return std::make_unique<MrcFile>(
            std::make_unique<container::PatchedSource>(std::move(source), rescued->bytes()), options.limits);
    const header::Layout layout = layout_of(*source, options.limits);
    if (layout.codec_id == 0) {
        const std::uint64_t present = source->size() - std::min(source->size(), layout.data_offset);
        const std::uint64_t frames = present / layout.frame_bytes;
        if (frames < static_cast<std::uint64_t>(layout.frames)) {
            require_known_rows(layout, *source);
            Header fewer = layout.header;
            header::set_frames(fewer, static_cast<std::int64_t>(frames));
            return with_header(std::move(source), layout, fewer, options.limits);
        }
    }
    auto file = std::make_unique<MrcFile>(std::move(source), options.limits);
    if (layout.codec_id != 0 && file->footer()) {
        const std::uint64_t counted = file->footer()->facts.chunk_count;
        if (counted != static_cast<std::uint64_t>(layout.frames) && counted <= file->source().size()) {
            Header counting = layout.header;
            counting.set_integer(HeaderField::nz, static_cast<std::int64_t>(counted));
            return with_header(io::open_unwrapped_source(path), layout, counting, options.limits);
        }
    }
    if (file->footer() || options.drop_uncommitted) return file;
    // Bytes behind plain pixels may be anything; chunks there are frames.
    if (layout.codec_id == 0 && !options.uncommitted) return file;
    auto longer = container::with_uncommitted(*file, io::open_unwrapped_source(path), context);
    if (!options.uncommitted) container::refuse_to_drop(longer->frames() - file->frames());
    return longer;
}

/// A footer that can still be read: where it should be, behind the last chunk of a whole index, or in a journal.
struct FoundFooter {
    std::shared_ptr<const ByteSource> source;
    Footer footer;
};

std::optional<FoundFooter> footer_at(std::shared_ptr<const ByteSource> source, std::uint64_t offset) {
    if (!container::has_footer_magic(*source, offset)) return std::nullopt;
    try {
        Footer footer = container::read_footer(*source, offset);
        return FoundFooter{std::move(source), std::move(footer)};
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// Whether a journal beside the file was written when the file was shorter, not beside another one.
bool may_be_of(const MrcFile& file, const container::Journal& journal) {
    const Header then = header::read_ordered(journal.header).header;
    const Header& now = file.layout().header;
    for (const HeaderField field : {HeaderField::nx, HeaderField::ny, HeaderField::mode, HeaderField::nsymbt})
        if (then.integer(field) != now.integer(field)) return false;
    return then.nz() <= now.nz() && journal.kept_from <= file.data_end();
}

std::optional<FoundFooter> find_footer(const MrcFile& file, const fs::path& path) {
    const std::shared_ptr<const ByteSource> source = io::open_unwrapped_source(path);
    if (auto found = footer_at(source, file.data_end())) return found;
    if (file.has_index() && file.frames() > 0) {
        const auto last = file.range_of(file.frames() - 1);
        if (auto found = footer_at(source, last.offset + last.bytes)) return found;
    }
    auto journal_source = io::disk().open_source(container::journal_path(path));
    auto journal = journal_source ? container::read_journal(std::move(journal_source)) : std::nullopt;
    if (!journal || !may_be_of(file, *journal)) return std::nullopt;
    const std::uint64_t offset = journal->tail_offset();
    return footer_at(std::move(journal->source), offset);
}

std::vector<std::uint64_t> hashes_in(const std::optional<FoundFooter>& found, std::string_view id) {
    const auto* entry = found ? found->footer.find(id) : nullptr;
    if (entry == nullptr || entry->raw_bytes % 8 != 0 || entry->raw_bytes / 8 > found->source->size()) return {};
    try {
        return container::parse_hashes(container::load_section(*found->source, *entry, entry->raw_bytes).payload);
    } catch (const Error&) {
        return {};  // the frames themselves then have to do
    }
}

/// A frame that is whole.
struct Survivor {
    std::int64_t frame = 0;
    container::ChunkRange range;
    container::CodedFrame coded;  ///< but for its bytes
};

class Salvage {
  public:
    Salvage(const fs::path& path, const RepairOptions& options, const RunContext& context, RepairResult& result)
        : path_(path), options_(options), context_(context), result_(result) {}

    void run() {
        file_ = open_damaged(path_, options_, context_);
        footer_ = find_footer(*file_, path_);
        (void)file_->decoder();
        result_.footer_lost = !footer_ && had_footer();
        examine();
        collect_sections();
        result_.frames = static_cast<std::int64_t>(survivors_.size());
        if (survivors_.empty()) fail(ErrorCode::corrupt, result_.problem, ": none of its frames is whole");
        if (!options_.dry_run) write();
    }

  private:
    void examine() {
        const container::KnownHashes known{hashes_in(footer_, container::section::frame_hashes),
                                           hashes_in(footer_, container::section::chunk_hashes)};
        const std::int64_t located = std::min(file_->frames(), file_->frames_located());
        container::scan_frames(
            *file_, 0, located, known,
            [&](const container::ScannedFrame& frame) {
                if (!frame.trouble.empty()) return lose(frame.frame, frame.frame + 1);
                survivors_.push_back({frame.frame, frame.range, frame.coded});
                survivors_.back().coded.chunk = {};
                kept_bytes_ += frame.range.bytes;
            },
            context_);
        // A footer's count is protected by a hash, the header's is not.
        if (file_->footer() || file_->frames() > result_.frames_before) result_.frames_before = file_->frames();
        if (located < result_.frames_before) lose(located, result_.frames_before);
        result_.bytes_dropped = bytes_of_no_use();
    }

    /// A compressed file of this program has one; of a plain one only its own bytes tell.
    [[nodiscard]] bool had_footer() const {
        const header::Layout& layout = file_->layout();
        return (layout.codec_id != 0 && header::is_ours(layout.header)) ||
               container::has_footer_magic(file_->source(), file_->data_end());
    }

    void lose(std::int64_t first, std::int64_t last) {
        auto& lost = result_.lost_frames;
        if (lost.empty() || lost.back().last != first) lost.push_back({first, first});
        lost.back().last = last;
    }

    [[nodiscard]] std::uint64_t bytes_of_no_use() const {
        std::uint64_t used = file_->layout().data_offset + kept_bytes_;
        for (const auto& place : whole_models()) used += place.range.bytes;
        if (footer_ && footer_->source->name() == file_->source().name()) used += footer_->footer.bytes;
        if (file_->has_index()) used += container::index_bytes(static_cast<std::uint64_t>(file_->frames()));
        return file_->source().size() - std::min(used, file_->source().size());
    }

    void collect_sections() {
        if (!footer_) return;
        const std::uint64_t most =
            std::max(container::most_original_bytes(options_.limits), options_.limits.metadata_bytes);
        for (const container::SectionEntry& entry : footer_->footer.sections) {
            if (is_made_anew(entry.id)) continue;
            if (!result_.lost_frames.empty() && container::is_of_all_frames(entry.id)) {
                result_.lost_sections.push_back(entry.id);
                continue;
            }
            try {
                const bool is_sum = entry.id == container::section::sum;
                sections_.push_back(container::load_section(
                    *footer_->source, entry, is_sum ? container::most_sum_bytes(options_.limits) : most));
            } catch (const Error&) {
                result_.lost_sections.push_back(entry.id);
            }
        }
    }

    void record_step() {
        if (file_->codec().id == 0 && sections_.empty()) return;
        std::vector<container::FrameRun> kept;
        for (const Survivor& survivor : survivors_) {
            if (kept.empty() || kept.back().last != survivor.frame) kept.push_back({survivor.frame, survivor.frame});
            ++kept.back().last;
        }
        std::vector<std::string> lost = result_.lost_sections;
        if (result_.footer_lost) lost.emplace_back("footer");
        const std::string step = container::repair_step("salvaged", result_.frames_before, kept, lost);
        const auto old = std::ranges::find(sections_, container::section::provenance, &Section::id);
        if (old == sections_.end()) {
            sections_.push_back(container::with_step(nullptr, step));
        } else {
            *old = container::with_step(&*old, step);
        }
    }

    void write() {
        if (!result_.lost_frames.empty() || !result_.lost_sections.empty() || result_.footer_lost) record_step();
        require_another_file(Input::file(path_), result_.output);
        container::refuse_growing_output(result_.output);
        const auto sink = io::open_file_sink(result_.output, {.overwrite = options_.overwrite, .like = path_});
        const header::Layout& layout = file_->layout();
        const Bytes extended_header = file_->extended_header();
        sink->write(in_file_order(layout.header, layout));
        sink->write(extended_header);
        FrameTables tables;
        copy_models(*sink, tables);
        copy_frames(*sink, tables);
        const auto bytes = in_file_order(final_header(tables, sink->written() - layout.data_offset), layout);
        container::write_tail(*sink, {bytes, extended_header, tables, layout.codec_id != 0}, std::move(sections_));
        sink->rewrite(0, bytes);
        sink->commit();
    }

    void copy_models(io::ByteSink& sink, FrameTables& tables) const {
        for (const auto& place : whole_models()) {
            tables.add_model(sink.written());
            sink.write(file_->models().chunk(place));
        }
    }

    /// Frames that need another are lost.
    [[nodiscard]] std::vector<container::Models::Place> whole_models() const {
        std::vector<container::Models::Place> whole = file_->models().places();
        std::erase_if(whole, [&](const container::Models::Place& place) { return !file_->models().is_sound(place); });
        return whole;
    }

    void copy_frames(io::ByteSink& sink, FrameTables& tables) {
        Buffer memory;
        for (Survivor& survivor : survivors_) {
            check_cancelled(context_);
            const auto chunk = memory.first(static_cast<std::size_t>(survivor.range.bytes));
            file_->source().read_at(survivor.range.offset, chunk);
            if (simd::hash64(chunk) != survivor.coded.chunk_hash)
                fail(ErrorCode::corrupt, "frame ", survivor.frame, ": it changed while it was copied");
            if (survivor.frame != tables.frames()) {
                container::renumber_chunk(chunk, file_->codec_row(), tables.frames());
                survivor.coded.chunk_hash = simd::hash64(chunk);
            }
            tables.add({sink.written(), chunk.size()}, survivor.coded);
            sink.write(chunk);
        }
    }

    /// The header as it is, but for what counts and measures frames.
    Header final_header(const FrameTables& tables, std::uint64_t data_bytes) const {
        Header header = file_->layout().header;
        header::set_frames(header, tables.frames());
        if (file_->codec().id != 0)
            header.set_integer(HeaderField::packed_bytes, static_cast<std::int64_t>(data_bytes));
        const auto pixels = pixel_count(file_->layout().format());
        if (!result_.lost_frames.empty()) header::set_statistics(header, tables.statistics(pixels));
        return header;
    }

    const fs::path& path_;
    const RepairOptions& options_;
    const RunContext& context_;
    RepairResult& result_;
    std::unique_ptr<MrcFile> file_;
    std::optional<FoundFooter> footer_;
    std::vector<Survivor> survivors_;
    std::uint64_t kept_bytes_ = 0;
    std::vector<Section> sections_;
};

}  // namespace

void salvage(const fs::path& path, const RepairOptions& options, const RunContext& context, RepairResult& result) {
    Salvage(path, options, context, result).run();
}

}  // namespace mrcz::jobs
