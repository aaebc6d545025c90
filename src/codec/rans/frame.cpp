#include "codec/rans/frame.hpp"

#include <cstring>
#include <mutex>

#include "base/checked.hpp"
#include "codec/rans/model.hpp"
#include "codec/rans/palette.hpp"
#include "codec/rans/workers.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t head_bytes = 4;
constexpr std::size_t sizes_bytes = 12;  // of one block
/// More than a mode's part can take, segments apart.
constexpr std::size_t part_bound = 4096;

/// Shows the bytes of a frame once, from the first on.
class FrameShow {
  public:
    FrameShow(std::span<const std::byte> frame, const ShowPiece& show) : frame_(frame), show_(show) {}

    void up_to(std::size_t end) {
        if (!show_ || end <= shown_) return;
        show_(frame_.subspan(shown_, end - shown_));
        shown_ = end;
    }
    void all() { up_to(frame_.size()); }

  private:
    std::span<const std::byte> frame_;
    const ShowPiece& show_;
    std::size_t shown_ = 0;
};

/// Shows blocks in their order, as soon as all before them are there; any thread.
class BlockShow {
  public:
    BlockShow(const ParsedFrame& parsed, std::span<std::byte> frame, const ShowPiece& show)
        : parsed_(parsed), frame_(frame), show_(show), is_there_(parsed.block_count()) {}

    void is_there(std::size_t block) {
        if (!show_ || !parsed_.is_in_order()) return;
        std::unique_lock lock(mutex_);
        is_there_[block] = true;
        if (showing_) return;
        showing_ = true;
        while (next_ < is_there_.size() && is_there_[next_]) {
            lock.unlock();
            show_(parsed_.place_of(next_, frame_));
            lock.lock();
            ++next_;
        }
        showing_ = false;
    }

  private:
    const ParsedFrame& parsed_;
    std::span<std::byte> frame_;
    const ShowPiece& show_;
    std::mutex mutex_;
    std::vector<bool> is_there_;
    std::size_t next_ = 0;
    bool showing_ = false;
};

struct Head {
    std::uint8_t mode, lanes, log2_block_pixels, reserved;
};

unsigned log2_of(std::size_t power) { return static_cast<unsigned>(std::countr_zero(power)); }

Bytes head_of(const FrameSetup& setup, const Plan& plan) {
    Bytes head;
    append_le(head, static_cast<std::uint8_t>(plan.row->mode));
    append_le(head, static_cast<std::uint8_t>(plan.row->has_blocks ? plan.lanes : 0));
    append_le(head, static_cast<std::uint8_t>(plan.row->has_blocks ? log2_of(setup.block_pixels) : 0));
    append_le(head, std::uint8_t{0});
    plan.row->write_part(plan, setup, head);
    return head;
}

/// The segments of a block, with tables of the model or with the one that the plan has.
template <class AnyTable, class TableOf>
std::vector<Segment<AnyTable>> segments_of(const FrameSetup& setup, const Plan& plan, std::size_t block,
                                           const AnyTable* only_table, TableOf&& table_of) {
    const std::size_t pixels = setup.pixels_of_block(block);
    if (plan.row->mode != Mode::segments) return {{only_table, pixels}};
    std::vector<Segment<AnyTable>> segments;
    const std::size_t first = setup.model->segment_from(block * setup.block_pixels);
    for (std::size_t segment = first, left = pixels; left != 0; ++segment) {
        const std::size_t count = std::min(left, setup.model->pixels_of(segment));
        segments.push_back({&table_of(plan.table_of[segment]), count});
        left -= count;
    }
    return segments;
}

std::size_t write_raw(const FrameSetup& setup, std::span<const std::byte> frame, std::span<std::byte> payload) {
    Plan plan;
    plan.row = &row_of(Mode::raw);
    const Bytes head = head_of(setup, plan);
    std::memcpy(payload.data(), head.data(), head.size());
    std::memcpy(payload.data() + head.size(), frame.data(), frame.size());
    return head.size() + frame.size();
}

