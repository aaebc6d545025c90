#include "codec/rans/histograms.hpp"

#include <algorithm>

#include "base/cursor.hpp"
#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::uint32_t total = simd::rans_probability_total;
constexpr unsigned log2_unit = 3;  // frequencies of values are multiples of 8: finer ones cost more than they gain
constexpr unsigned most_values = 254;
constexpr unsigned most_shift = 8;

struct Coded {
    std::uint32_t start, frequency;
    std::uint8_t symbol;
};

constexpr std::uint64_t fold(std::int64_t value) {
    return value >= 0 ? 2 * static_cast<std::uint64_t>(value) : 2 * static_cast<std::uint64_t>(-value) - 1;
}
constexpr std::int64_t unfold(std::uint64_t folded) {
    const auto half = static_cast<std::int64_t>(folded / 2);
    return folded % 2 == 0 ? half : -half - 1;
}

Coded rare_of(const Histograms::Pixel& pixel, std::span<const std::uint16_t> starts) {
    return {starts.back(), total - pixel.wild - starts.back(), static_cast<std::uint8_t>(rare_symbol)};
}

Coded wild_of(const Histograms::Pixel& pixel) {
    return {total - pixel.wild, pixel.wild, static_cast<std::uint8_t>(wild_symbol)};
}

Coded find_slot(const Histograms::Pixel& pixel, std::span<const std::uint16_t> starts, std::uint32_t slot) {
    if (slot >= total - pixel.wild) return wild_of(pixel);
    if (slot >= starts.back()) return rare_of(pixel, starts);
    const auto above = std::upper_bound(starts.begin(), starts.end(), slot);
    return {*(above - 1), static_cast<std::uint32_t>(*above - *(above - 1)),
            static_cast<std::uint8_t>(above - starts.begin() - 1)};
}

/// Bytes that are made from the last to the first.
class Backward {
  public:
    template <Number T>
    void put(T value) {
        std::byte bytes[sizeof(T)];
        store_le(bytes, value);
        for (std::size_t k = sizeof(T); k-- > 0;) bytes_.push_back(bytes[k]);
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    void append_to(Bytes& bytes) const { bytes.insert(bytes.end(), bytes_.rbegin(), bytes_.rend()); }

  private:
    Bytes bytes_;
};

}  // namespace

void Histograms::add(std::uint32_t origin, unsigned shift, std::span<const std::uint16_t> frequencies,
                     std::uint16_t wild) {
    pixels_.push_back({origin, static_cast<std::uint8_t>(shift), static_cast<std::uint8_t>(frequencies.size()), wild,
                       static_cast<std::uint32_t>(starts_.size())});
    std::uint16_t start = 0;
    for (const std::uint16_t frequency : frequencies) {
        starts_.push_back(start);
        start = static_cast<std::uint16_t>(start + frequency);
    }
    starts_.push_back(start);
}

Bytes Histograms::write() const {
    Bytes bytes;
    BitWriter writer(bytes);
    std::uint32_t before = 0;
    for (std::size_t at = 0; at < pixels_.size(); ++at) {
        const Pixel& pixel = pixels_[at];
        writer.number(fold(std::int64_t{pixel.origin} - before));
        before = pixel.origin;
        writer.bits(pixel.shift, 4);
        writer.number(pixel.wild - 1u);
        writer.number(pixel.values);
        const auto starts_here = starts(at);
        for (std::size_t value = 0; value < pixel.values; ++value)
            writer.number(static_cast<std::uint64_t>(starts_here[value + 1] - starts_here[value]) >> log2_unit);
    }
    return bytes;
}

Histograms Histograms::read(std::span<const std::byte> bytes, std::size_t pixels, const PixelKind& kind) {
    if (pixels > most_histogram_pixels)
        fail(ErrorCode::corrupt, "model: histograms of ", pixels, " pixels, at most ", most_histogram_pixels,
             " expected");
    Histograms histograms;
    BitReader reader(bytes, "model: histograms");
    std::int64_t origin = 0;
    for (std::size_t at = 0; at < pixels; ++at) {
        origin += unfold(reader.number(std::uint64_t{1} << 33, "difference of origins"));
        if (origin < 0 || origin > std::int64_t{kind.mask()})
            fail(ErrorCode::corrupt, "model: histogram ", at, ": origin ", origin, " is no pixel");
        const auto shift = static_cast<unsigned>(reader.bits(4));
        if (shift > most_shift) fail(ErrorCode::corrupt, "model: histogram ", at, ": shift ", shift);
        const auto wild =
            static_cast<std::uint32_t>(1 + reader.number(total - 2, "frequency of wild pixels, less one,"));
        std::uint16_t frequencies[most_values];
        const std::uint64_t values = reader.number(most_values, "values of a histogram");
        std::uint32_t sum = wild;
        for (std::size_t value = 0; value < values; ++value) {
            frequencies[value] =
                static_cast<std::uint16_t>(reader.number((total >> log2_unit) - 1, "frequency") << log2_unit);
            sum += frequencies[value];
        }
        if (sum >= total)
            fail(ErrorCode::corrupt, "model: histogram ", at, ": frequencies add up to ", sum, ", less than ", total,
                 " expected");
        histograms.add(static_cast<std::uint32_t>(origin), shift, std::span(frequencies).first(values),
                       static_cast<std::uint16_t>(wild));
    }
    if (reader.used_bytes() != bytes.size())
        fail(ErrorCode::corrupt, "model: histograms use ", reader.used_bytes(), " bytes of ", bytes.size());
    return histograms;
}

