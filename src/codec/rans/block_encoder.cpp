#include <algorithm>
#include <cstring>

#include "codec/rans/block.hpp"

namespace mrcz::codec::rans {
namespace {

/// Pixels that are coded at a time, so that they and their symbols stay in the first cache; a multiple of the lanes'
/// and of 8.
constexpr std::size_t piece_pixels = 2048;

std::size_t symbols_of(std::span<const Segment<EncodingTable>> segments) {
    std::size_t symbols = 0;
    for (const auto& segment : segments) symbols += segment.table->coding.symbols_of(segment.pixels);
    return symbols;
}

/// Pieces are coded from the last to the first, against the processor's own guesses.
void prefetch(std::span<const std::byte> piece) {
    constexpr std::size_t line = 64;
    for (std::size_t at = 0; at < piece.size(); at += line) __builtin_prefetch(&piece[at]);
}

}  // namespace

BlockSizes BlockEncoder::encode(const simd::RansKernels& kernels, const PixelKind& kind, std::size_t lanes,
                                std::span<const Segment<EncodingTable>> segments, std::span<const std::byte> pixels) {
    kernels_ = &kernels;
    kind_ = kind;
    lanes_ = lanes;
    wild_.clear();
    wild_ends_.clear();
    lows_ = low_memory_.first(low_bytes_of(segments) + low_slack);
    std::size_t lows_end = lows_.size() - low_slack;
    const std::size_t symbols = symbols_of(segments);
    constexpr std::size_t word_slack = 32;
    const auto word_room = word_memory_.first(2 * symbols + word_slack);
    const auto escape_room = escape_memory_.first(symbols);
    simd::RansWriter writer{word_room.data(), escape_room.data()};
    std::fill_n(states_, lanes, simd::rans_low);
    for (std::size_t index = segments.size(), end = pixels.size(); index-- > 0;) {
        const auto& segment = segments[index];
        const std::size_t bytes = segment.pixels << kind.log2_bytes;
        end -= bytes;
        lows_end -= segment.table->coding.low_bytes_of(segment.pixels);
        encode_segment(*segment.table, pixels.subspan(end, bytes), lows_.data() + lows_end, writer);
    }
    lows_ = lows_.first(lows_.size() - low_slack);
    words_ = word_room.first(static_cast<std::size_t>(writer.words - word_room.data()));
    escapes_ = escape_room.first(static_cast<std::size_t>(writer.escapes - escape_room.data()));
    return {words_.size() / 2, escapes_.size(), wild_.size()};
}

void BlockEncoder::write(std::span<std::byte> stream) const {
    std::byte* to = stream.data();
    for (std::size_t lane = 0; lane < lanes_; ++lane, to += 4) store_le(to, states_[lane]);
    kernels_->reverse_words(words_.data(), to, words_.size() / 2);
    to = std::reverse_copy(escapes_.begin(), escapes_.end(), to + words_.size());
    to = std::copy(lows_.begin(), lows_.end(), to);
    for (std::size_t piece = wild_ends_.size(); piece-- > 0;) {
        const std::size_t begin = piece == 0 ? 0 : wild_ends_[piece - 1];
        to = std::copy(wild_.data() + begin, wild_.data() + wild_ends_[piece], to);
    }
}

void BlockEncoder::encode_segment(const EncodingTable& table, std::span<const std::byte> pixels, std::byte* lows,
                                  simd::RansWriter& writer) {
    const Coding& coding = table.coding;
    const std::size_t count = pixels.size() >> kind_.log2_bytes;
    const auto symbols = symbol_memory_.first(piece_pixels);
    for (std::size_t end = count; end > 0;) {
        const std::size_t first = (end - 1) / piece_pixels * piece_pixels;
        const auto piece = pixels.subspan(first << kind_.log2_bytes, (end - first) << kind_.log2_bytes);
        const auto made = symbols.first(coding.symbols_of(end - first));
        tokenise_piece(coding, piece, made.data(), end - first);
        if (coding.shift != 0) keep_low_bits(coding, piece, lows + first / 8 * coding.shift);
        keep_wild(coding, piece, made);
        if (first >= 2 * piece_pixels)
            prefetch(pixels.subspan((first - 2 * piece_pixels) << kind_.log2_bytes, piece_pixels << kind_.log2_bytes));
        kernels_->encode(states_, lanes_, table.entries.data(), made.data(), made.size(), &writer);
        end = first;
    }
}

void BlockEncoder::tokenise_piece(const Coding& coding, std::span<const std::byte> pixels, std::byte* symbols,
                                  std::size_t count) {
    const std::size_t whole = coding.symbols_of(count) * coding.tuple;
    const std::byte* values = pixels.data();
    const bool as_it_is = kind_.log2_bytes == 0 && coding.origin == 0 && coding.shift == 0;
    if (!as_it_is || whole != count) {
        const auto room = value_memory_.first(piece_pixels + 8);
        kernels_->reduce[kind_.log2_bytes](pixels.data(), room.data(), count, coding.origin, coding.shift);
        std::fill(room.data() + count, room.data() + whole, std::byte{0});
        values = room.data();
    }
    if (coding.tuple == 4) return kernels_->pack_quads(values, symbols, whole / 4);
    if (coding.tuple == 2) return kernels_->pack_pairs(values, symbols, whole / 2);
    std::memcpy(symbols, values, count);
}

void BlockEncoder::keep_low_bits(const Coding& coding, std::span<const std::byte> pixels, std::byte* to) {
    const std::size_t count = pixels.size() >> kind_.log2_bytes;
    const std::size_t groups = (count + 7) / 8;
    const auto room = value_memory_.first(piece_pixels + 8);
    kernels_->lows[kind_.log2_bytes](pixels.data(), room.data(), count, coding.origin);
    std::fill(room.data() + count, room.data() + 8 * groups, std::byte{0});
    // A group is written as eight bytes, and what stands behind the last was written before.
    const auto packed = packed_memory_.first(groups * coding.shift + low_slack);
    kernels_->pack_bits(room.data(), packed.data(), groups, coding.shift);
    std::memcpy(to, packed.data(), groups * coding.shift);
}

void BlockEncoder::keep_wild(const Coding& coding, std::span<const std::byte> pixels,
                             std::span<const std::byte> symbols) {
    const std::size_t tuple_bytes = coding.tuple << kind_.log2_bytes;
    for (std::size_t at = 0; at < symbols.size(); ++at) {
        const void* found = std::memchr(&symbols[at], wild_symbol, symbols.size() - at);
        if (found == nullptr) break;
        at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - symbols.data());
        const std::size_t from = at * tuple_bytes;
        write_wild(coding, pixels.subspan(from, std::min(tuple_bytes, pixels.size() - from)));
    }
    const std::size_t before = wild_ends_.empty() ? 0 : wild_ends_.back();
    if (wild_.size() != before) wild_ends_.push_back(wild_.size());
}

void BlockEncoder::write_wild(const Coding& coding, std::span<const std::byte> pixels) {
    if (coding.tuple == 1) return append(wild_, pixels);
    const unsigned bits = coding.wild_value_bits();
    const unsigned outside = (1u << bits) - 1;
    const std::size_t count = pixels.size() >> kind_.log2_bytes;
    std::byte values[4];
    kernels_->reduce[kind_.log2_bytes](pixels.data(), values, count, coding.origin, coding.shift);
    unsigned record = 0;
    for (unsigned k = 0; k < count; ++k)
        record |= std::min(std::to_integer<unsigned>(values[k]), outside) << (k * bits);
    append_le(wild_, static_cast<std::uint16_t>(record));
    for (std::size_t k = 0; k < count; ++k)
        if (std::to_integer<unsigned>(values[k]) >= outside)
            append(wild_, pixels.subspan(k << kind_.log2_bytes, kind_.bytes()));
}

}  // namespace mrcz::codec::rans