std::size_t write_numbers(const FrameSetup& setup, const Plan& plan, std::span<const std::byte> frame,
                          std::span<std::byte> payload, EncodeMemory& memory) {
    const FrameSetup setup_of = setup_of_numbers(setup);
    const auto numbers = memory.numbers.first(setup_of.frame_bytes());
    number_pixels(setup.kind, plan.palette, frame, numbers);
    Bytes coded(payload_bound(setup_of));
    const std::size_t size = encode_frame(setup_of, numbers, coded, memory, {});
    if (size >= payload.size()) return 0;
    std::memcpy(payload.data(), coded.data(), size);
    return size;
}

/// 0: no smaller than the frame.
std::size_t write_piece(const FrameSetup& setup, const Plan& plan, std::span<const std::byte> frame,
                        std::span<std::byte> payload, EncodeMemory& memory) {
    const Bytes head = head_of(setup, plan);
    std::memcpy(payload.data(), head.data(), head.size());
    if (plan.row->mode == Mode::constant) return head.size();
    std::size_t size = 0;
    if (plan.row->mode == Mode::fallback) {
        size = plan.rival->size();
        std::memcpy(&payload[head.size()], plan.rival->data(), size);
    }
    if (plan.row->mode == Mode::palette && head.size() < frame.size())
        size = write_numbers(setup, plan, frame, payload.subspan(head.size(), frame.size() - head.size()), memory);
    return size == 0 ? 0 : head.size() + size;
}

void write_sizes(std::span<std::byte> to, const BlockSizes& sizes) {
    store_le(&to[0], static_cast<std::uint32_t>(sizes.words));
    store_le(&to[4], static_cast<std::uint32_t>(sizes.escapes));
    store_le(&to[8], static_cast<std::uint32_t>(sizes.wild_bytes));
}

/// Codes the blocks of one frame, with any encoder, in any order.
class BlockCoding {
  public:
    BlockCoding(const FrameSetup& setup, const Plan& plan, std::span<const std::byte> frame)
        : setup_(setup), plan_(plan), frame_(frame) {
        if (plan.table) table_.emplace(*plan.table);
    }

    struct Coded {
        BlockSizes sizes;
        std::size_t bytes = 0;
    };

    /// The stream stays in the encoder.
    [[nodiscard]] Coded encode(std::size_t block, BlockEncoder& encoder) const {
        const auto segments = segments_of<EncodingTable>(
            setup_, plan_, block, table_ ? &*table_ : nullptr,
            [&](std::size_t index) -> const EncodingTable& { return setup_.model->encoding(index); });
        const std::size_t first = block * setup_.block_pixels, pixels = setup_.pixels_of_block(block);
        const auto from = frame_.subspan(first << setup_.kind.log2_bytes, pixels << setup_.kind.log2_bytes);
        const BlockSizes sizes = encoder.encode(*setup_.kernels, setup_.kind, plan_.lanes, segments, from);
        const std::size_t lows = low_bytes_of(std::span<const Segment<EncodingTable>>(segments));
        return {sizes, static_cast<std::size_t>(sizes.stream_bytes(plan_.lanes, lows))};
    }

  private:
    const FrameSetup& setup_;
    const Plan& plan_;
    std::span<const std::byte> frame_;
    std::optional<EncodingTable> table_;
};

/// Puts the blocks' streams one behind another.
class BlockAssembly {
  public:
    BlockAssembly(const FrameSetup& setup, const Plan& plan, std::span<std::byte> payload)
        : payload_(payload), most_bytes_(head_bytes + setup.frame_bytes()) {
        const Bytes head = head_of(setup, plan);
        std::memcpy(payload.data(), head.data(), head.size());
        next_sizes_ = head.size();
        end_ = head.size() + sizes_bytes * setup.block_count();
    }

