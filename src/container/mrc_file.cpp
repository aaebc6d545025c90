#include "container/mrc_file.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/checked.hpp"
#include "base/cursor.hpp"
#include "codec/own_chunk.hpp"
#include "container/chunk_walk.hpp"
#include "container/frame_records.hpp"
#include "container/repair_hint.hpp"
#include "container/row_packing.hpp"
#include "container/sum_section.hpp"
#include "header/compose.hpp"
#include "header/mode0.hpp"

namespace mrcz::container {
namespace {

/// Header, and before the pixels most extended headers and models.
constexpr std::uint64_t usual_head_bytes = std::uint64_t{256} << 10;

header::Layout layout_of(const ByteSource& source, const Limits& limits, Mode0 mode0) {
    if (source.size() < Header::bytes_on_disk)
        fail(ErrorCode::truncated, "the file has ", source.size(), " bytes, an MRC header alone has 1024");
    std::array<std::byte, Header::bytes_on_disk> bytes{};
    source.will_read(0, usual_head_bytes);
    source.read_at(0, bytes);
    header::Layout layout = header::read_layout(bytes, limits);
    header::read_mode0_as(layout, mode0);
    settle_packing(layout, source);
    return layout;
}

}  // namespace

MrcFile::MrcFile(std::unique_ptr<ByteSource> source, const Limits& limits, Mode0 mode0)
    : source_(std::move(source)),
      limits_(limits),
      layout_(layout_of(*source_, limits, mode0)),
      row_(codec::reading_row(layout_.codec_id)),
      models_(*source_, row_, {layout_.type, layout_.frame_bytes}),
      findings_(layout_.findings) {
    if (layout_.data_offset > source_->size())
        fail(ErrorCode::truncated, "extended header: NSYMBT says ", layout_.data_offset - Header::bytes_on_disk,
             " bytes, but the file ends after ", source_->size() - Header::bytes_on_disk);
    if (row_.info.reads) decoder_ = row_.prepare_decoder({layout_.type, layout_.frame_bytes});
    if (layout_.codec_id == 0) {
        locate_plain_data();
    } else {
        locate_chunks();
    }
}

void MrcFile::locate_plain_data() {
    const std::uint64_t present = source_->size() - layout_.data_offset;
    if (layout_.data_bytes > present)
        fail(ErrorCode::truncated, "pixels: ", layout_.frames, " frames of ", layout_.columns, " x ", layout_.rows, " ",
             info_of(layout_.type).name, " take ", layout_.data_bytes, " bytes from offset ", hex(layout_.data_offset),
             ", the file has ", present, " there: it is cut short, or its header is wrong",
             present >= layout_.frame_bytes ? repair_hint : "");
    data_end_ = layout_.data_offset + layout_.data_bytes;
    read_footer_at_data_end();
    const std::uint64_t behind = source_->size() - data_end_ - (footer_ ? footer_->bytes : 0);
    if (behind > 0)
        findings_.push_back({Severity::note, "MRC-F01", "file", concat(behind, " bytes follow the pixels")});
}

void MrcFile::locate_chunks() {
    const auto chunks = static_cast<std::uint64_t>(layout_.frames);
    const std::int64_t packed = layout_.header.integer(HeaderField::packed_bytes);
    const bool ours = header::is_ours(layout_.header);
    const std::uint64_t behind_header = source_->size() - layout_.data_offset;
    data_end_ = source_->size();
    if (packed > 0 || ours) {
        if (packed < 0 || static_cast<std::uint64_t>(packed) > behind_header) {
            note_damage(ErrorCode::truncated,
                        concat("chunks: the header counts ", packed, " bytes of them from offset ",
                               hex(layout_.data_offset), ", the file has ", behind_header, " there: it is cut short"));
        } else {
            data_end_ = layout_.data_offset + static_cast<std::uint64_t>(packed);
            read_footer_at_data_end();
        }
    }
    const bool without_footer = ours && !footer_ && !damage_;
    if (auto ranges = read_index(*source_, chunks, layout_.data_offset, data_end_)) {
        ranges_ = *std::move(ranges);
        has_index_ = true;
        if (row_.has_own_chunks()) find_models();
        if (without_footer) note_damage(ErrorCode::corrupt, concat("footer: none at offset ", hex(data_end_)));
        return;
    }
    if (without_footer) return note_unfinished();
    if (ours || (footer_ && (footer_->facts.flags & footer_has_index) != 0))
        note_damage(ErrorCode::corrupt,
                    "chunk index: the last bytes of the file are no index whose CRC holds: the file "
                    "is cut short or damaged");
    walk_chunks();
}

/// Frames that were committed while the file grew are whole, and any reader may use them.
void MrcFile::note_unfinished() {
    walk_chunks();
    if (damage_) return;
    const std::string found = concat("footer: none at offset ", hex(data_end_),
                                     ": the file was never finished, is still being written, or "
                                     "lost its end; its ",
                                     layout_.frames, " frames can be read");
    findings_.push_back({Severity::warning, "MRCZ-D03", "file",
                         concat(found, layout_.frames > 0 || source_->size() > data_end_ ? repair_hint : "")});
    damage_ = Error(ErrorCode::truncated, found);
}

void MrcFile::read_footer_at_data_end() {
    source_->will_read(data_end_, source_->size() - data_end_);
    if (!has_footer_magic(*source_, data_end_)) return;
    try {
        footer_ = read_footer(*source_, data_end_);
        if (footer_->facts.data_offset != layout_.data_offset ||
            (layout_.codec_id != 0 && footer_->facts.chunk_count != static_cast<std::uint64_t>(layout_.frames)))
            note_damage(ErrorCode::corrupt,
                        concat("footer: it speaks of ", footer_->facts.chunk_count, " chunks from offset ",
                               hex(footer_->facts.data_offset), ", the header of ", layout_.frames, " from ",
                               hex(layout_.data_offset)));
    } catch (const Error& error) {
        if (error.code() == ErrorCode::unsupported) throw;
        note_damage(error.code(), error.message());
    }
}

void MrcFile::walk_chunks() {
    const std::size_t least = row_.has_own_chunks() ? codec::own_chunk_header_bytes : codec::chunk_head_bytes;
    std::uint64_t at = layout_.data_offset;
    while (frames_located() < layout_.frames) {
        const std::int64_t frame = frames_located();
        if (data_end_ - at < least) {
            note_damage(ErrorCode::truncated, concat("frame ", frame, ": its chunk (offset ", hex(at), ") is missing: ",
                                                     "the file has ", frame, " of ", layout_.frames, " frames"));
            return;
        }
        try {
            const WalkedChunk chunk = chunk_at(*source_, row_, at, data_end_);
            if (chunk.model) {
                models_.add({*chunk.model, chunk.range});
            } else {
                ranges_.push_back(chunk.range);
            }
            at += chunk.range.bytes;
        } catch (const Error& error) {
            note_damage(error.code(), concat("frame ", frame, " (offset ", hex(at), "): ", error.message()));
            return;
        }
    }
}

void MrcFile::find_models() {
    std::uint64_t at = layout_.data_offset;
    for (const ChunkRange& range : ranges_) {
        find_models_in(at, range.offset);
        at = range.offset + range.bytes;
    }
    find_models_in(at, data_end_);
}

void MrcFile::find_models_in(std::uint64_t at, std::uint64_t end) {
    try {
        while (at < end) {
            const WalkedChunk chunk = chunk_at(*source_, row_, at, end);
            if (!chunk.model) fail(ErrorCode::corrupt, "a frame that the index does not know");
            models_.add({*chunk.model, chunk.range});
            at += chunk.range.bytes;
        }
    } catch (const Error& error) {
        note_damage(error.code(), concat("model (offset ", hex(at), "): ", error.message()));
    }
}

void MrcFile::note_damage(ErrorCode code, std::string message) {
    findings_.push_back({Severity::warning, "MRCZ-D01", "file", message});
    // What stands behind plain pixels takes nothing from them.
    if (!damage_ && layout_.codec_id != 0) damage_ = Error(code, std::move(message));
}

void MrcFile::require_undamaged() const {
    if (damage_) hinting_repair(frames_located() > 0, [&] { throw *damage_; });
}

std::int64_t MrcFile::frames_located() const noexcept {
    return layout_.codec_id == 0 ? layout_.frames : static_cast<std::int64_t>(ranges_.size());
}

ChunkRange MrcFile::range_of(std::int64_t frame) const {
    if (frame < 0 || frame >= layout_.frames)
        fail(ErrorCode::invalid_argument, "frame ", frame, ": the file has frames 0 to ", layout_.frames - 1);
    const auto index = static_cast<std::uint64_t>(frame);
    if (layout_.codec_id == 0) return {layout_.data_offset + index * layout_.frame_bytes, layout_.frame_bytes};
    if (index >= ranges_.size()) {
        require_undamaged();
        fail(ErrorCode::internal, "frame without a chunk");
    }
    return ranges_[static_cast<std::size_t>(index)];
}

const codec::FrameDecoder& MrcFile::decoder() const {
    if (!decoder_)
        fail(ErrorCode::unsupported, "header: MODE (offset 0xc): codec ", row_.info.name,
             " cannot be read: ", row_.info.why_not);
    return *decoder_;
}

void MrcFile::decode(std::int64_t frame, std::span<const std::byte> stored, std::span<std::byte> out,
                     codec::Scratch& scratch, codec::FrameObserver& observer) const {
    if (!row_.has_own_chunks()) return decoder().decode(stored, out, scratch, observer);
    const codec::OwnChunk chunk = codec::open_own_chunk(stored, row_);
    if (chunk.header.is_model() || chunk.header.first != static_cast<std::uint64_t>(frame))
        fail(ErrorCode::corrupt, "chunk header: it is of ", chunk.header.is_model() ? "model " : "frame ",
             chunk.header.first);
    const auto& number = chunk.header.model;
    if (!number) return decoder().decode(chunk.payload, out, scratch, observer);
    models_.decoder(*number)->decode(chunk.payload, out, scratch, observer);
}

std::optional<Section> MrcFile::section(std::string_view id, std::uint64_t most_bytes) const {
    const SectionEntry* entry = footer_ ? footer_->find(id) : nullptr;
    if (entry == nullptr) return std::nullopt;
    return load(*entry, most_bytes);
}

Section MrcFile::load(const SectionEntry& entry, std::uint64_t most_bytes) const {
    return hinting_repair(frames_located() > 0, [&] { return load_section(*source_, entry, most_bytes); });
}

std::optional<Original> MrcFile::original() const {
    const auto found = section(section::original, most_original_bytes(limits_));
    if (!found) return std::nullopt;
    Original original = parse_original(found->payload);
    const std::uint64_t whole = checked_add(checked_add(original.data_offset, original.data_bytes, "section ORIG"),
                                            original.trailing.size(), "section ORIG");
    if (original.data_offset != layout_.data_offset || original.data_bytes != layout_.data_bytes ||
        original.file_bytes != whole)
        fail(ErrorCode::corrupt, "section ORIG: ", original.data_bytes, " bytes of pixels at offset ",
             hex(original.data_offset), " and ", original.trailing.size(), " behind them in a file of ",
             original.file_bytes, " do not fit the header's ", layout_.data_bytes, " at ", hex(layout_.data_offset));
    return original;
}

Bytes MrcFile::table_section(std::string_view id, std::uint64_t entry_bytes) const {
    const std::uint64_t expected = entry_bytes * static_cast<std::uint64_t>(layout_.frames);
    // A frame's index entry alone takes 16 bytes, so that a small file cannot claim a table of any size.
    if (layout_.codec_id != 0 && static_cast<std::uint64_t>(layout_.frames) > source_->size() / index_entry_bytes)
        fail(ErrorCode::corrupt, "header: NZ (offset 0x8): ", layout_.frames, " frames in a file of ", source_->size(),
             " bytes");
    auto found = section(id, expected);
    if (!found) return {};
    if (found->payload.size() != expected)
        fail(ErrorCode::corrupt, "footer: section ", id, ": ", found->payload.size(), " bytes, expected ", expected);
    return std::move(found->payload);
}

std::vector<FrameStatistics> MrcFile::statistics() const {
    if (header::mode0_is_contradicted(layout_)) return {};
    return parse_statistics(table_section(section::frame_statistics, statistics_entry_bytes));
}

std::optional<SumImage> MrcFile::sum() const {
    // Programs change pixels of plain files where they lie, and know nothing of a footer.
    if (layout_.codec_id == 0 || header::mode0_is_contradicted(layout_)) return std::nullopt;
    const auto found = section(section::sum, most_sum_bytes(limits_));
    if (!found) return std::nullopt;
    SumImage sum = parse_sum(found->payload, {layout_.columns, layout_.rows}, layout_.frames);
    const bool has_floats = layout_.type == PixelType::float16 || layout_.type == PixelType::float32;
    if (std::holds_alternative<std::vector<double>>(sum.values) != has_floats)
        fail(ErrorCode::corrupt, "section SUMI: type ", sum.values.index() + 1, " in a file of ",
             info_of(layout_.type).name, " pixels");
    require_possible(sum, layout_.type);
    return sum;
}

std::optional<double> MrcFile::entropy() const {
    if (layout_.codec_id == 0) return std::nullopt;  // as with sums
    const auto found = section(section::entropy, sizeof(double));
    if (!found) return std::nullopt;
    Cursor cursor(found->payload, "section ENTR");
    const auto bits = cursor.read<double>("bits of a pixel");
    constexpr double most = 32;
    if (cursor.remaining() > 0 || !(bits >= 0 && bits <= most))
        fail(ErrorCode::corrupt, "section ENTR: ", found->payload.size(), " bytes, ", bits,
             " bits a pixel; 8 bytes and 0 to 32 expected");
    return bits;
}

std::vector<CodingMode> MrcFile::coding_modes() const {
    std::vector<CodingMode> modes;
    if (row_.mode_of == nullptr) return modes;
    for (const ChunkRange& range : ranges_) {
        std::array<std::byte, 1> head{};
        if (range.bytes <= codec::own_chunk_header_bytes)
            fail(ErrorCode::corrupt, "chunk (offset ", hex(range.offset), "): ", range.bytes, " bytes are no chunk");
        source_->read_at(range.offset + codec::own_chunk_header_bytes, head);
        const std::string_view name = row_.mode_of(head);
        auto mode = std::ranges::find(modes, name, &CodingMode::name);
        if (mode == modes.end()) mode = modes.insert(mode, {name, 0});
        ++mode->frames;
    }
    std::ranges::stable_sort(modes, std::ranges::greater(), &CodingMode::frames);
    return modes;
}

std::vector<std::uint64_t> MrcFile::chunk_hashes() const {
    return parse_hashes(table_section(section::chunk_hashes, sizeof(std::uint64_t)));
}

std::optional<std::uint64_t> MrcFile::frame_hash(std::int64_t frame) const {
    std::call_once(hashes_loaded_, [this] {
        frame_hashes_ = parse_hashes(table_section(section::frame_hashes, sizeof(std::uint64_t)));
    });
    if (frame_hashes_.empty()) return std::nullopt;
    return frame_hashes_[static_cast<std::size_t>(frame)];
}

Bytes MrcFile::extended_header() const {
    Bytes bytes(static_cast<std::size_t>(layout_.data_offset - Header::bytes_on_disk));
    source_->read_at(Header::bytes_on_disk, bytes);
    return bytes;
}

bool MrcFile::header_was_edited() const {
    const auto stored = section(section::header_hash, sizeof(std::uint64_t));
    if (!stored || stored->payload.size() != sizeof(std::uint64_t)) return false;
    Bytes head(static_cast<std::size_t>(layout_.data_offset));
    source_->read_at(0, head);
    return simd::hash64(head) != load_le<std::uint64_t>(stored->payload.data());
}

}  // namespace mrcz::container
