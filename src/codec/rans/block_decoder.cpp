#include <algorithm>
#include <bit>
#include <cstring>

#include "base/cursor.hpp"
#include "codec/rans/block.hpp"
#include "codec/rans/symbol_reader.hpp"

namespace mrcz::codec::rans {
namespace {

/// Symbols decoded at a time, so that they and their pixels stay in the first cache. A multiple of the lanes and of 8.
constexpr std::size_t piece_symbols = 1024;

/// The decoding of one block, piece by piece.
class Run {
  public:
    Run(const simd::RansKernels& kernels, const PixelKind& kind, std::size_t lanes, const CodedBlock& block,
        BlockDecoder::Memory& memory)
        : kernels_(kernels),
          kind_(kind),
          block_(block),
          stream_(block.stream, "block"),
          reader_(reader_of(kernels, lanes, stream_, block.sizes)),
          escapes_(stream_.take(block.sizes.escapes, "escaped symbols"), "block"),
          lows_(stream_.take(low_bytes_of(std::span(block.segments)), "low bits"), "block"),
          wild_(stream_.take(block.sizes.wild_bytes, "pixels out of range"), "block"),
          symbol_room_(memory.symbols.first(piece_symbols)),
          value_room_(memory.values.first(4 * piece_symbols + 8)),
          low_room_(memory.lows.first(4 * piece_symbols)),
          wild_tuples_(memory.wild_tuples) {}

    /// Goes on to the next piece; false behind the last.
    bool next_piece() {
        at_ += piece_.size();
        for (; segment_ < block_.segments.size(); ++segment_, first_ = 0) {
            const auto& segment = block_.segments[segment_];
            if (first_ == segment.pixels) continue;
            table_ = segment.table;
            const std::size_t pixels = std::min(piece_symbols * table_->coding.tuple, segment.pixels - first_);
            first_ += pixels;
            piece_ = block_.pixels.subspan(at_, pixels << kind_.log2_bytes);
            symbols_ = symbol_room_.first(table_->coding.symbols_of(pixels));
            fetch(piece_);
            return true;
        }
        return false;
    }

    void read() { reader_.read(table_->entries, symbols_); }
    static void read_two(Run& a, Run& b) {
        if (a.symbols_.size() == b.symbols_.size())
            return SymbolReader::read_two(a.reader_, a.table_->entries, a.symbols_, b.reader_, b.table_->entries,
                                          b.symbols_);
        a.read();
        b.read();
    }

    /// The symbols read, as pixels.
    void put() {
        const Coding& coding = table_->coding;
        const std::size_t count = piece_.size() >> kind_.log2_bytes;
        resolve_escapes();
        const std::byte* lows = coding.shift == 0 ? nullptr : take_low_bits(coding, count);
        put_pixels(coding, symbols_, lows, piece_, count);
        put_wild(coding, lows, piece_);
    }

    void finish() const {
        reader_.finish();
        const std::size_t left = stream_.remaining() + escapes_.remaining() + lows_.remaining() + wild_.remaining();
        if (left != 0) fail(ErrorCode::corrupt, "block: ", left, " bytes behind its last pixel");
    }

  private:
    /// Pixels are written where no cache may have them; decoding their symbols takes longer than the way there.
    static void fetch(std::span<const std::byte> pixels) {
        for (std::size_t at = 0; at < pixels.size(); at += 64) __builtin_prefetch(&pixels[at], 1);
    }

    static SymbolReader reader_of(const simd::RansKernels& kernels, std::size_t lanes, Cursor& stream,
                                  const BlockSizes& sizes) {
        const auto states = stream.take(4 * lanes, "states");
        return {kernels, lanes, states, stream.take(2 * sizes.words, "words")};
    }

    void resolve_escapes() {
        constexpr unsigned first_escape = std::min(rare_symbol, wild_symbol);
        std::uint64_t marks[piece_symbols / 64];
        kernels_.mark_from(symbols_.data(), symbols_.size(), first_escape, marks);
        wild_tuples_.clear();
        for (std::size_t word = 0; word < (symbols_.size() + 63) / 64; ++word)
            for (std::uint64_t left = marks[word]; left != 0; left &= left - 1)
                resolve(64 * word + static_cast<std::size_t>(std::countr_zero(left)));
    }

    void resolve(std::size_t at) {
        if (symbols_[at] == std::byte{wild_symbol}) return wild_tuples_.push_back(at);
        symbols_[at] = escapes_.take(1, "escaped symbol")[0];
        if (symbols_[at] == std::byte{wild_symbol})
            fail(ErrorCode::corrupt, "block: symbol 255 among the escaped ones");
    }