    /// Room for the next block's stream; empty when the payload would be no smaller than the frame.
    [[nodiscard]] std::span<std::byte> add(const BlockSizes& sizes, std::size_t bytes) {
        if (end_ + bytes >= most_bytes_) return {};
        write_sizes(payload_.subspan(next_sizes_), sizes);
        next_sizes_ += sizes_bytes;
        end_ += bytes;
        return payload_.subspan(end_ - bytes, bytes);
    }
    [[nodiscard]] std::size_t size() const { return end_; }

  private:
    std::span<std::byte> payload_;
    std::size_t most_bytes_, next_sizes_ = 0, end_ = 0;
};

/// 0: no smaller than the frame. `frame` is in the order that the mode codes it in. A block is shown just before it is
/// coded; on several threads, one shows while others code.
std::size_t write_blocks(const FrameSetup& setup, const Plan& plan, std::span<const std::byte> frame,
                         std::span<std::byte> payload, EncodeMemory& memory, FrameShow& show) {
    const BlockCoding coding(setup, plan, frame);
    BlockAssembly assembly(setup, plan, payload);
    const std::size_t workers = setup.block_count() == 1 ? 1 : workers_for(setup.executor, setup.block_count() + 1);
    if (memory.encoders.size() < workers) memory.encoders.resize(workers);
    if (workers == 1) {
        for (std::size_t block = 0; block < setup.block_count(); ++block) {
            show.up_to(std::min((block + 1) * setup.block_pixels, setup.pixels) << setup.kind.log2_bytes);
            const auto [sizes, bytes] = coding.encode(block, memory.encoders[0]);
            const auto stream = assembly.add(sizes, bytes);
            if (stream.empty()) return 0;
            memory.encoders[0].write(stream);
        }
        return assembly.size();
    }
    std::vector<BlockSizes> sizes(setup.block_count());
    memory.streams.resize(setup.block_count());
    run_blocks(setup.executor, setup.block_count() + 1, [&](std::size_t worker, std::size_t item) {
        if (item == 0) return show.all();
        const std::size_t block = item - 1;
        const auto coded = coding.encode(block, memory.encoders[worker]);
        sizes[block] = coded.sizes;
        memory.streams[block].resize(coded.bytes);
        memory.encoders[worker].write(memory.streams[block]);
    });
    for (std::size_t block = 0; block < setup.block_count(); ++block) {
        const Bytes& coded = memory.streams[block];
        const auto stream = assembly.add(sizes[block], coded.size());
        if (stream.empty()) return 0;
        std::memcpy(stream.data(), coded.data(), coded.size());
    }
    return assembly.size();
}

/// 0: no smaller than the frame.
std::size_t write_with_histograms(const FrameSetup& setup, const Plan& plan, std::span<const std::byte> frame,
                                  std::span<std::byte> payload) {
    BlockAssembly assembly(setup, plan, payload);
    for (std::size_t block = 0; block < setup.block_count(); ++block) {
        const std::size_t first = block * setup.block_pixels;
        const auto from =
            frame.subspan(first << setup.kind.log2_bytes, setup.pixels_of_block(block) << setup.kind.log2_bytes);
        const HistogramStream coded = encode_with(setup.model->parts().histograms, first, setup.kind, plan.lanes, from);
        const auto stream = assembly.add(coded.sizes, coded.bytes.size());
        if (stream.empty()) return 0;
        std::memcpy(stream.data(), coded.bytes.data(), coded.bytes.size());
    }
    return assembly.size();
}

/// 0: no smaller than the frame.
std::size_t write_planned(const FrameSetup& setup, const Plan& plan, std::span<const std::byte> frame,
                          std::span<std::byte> payload, EncodeMemory& memory, FrameShow& show) {
    return plan.row->has_blocks ? write_blocks(setup, plan, frame, payload, memory, show)
                                : write_piece(setup, plan, frame, payload, memory);
}

/// A frame that takes more than the model's tables promise is unlike those they were made from: others are worth a try.
bool is_as_expected(const Plan& plan, std::size_t size) {
    constexpr std::uint64_t slack_bytes = 256;
    return size <= plan.bytes + plan.bytes / 16 + slack_bytes;
}

