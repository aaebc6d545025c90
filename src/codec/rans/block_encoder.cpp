#include <algorithm>
#include <cstring>

#include "codec/rans/block.hpp"

namespace mrcz::codec::rans {
namespace {

/// Pixels that are tokenised at a time, so that they stay in the first cache.
constexpr std::size_t piece_pixels = 8192;

std::size_t symbols_of(std::span<const Segment<EncodingTable>> segments) {
    std::size_t symbols = 0;
    for (const auto& segment : segments) symbols += segment.table->coding.symbols_of(segment.pixels);
    return symbols;
}

}  // namespace

BlockSizes BlockEncoder::encode(const simd::RansKernels& kernels, const PixelKind& kind, std::size_t lanes,
                                std::span<const Segment<EncodingTable>> segments, std::span<const std::byte> pixels) {
    kernels_ = &kernels;
    kind_ = kind;
    lanes_ = lanes;
    const std::size_t symbols = symbols_of(segments);
    symbols_ = symbol_memory_.first(symbols);
    used_symbols_ = 0;
    runs_.clear();
    lows_.clear();
    wild_.clear();
    for (std::size_t at = 0; const auto& segment : segments) {
        tokenise(segment, pixels.subspan(at, segment.pixels << kind.log2_bytes));
        at += segment.pixels << kind.log2_bytes;
    }

    constexpr std::size_t slack = 32;  // vectors write below what they keep
    const auto word_room = word_memory_.first(2 * symbols + slack);
    const auto escape_room = escape_memory_.first(symbols);
    simd::RansWriter writer{word_room.data() + word_room.size(), escape_room.data() + escape_room.size()};
    std::fill_n(states_, lanes, simd::rans_low);
    for (std::size_t index = runs_.size(); index-- > 0;) {
        const Run& run = runs_[index];
        kernels.encode(states_, lanes, run.table->entries.data(), symbols_.data() + run.first_symbol, run.symbols,
                       &writer);
    }
    words_ = word_room.subspan(static_cast<std::size_t>(writer.words - word_room.data()));
    escapes_ = escape_room.subspan(static_cast<std::size_t>(writer.escapes - escape_room.data()));
    return {words_.size() / 2, escapes_.size(), wild_.size()};
}

void BlockEncoder::write(std::span<std::byte> stream) const {
    std::byte* to = stream.data();
    for (std::size_t lane = 0; lane < lanes_; ++lane, to += 4) store_le(to, states_[lane]);
    for (const std::span<const std::byte> part : {words_, escapes_, std::span<const std::byte>(lows_),
                                                  std::span<const std::byte>(wild_)}) {
        if (!part.empty()) std::memcpy(to, part.data(), part.size());
        to += part.size();
    }
}

void BlockEncoder::tokenise(const Segment<EncodingTable>& segment, std::span<const std::byte> pixels) {
    const Coding& coding = segment.table->coding;
    const std::size_t symbols = coding.symbols_of(segment.pixels);
    runs_.push_back({segment.table, used_symbols_, symbols});
    for (std::size_t first = 0; first < segment.pixels; first += piece_pixels) {
        const std::size_t count = std::min(piece_pixels, segment.pixels - first);
        const auto piece = pixels.subspan(first << kind_.log2_bytes, count << kind_.log2_bytes);
        tokenise_piece(coding, piece, symbols_.data() + used_symbols_, count);
        const auto made = symbols_.subspan(used_symbols_, coding.symbols_of(count));
        if (coding.shift != 0) keep_low_bits(coding, piece);
        keep_wild(coding, piece, made);
        used_symbols_ += made.size();
    }
}

void BlockEncoder::tokenise_piece(const Coding& coding, std::span<const std::byte> pixels, std::byte* symbols,
                                  std::size_t count) {
    const std::size_t whole = coding.symbols_of(count) * coding.tuple;
    const std::byte* values = pixels.data();
    const bool as_it_is = kind_.log2_bytes == 0 && coding.origin == 0 && coding.shift == 0;
    if (!as_it_is || whole != count) {
        const auto room = value_memory_.first(piece_pixels);
        kernels_->reduce[kind_.log2_bytes](pixels.data(), room.data(), count, coding.origin, coding.shift);
        std::fill(room.data() + count, room.data() + whole, std::byte{0});
        values = room.data();
    }
    if (coding.tuple == 4) return kernels_->pack_quads(values, symbols, whole / 4);
    if (coding.tuple == 2) return kernels_->pack_pairs(values, symbols, whole / 2);
    std::memcpy(symbols, values, count);
}

void BlockEncoder::keep_low_bits(const Coding& coding, std::span<const std::byte> pixels) {
    const std::size_t count = pixels.size() >> kind_.log2_bytes;
    const std::size_t groups = (count + 7) / 8;
    const auto room = value_memory_.first(piece_pixels);
    kernels_->lows[kind_.log2_bytes](pixels.data(), room.data(), count, coding.origin);
    std::fill(room.data() + count, room.data() + 8 * groups, std::byte{0});
    const std::size_t used = lows_.size();
    constexpr std::size_t slack = 8;  // a group is written as eight bytes
    lows_.resize(used + groups * coding.shift + slack);
    kernels_->pack_bits(room.data(), lows_.data() + used, groups, coding.shift);
    lows_.resize(used + groups * coding.shift);
}

void BlockEncoder::keep_wild(const Coding& coding, std::span<const std::byte> pixels,
                             std::span<const std::byte> symbols) {
    const std::size_t tuple_bytes = coding.tuple << kind_.log2_bytes;
    for (std::size_t at = 0; at < symbols.size(); ++at) {
        const void* found = std::memchr(&symbols[at], escape_symbol, symbols.size() - at);
        if (found == nullptr) return;
        at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - symbols.data());
        const std::size_t from = at * tuple_bytes;
        append(wild_, pixels.subspan(from, std::min(tuple_bytes, pixels.size() - from)));
    }
}

}  // namespace mrcz::codec::rans