std::size_t low_bytes_of(const Histograms& histograms, std::size_t first, std::size_t pixels) {
    std::size_t bits = 0;
    for (std::size_t at = first; at < first + pixels; ++at) bits += histograms[at].shift;
    return (bits + 7) / 8;
}

HistogramStream encode_with(const Histograms& histograms, std::size_t first, const PixelKind& kind, std::size_t lanes,
                            std::span<const std::byte> pixels) {
    std::uint32_t states[simd::rans_most_lanes];
    std::fill_n(states, lanes, simd::rans_low);
    Backward words, escapes, wild;
    Bytes lows;
    BitWriter low_bits(lows);
    const std::size_t count = pixels.size() >> kind.log2_bytes;
    for (std::size_t at = 0; at < count; ++at) {
        const auto& pixel = histograms[first + at];
        low_bits.bits(load_pixel(kind, &pixels[at << kind.log2_bytes]) - pixel.origin, pixel.shift);
    }
    for (std::size_t at = count; at-- > 0;) {
        const auto& pixel = histograms[first + at];
        const auto starts = histograms.starts(first + at);
        const std::uint32_t stored = load_pixel(kind, &pixels[at << kind.log2_bytes]);
        const std::uint32_t value = ((stored - pixel.origin) & kind.mask()) >> pixel.shift;
        Coded coded = wild_of(pixel);
        if (value < pixel.values && starts[value] != starts[value + 1]) {
            coded = {starts[value], static_cast<std::uint32_t>(starts[value + 1] - starts[value]), 0};
        } else if (value < most_values) {
            coded = rare_of(pixel, starts);
            escapes.put(static_cast<std::uint8_t>(value));
        } else {
            with_word(kind, [&](auto word) { wild.put(static_cast<decltype(word)>(stored)); });
        }
        std::uint32_t& state = states[at % lanes];
        if (state >= coded.frequency << (31 - simd::rans_probability_bits)) {
            words.put(static_cast<std::uint16_t>(state));
            state >>= 16;
        }
        state = (state / coded.frequency << simd::rans_probability_bits) + state % coded.frequency + coded.start;
    }
    HistogramStream stream;
    stream.sizes = {words.size() / 2, escapes.size(), wild.size()};
    for (std::size_t lane = 0; lane < lanes; ++lane) append_le(stream.bytes, states[lane]);
    words.append_to(stream.bytes);
    escapes.append_to(stream.bytes);
    append(stream.bytes, lows);
    wild.append_to(stream.bytes);
    return stream;
}

void decode_with(const Histograms& histograms, std::size_t first, const PixelKind& kind, std::size_t lanes,
                 const BlockSizes& sizes, std::span<const std::byte> stream, std::span<std::byte> pixels) {
    Cursor cursor(stream, "block");
    std::uint32_t states[simd::rans_most_lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        states[lane] = cursor.read<std::uint32_t>("states");
        if (states[lane] < simd::rans_low || states[lane] >> 31 != 0)
            fail(ErrorCode::corrupt, "block: state ", hex(states[lane]), " of lane ", lane, " is out of range");
    }
    Cursor words(cursor.take(2 * sizes.words, "words"), "block");
    Cursor escapes(cursor.take(sizes.escapes, "escaped symbols"), "block");
    const std::size_t count = pixels.size() >> kind.log2_bytes;
    BitReader lows(cursor.take(low_bytes_of(histograms, first, count), "low bits"), "block: low bits");
    Cursor wild(cursor.take(sizes.wild_bytes, "pixels out of range"), "block");
    for (std::size_t at = 0; at < count; ++at) {
        const auto& pixel = histograms[first + at];
        std::uint32_t& state = states[at % lanes];
        const std::uint32_t slot = state % total;
        const Coded coded = find_slot(pixel, histograms.starts(first + at), slot);
        state = coded.frequency * (state / total) + slot - coded.start;
        if (state < simd::rans_low) state = state << 16 | words.read<std::uint16_t>("words");
        const auto low = static_cast<std::uint32_t>(lows.bits(pixel.shift));
        std::uint32_t value = coded.symbol;
        if (coded.symbol == rare_symbol) {
            value = escapes.read<std::uint8_t>("escaped symbol");
            if (value >= most_values) fail(ErrorCode::corrupt, "block: symbol ", value, " among the escaped ones");
        }
        with_word(kind, [&](auto word) {
            using Word = decltype(word);
            const auto decoded = static_cast<Word>((value << pixel.shift) + low + pixel.origin);
            store_le(&pixels[at * sizeof(Word)],
                     coded.symbol == wild_symbol ? wild.read<Word>("pixel out of range") : decoded);
        });
    }
    for (std::size_t lane = 0; lane < lanes; ++lane)
        if (states[lane] != simd::rans_low)
            fail(ErrorCode::corrupt, "block: lane ", lane, " ends at ", hex(states[lane]), ", not at ",
                 hex(simd::rans_low));
    if (cursor.remaining() + words.remaining() + escapes.remaining() + wild.remaining() != 0)
        fail(ErrorCode::corrupt, "block: bytes behind its last pixel");
}

}  // namespace mrcz::codec::rans