/// The frame in the model's order.
void gather(const FrameSetup& setup, std::span<const std::byte> frame, std::span<std::byte> gathered) {
    run_blocks(setup.executor, setup.block_count(), [&](std::size_t, std::size_t block) {
        const std::size_t first = block * setup.block_pixels, bytes = setup.pixels_of_block(block)
                                                                      << setup.kind.log2_bytes;
        setup.model->gather(frame, first, gathered.subspan(first << setup.kind.log2_bytes, bytes));
    });
}

std::size_t encode_shown(const FrameSetup& setup, std::span<const std::byte> frame, std::span<std::byte> payload,
                         EncodeMemory& memory, FrameShow& show) {
    if (const auto plan = plan_constant(setup, frame)) return write_piece(setup, *plan, frame, payload, memory);
    std::uint64_t with_model = UINT64_MAX;
    if (setup.model != nullptr && setup.model->parts().histograms.size() != 0) {
        const Plan plan = plan_histograms(setup);
        const std::size_t size = write_with_histograms(setup, plan, frame, payload);
        if (size != 0 && is_as_expected(plan, size)) return size;
    }
    if (setup.model != nullptr) {
        const auto gathered = memory.gathered.first(frame.size());
        show.all();  // gathering takes pixels from everywhere
        gather(setup, frame, gathered);
        const Plan plan = plan_segments(setup, gathered);
        const std::size_t size = write_blocks(setup, plan, gathered, payload, memory, show);
        if (size != 0 && is_as_expected(plan, size)) return size;
        if (size != 0) with_model = size;
    }
    Plan plan = choose_plan(setup, frame);
    if (plan.bytes >= with_model) return static_cast<std::size_t>(with_model);
    const std::size_t size = write_planned(setup, plan, frame, payload, memory, show);
    if (plan.rival && (size == 0 || head_bytes + plan.rival->size() < size))
        return write_piece(setup, plan_fallback(std::move(*plan.rival)), frame, payload, memory);
    return size != 0 ? size : write_raw(setup, frame, payload);
}

Head read_head(Cursor& cursor) {
    Head head{};
    head.mode = cursor.read<std::uint8_t>("mode");
    head.lanes = cursor.read<std::uint8_t>("lanes");
    head.log2_block_pixels = cursor.read<std::uint8_t>("block size");
    head.reserved = cursor.read<std::uint8_t>("reserved byte");
    return head;
}

void check_head(const Head& head, const ModeRow* row) {
    constexpr unsigned least_log2 = 12, most_log2 = 24;
    if (row == nullptr) fail(ErrorCode::unsupported, "rans: mode ", unsigned{head.mode}, " is unknown to this version");
    if (head.reserved != 0)
        fail(ErrorCode::unsupported, "rans: reserved byte ", unsigned{head.reserved}, ", 0 expected");
    if (row->has_blocks && head.lanes != 16 && head.lanes != 32 && head.lanes != 64)
        fail(ErrorCode::corrupt, "rans: ", unsigned{head.lanes}, " lanes, 16, 32 or 64 expected");
    if (row->has_blocks && (head.log2_block_pixels < least_log2 || head.log2_block_pixels > most_log2))
        fail(ErrorCode::corrupt, "rans: blocks of 2^", unsigned{head.log2_block_pixels}, " pixels, 2^", least_log2,
             " to 2^", most_log2, " expected");
    if (!row->has_blocks && (head.lanes != 0 || head.log2_block_pixels != 0))
        fail(ErrorCode::corrupt, "rans: lanes and block size in a chunk without blocks");
}

BlockSizes read_sizes(Cursor& cursor) {
    BlockSizes sizes;
    sizes.words = cursor.read<std::uint32_t>("words of a block");
    sizes.escapes = cursor.read<std::uint32_t>("escapes of a block");
    sizes.wild_bytes = cursor.read<std::uint32_t>("bytes of pixels out of range of a block");
    return sizes;
}

}  // namespace