    const std::byte* take_low_bits(const Coding& coding, std::size_t pixels) {
        const std::size_t groups = (pixels + 7) / 8;
        const auto packed = lows_.take(groups * coding.shift, "low bits");
        // The last group is read as eight bytes.
        const auto padded = value_room_.first(packed.size() + 8);
        std::memcpy(padded.data(), packed.data(), packed.size());
        std::memset(padded.data() + packed.size(), 0, 8);
        kernels_.unpack_bits(padded.data(), low_room_.data(), groups, coding.shift);
        return low_room_.data();
    }

    void put_pixels(const Coding& coding, std::span<const std::byte> symbols, const std::byte* lows,
                    std::span<std::byte> pixels, std::size_t count) {
        const bool as_it_is = kind_.log2_bytes == 0 && coding.origin == 0 && coding.shift == 0;
        const bool direct = as_it_is && symbols.size() * coding.tuple == count;
        std::byte* values = direct ? pixels.data() : value_room_.data();
        if (coding.tuple == 4) {
            kernels_.unpack_quads(symbols.data(), values, symbols.size());
        } else if (coding.tuple == 2) {
            kernels_.unpack_pairs(symbols.data(), values, symbols.size());
        } else {
            std::memcpy(values, symbols.data(), symbols.size());
        }
        if (!direct) kernels_.expand[kind_.log2_bytes](values, lows, pixels.data(), count, coding.origin, coding.shift);
    }

    void put_wild(const Coding& coding, const std::byte* lows, std::span<std::byte> pixels) {
        const std::size_t tuple_bytes = coding.tuple << kind_.log2_bytes;
        for (const std::size_t tuple : wild_tuples_) {
            const std::size_t at = tuple * tuple_bytes;
            read_wild(coding, lows == nullptr ? nullptr : lows + tuple * coding.tuple,
                      pixels.subspan(at, std::min(tuple_bytes, pixels.size() - at)));
        }
    }

    void read_wild(const Coding& coding, const std::byte* lows, std::span<std::byte> pixels) {
        const unsigned bits = coding.wild_value_bits();
        const unsigned outside = (1u << bits) - 1;
        const unsigned record = bits == 0 ? 0 : wild_.read<std::uint16_t>("pixels out of range");
        std::byte values[4];
        for (unsigned k = 0; k < coding.tuple; ++k) values[k] = static_cast<std::byte>(record >> (k * bits) & outside);
        kernels_.expand[kind_.log2_bytes](values, lows, pixels.data(), pixels.size() >> kind_.log2_bytes, coding.origin,
                                          coding.shift);
        for (unsigned k = 0; k << kind_.log2_bytes < pixels.size(); ++k) {
            if (std::to_integer<unsigned>(values[k]) != outside) continue;
            const auto stored = wild_.take(kind_.bytes(), "pixel out of range");
            std::memcpy(&pixels[k << kind_.log2_bytes], stored.data(), stored.size());
        }
    }

    const simd::RansKernels& kernels_;
    const PixelKind& kind_;
    const CodedBlock& block_;
    Cursor stream_;
    SymbolReader reader_;
    Cursor escapes_, lows_, wild_;
    std::span<std::byte> symbol_room_, value_room_, low_room_;
    std::vector<std::size_t>& wild_tuples_;

    std::size_t segment_ = 0;
    std::size_t first_ = 0;  ///< pixel of the segment that the next piece begins with
    std::size_t at_ = 0;     ///< bytes before the piece
    const DecodingTable* table_ = nullptr;
    std::span<std::byte> piece_, symbols_;
};

void decode_rest(Run& run, bool has_piece) {
    for (; has_piece; has_piece = run.next_piece()) {
        run.read();
        run.put();
    }
    run.finish();
}

}  // namespace

void BlockDecoder::decode(std::span<const CodedBlock> blocks, std::span<Memory, blocks_at_once> memory) const {
    Run first(kernels_, kind_, lanes_, blocks[0], memory[0]);
    bool has_first = first.next_piece();
    if (blocks.size() == blocks_at_once) {
        Run second(kernels_, kind_, lanes_, blocks[1], memory[1]);
        bool has_second = second.next_piece();
        for (; has_first && has_second; has_first = first.next_piece(), has_second = second.next_piece()) {
            Run::read_two(first, second);
            first.put();
            second.put();
        }
        decode_rest(second, has_second);
    }
    decode_rest(first, has_first);
}

}  // namespace mrcz::codec::rans
