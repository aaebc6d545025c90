#include <algorithm>
#include <cstring>

#include "base/cursor.hpp"
#include "codec/rans/block.hpp"
#include "codec/rans/symbol_reader.hpp"

namespace mrcz::codec::rans {
namespace {

/// Symbols decoded at a time, so that they and their pixels stay in the first cache. A multiple of the lanes and of 8.
constexpr std::size_t piece_symbols = 1024;

/// The decoding of one block.
class Run {
  public:
    Run(const simd::RansKernels& kernels, const PixelKind& kind, SymbolReader& symbols, Cursor& escapes, Cursor& lows,
        Cursor& wild)
        : kernels_(kernels), kind_(kind), reader_(symbols), escapes_(escapes), lows_(lows), wild_(wild) {}

    /// Memory of at least piece_symbols, four times that, and as much and 8 bytes.
    void use(std::span<std::byte> symbols, std::span<std::byte> values, std::span<std::byte> lows,
             std::vector<std::size_t>& wild_tuples) {
        symbols_ = symbols;
        values_ = values;
        low_room_ = lows;
        wild_tuples_ = &wild_tuples;
    }

    void decode_piece(const DecodingTable& table, std::span<std::byte> pixels) {
        const Coding& coding = table.coding;
        const std::size_t count = pixels.size() >> kind_.log2_bytes;
        const auto symbols = symbols_.first(coding.symbols_of(count));
        reader_.read(table.entries, symbols);
        resolve_escapes(symbols);
        const std::byte* lows = coding.shift == 0 ? nullptr : take_low_bits(coding, count);
        put_pixels(coding, symbols, lows, pixels, count);
        put_wild(coding, lows, pixels);
    }

  private:
    void resolve_escapes(std::span<std::byte> symbols) {
        wild_tuples_->clear();
        for_each(symbols, wild_symbol, [&](std::size_t at) { wild_tuples_->push_back(at); });
        for_each(symbols, rare_symbol, [&](std::size_t at) {
            symbols[at] = escapes_.take(1, "escaped symbol")[0];
            if (symbols[at] == std::byte{wild_symbol})
                fail(ErrorCode::corrupt, "block: symbol 255 among the escaped ones");
        });
    }

    template <class Visit>
    static void for_each(std::span<const std::byte> symbols, int symbol, Visit&& visit) {
        for (std::size_t at = 0; at < symbols.size(); ++at) {
            const void* found = std::memchr(&symbols[at], symbol, symbols.size() - at);
            if (found == nullptr) return;
            at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - symbols.data());
            visit(at);
        }
    }

    const std::byte* take_low_bits(const Coding& coding, std::size_t pixels) {
        const std::size_t groups = (pixels + 7) / 8;
        const auto packed = lows_.take(groups * coding.shift, "low bits");
        // The last group is read as eight bytes.
        const auto padded = values_.first(packed.size() + 8);
        std::memcpy(padded.data(), packed.data(), packed.size());
        std::memset(padded.data() + packed.size(), 0, 8);
        kernels_.unpack_bits(padded.data(), low_room_.data(), groups, coding.shift);
        return low_room_.data();
    }

    void put_pixels(const Coding& coding, std::span<const std::byte> symbols, const std::byte* lows,
                    std::span<std::byte> pixels, std::size_t count) {
        const bool as_it_is = kind_.log2_bytes == 0 && coding.origin == 0 && coding.shift == 0;
        const bool direct = as_it_is && symbols.size() * coding.tuple == count;
        std::byte* values = direct ? pixels.data() : values_.data();
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
        for (const std::size_t tuple : *wild_tuples_) {
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
    SymbolReader& reader_;
    Cursor &escapes_, &lows_, &wild_;
    std::span<std::byte> symbols_, values_, low_room_;
    std::vector<std::size_t>* wild_tuples_ = nullptr;
};

}  // namespace

void BlockDecoder::decode(const simd::RansKernels& kernels, const PixelKind& kind, std::size_t lanes,
                          std::span<const Segment<DecodingTable>> segments, const BlockSizes& sizes,
                          std::span<const std::byte> stream, std::span<std::byte> pixels) {
    Cursor cursor(stream, "block");
    const auto states = cursor.take(4 * lanes, "states");
    SymbolReader reader(kernels, lanes, states, cursor.take(2 * sizes.words, "words"));
    Cursor escapes(cursor.take(sizes.escapes, "escaped symbols"), "block");
    Cursor lows(cursor.take(low_bytes_of(segments), "low bits"), "block");
    Cursor wild(cursor.take(sizes.wild_bytes, "pixels out of range"), "block");
    Run run(kernels, kind, reader, escapes, lows, wild);
    constexpr std::size_t piece_values = 4 * piece_symbols;
    run.use(symbol_memory_.first(piece_symbols), value_memory_.first(piece_values + 8), low_memory_.first(piece_values),
            wild_tuples_);
    for (std::size_t at = 0; const auto& segment : segments) {
        const std::size_t piece_pixels = piece_symbols * segment.table->coding.tuple;
        for (std::size_t first = 0; first < segment.pixels; first += piece_pixels) {
            const std::size_t count = std::min(piece_pixels, segment.pixels - first) << kind.log2_bytes;
            run.decode_piece(*segment.table, pixels.subspan(at, count));
            at += count;
        }
    }
    reader.finish();
    if (cursor.remaining() + escapes.remaining() + lows.remaining() + wild.remaining() != 0)
        fail(ErrorCode::corrupt, "block: ", cursor.remaining() + escapes.remaining() + wild.remaining(),
             " bytes behind its last pixel");
}

}  // namespace mrcz::codec::rans