std::size_t payload_bound(const FrameSetup& setup) {
    const std::size_t segments = setup.model == nullptr ? 0 : setup.model->segment_count();
    return head_bytes + part_bound + 2 * segments + sizes_bytes * setup.block_count() + setup.frame_bytes();
}

std::size_t encode_frame(const FrameSetup& setup, std::span<const std::byte> frame, std::span<std::byte> payload,
                         EncodeMemory& memory, const ShowPiece& show) {
    FrameShow shown(frame, show);
    const std::size_t size = encode_shown(setup, frame, payload, memory, shown);
    shown.all();
    return size;
}

ParsedFrame::ParsedFrame(const FrameSetup& setup, std::span<const std::byte> payload) : setup_(setup) {
    Cursor cursor(payload, "rans");
    const Head head = read_head(cursor);
    plan_.row = find_mode(head.mode);
    check_head(head, plan_.row);
    plan_.lanes = head.lanes;
    if (plan_.row->has_blocks) setup_.block_pixels = std::size_t{1} << head.log2_block_pixels;
    plan_.row->read_part(plan_, setup_, cursor);
    if (plan_.row->mode == Mode::palette) {
        const auto rest = cursor.take(cursor.remaining(), "payload");
        numbers_ = std::make_unique<const ParsedFrame>(setup_of_numbers(setup), rest);
        return;
    }
    if (!plan_.row->has_blocks) {
        streams_.push_back({{}, cursor.take(cursor.remaining(), "payload")});
        return;
    }
    if (plan_.table) table_ = std::make_unique<const DecodingTable>(*plan_.table);

    std::vector<BlockSizes> sizes(cursor.remaining() / sizes_bytes >= setup_.block_count() ? setup_.block_count() : 0);
    if (sizes.empty())
        fail(ErrorCode::truncated, "rans: ", cursor.remaining(), " bytes cannot hold the sizes of ",
             setup_.block_count(), " blocks");
    for (BlockSizes& block : sizes) block = read_sizes(cursor);
    for (std::size_t block = 0; block < sizes.size(); ++block) {
        const std::uint64_t bytes = sizes[block].stream_bytes(plan_.lanes, low_bytes_of_block(block));
        streams_.push_back({sizes[block], cursor.take(bytes, "block")});
    }
    if (cursor.remaining() != 0) fail(ErrorCode::corrupt, "rans: ", cursor.remaining(), " bytes behind the last block");
}

std::size_t ParsedFrame::low_bytes_of_block(std::size_t index) const {
    if (plan_.row->mode == Mode::histograms)
        return low_bytes_of(setup_.model->parts().histograms, index * setup_.block_pixels,
                            setup_.pixels_of_block(index));
    const auto segments = segments_of_block(index);
    return low_bytes_of(std::span<const Segment<DecodingTable>>(segments));
}

std::vector<Segment<DecodingTable>> ParsedFrame::segments_of_block(std::size_t index) const {
    return segments_of<DecodingTable>(
        setup_, plan_, index, table_.get(),
        [&](std::size_t table) -> const DecodingTable& { return setup_.model->decoding(table); });
}

ParsedFrame::Stretch ParsedFrame::pixels_of(std::size_t index) const {
    if (numbers_) return numbers_->pixels_of(index);
    if (!plan_.row->has_blocks) return {0, setup_.pixels};
    return {index * setup_.block_pixels, setup_.pixels_of_block(index)};
}

std::span<std::byte> ParsedFrame::place_of(std::size_t index, std::span<std::byte> frame) const {
    const auto [first, count] = pixels_of(index);
    return frame.subspan(first << setup_.kind.log2_bytes, count << setup_.kind.log2_bytes);
}

void ParsedFrame::decode_blocks(std::size_t first, std::size_t count, std::span<std::byte> frame,
                                DecodeMemory& memory) const {
    if (numbers_) return decode_numbers(first, count, frame, memory);
    if (!plan_.row->has_blocks) return decode_whole(frame);
    if (plan_.row->mode == Mode::histograms) {
        for (std::size_t index = first; index < first + count; ++index) decode_with_histograms(index, frame);
        return;
    }
    CodedBlock blocks[BlockDecoder::blocks_at_once];
    std::size_t gathered = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const auto here = place_of(first + k, frame);
        blocks[k] = {segments_of_block(first + k), streams_[first + k].sizes, streams_[first + k].bytes, here};
        gathered += here.size();
    }
    if (!is_in_order())
        for (std::span<std::byte> room = memory.gathered.first(gathered);
             CodedBlock & block : std::span(blocks, count)) {
            block.pixels = room.first(block.pixels.size());
            room = room.subspan(block.pixels.size());
        }
    const BlockDecoder decoder(*setup_.kernels, setup_.kind, plan_.lanes);
    decoder.decode(std::span<const CodedBlock>(blocks, count), memory.blocks);
    if (is_in_order()) return;
    for (std::size_t k = 0; k < count; ++k)
        setup_.model->scatter(blocks[k].pixels, (first + k) * setup_.block_pixels, frame);
}

void ParsedFrame::decode_numbers(std::size_t first, std::size_t count, std::span<std::byte> frame,
                                 DecodeMemory& memory) const {
    const auto numbers = memory.numbers.first(setup_.pixels);
    numbers_->decode_blocks(first, count, numbers, memory);
    for (std::size_t index = first; index < first + count; ++index) {
        const auto [at, pixels] = pixels_of(index);
        put_values(setup_.kind, plan_.palette, numbers.subspan(at, pixels), place_of(index, frame));
    }
}

void ParsedFrame::decode_with_histograms(std::size_t index, std::span<std::byte> frame) const {
    decode_with(setup_.model->parts().histograms, index * setup_.block_pixels, setup_.kind, plan_.lanes,
                streams_[index].sizes, streams_[index].bytes, place_of(index, frame));
}

void ParsedFrame::decode_whole(std::span<std::byte> frame) const {
    const auto stored = streams_[0].bytes;
    if (plan_.row->mode == Mode::fallback) {
        if (setup_.fallback == nullptr)
            fail(ErrorCode::unsupported, "rans: a chunk of another codec, which is not at hand here");
        return setup_.fallback->decode(stored, frame);
    }
    if (plan_.row->mode == Mode::constant) {
        if (!stored.empty()) fail(ErrorCode::corrupt, "rans: ", stored.size(), " bytes behind a constant pixel");
        std::byte pixel[4];
        store_le(pixel, plan_.pixel);
        for (std::size_t at = 0; at < frame.size(); at += setup_.kind.bytes())
            std::memcpy(&frame[at], pixel, setup_.kind.bytes());
        return;
    }
    if (stored.size() != frame.size())
        fail(ErrorCode::corrupt, "rans: ", stored.size(), " raw bytes, a frame has ", frame.size());
    std::memcpy(frame.data(), stored.data(), stored.size());
}

void decode_frame(const FrameSetup& setup, std::span<const std::byte> payload, std::span<std::byte> frame,
                  std::vector<DecodeMemory>& memory, const ShowPiece& show) {
    const ParsedFrame parsed(setup, payload);
    const std::size_t blocks = parsed.block_count();
    // Every worker has some, or several have to share what one could decode faster.
    const std::size_t at_once =
        blocks >= BlockDecoder::blocks_at_once * workers_for(setup.executor, blocks) ? BlockDecoder::blocks_at_once : 1;
    const std::size_t groups = (blocks + at_once - 1) / at_once;
    const std::size_t workers = workers_for(setup.executor, groups);
    if (memory.size() < workers) memory.resize(workers);
    BlockShow shown(parsed, frame, show);
    run_blocks(setup.executor, groups, [&](std::size_t worker, std::size_t group) {
        const std::size_t first = group * at_once, count = std::min(at_once, blocks - first);
        parsed.decode_blocks(first, count, frame, memory[worker]);
        for (std::size_t block = first; block < first + count; ++block) shown.is_there(block);
    });
    if (show && !parsed.is_in_order()) show(frame);
}

}  // namespace mrcz::codec::rans
