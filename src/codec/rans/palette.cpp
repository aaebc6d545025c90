#include "codec/rans/palette.hpp"

#include <algorithm>
#include <array>

#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t most_values = 255;

/// Values seen so far, in the order they were seen, found again by a hash of them.
class ValueSet {
  public:
    ValueSet() { slots_.fill(0); }

    /// Number of the value; most_values where there are too many.
    [[nodiscard]] std::size_t add(std::uint32_t value) {
        for (std::size_t slot = (value * 2654435761u) >> 22;; slot = (slot + 1) % slots_.size()) {
            if (slots_[slot] == 0) {
                if (values_.size() == most_values) return most_values;
                values_.push_back(value);
                slots_[slot] = static_cast<std::uint8_t>(values_.size());
                return values_.size() - 1;
            }
            if (values_[slots_[slot] - std::size_t{1}] == value) return slots_[slot] - std::size_t{1};
        }
    }
    [[nodiscard]] const std::vector<std::uint32_t>& values() const { return values_; }

  private:
    std::array<std::uint8_t, 1024> slots_;
    std::vector<std::uint32_t> values_;
};

std::vector<std::uint32_t> bytes_of(std::span<const std::byte> pixels) {
    std::array<bool, 256> is_there{};
    for (const std::byte pixel : pixels) is_there[std::to_integer<std::size_t>(pixel)] = true;
    std::vector<std::uint32_t> values;
    for (std::uint32_t value = 0; value < is_there.size(); ++value)
        if (is_there[value]) values.push_back(value);
    return values.size() <= most_values ? values : std::vector<std::uint32_t>{};
}

/// In rising order. Empty when there are too many.
std::vector<std::uint32_t> values_of(const PixelKind& kind, std::span<const std::byte> pixels) {
    if (kind.bytes() == 1) return bytes_of(pixels);
    ValueSet set;
    const bool few = with_word(kind, [&](auto word) {
        using Word = decltype(word);
        Word before = 0;
        bool any = false;
        for (std::size_t at = 0; at < pixels.size(); at += sizeof(Word)) {
            const auto value = load_le<Word>(&pixels[at]);
            if (any && value == before) continue;
            if (set.add(value) == most_values) return false;
            before = value;
            any = true;
        }
        return true;
    });
    std::vector<std::uint32_t> values = few ? set.values() : std::vector<std::uint32_t>{};
    std::sort(values.begin(), values.end());
    return values;
}

}  // namespace

std::vector<std::uint32_t> find_palette(const FrameSetup& setup, std::span<const std::byte> look,
                                        std::span<const std::byte> frame) {
    // Values next to each other are told apart by their own bits as well as by their number.
    const auto is_dense = [&](const std::vector<std::uint32_t>& values) {
        const std::uint32_t first = values.front() ^ setup.kind.sign_bit, last = values.back() ^ setup.kind.sign_bit;
        return std::uint64_t{std::max(first, last) - std::min(first, last)} < 2 * values.size();
    };
    constexpr std::size_t few = 128;  // more seen already means that more will be
    const std::vector<std::uint32_t> seen = values_of(setup.kind, look);
    if (seen.size() < 2 || seen.size() > few || is_dense(seen)) return {};
    return values_of(setup.kind, frame);
}

FrameSetup setup_of_numbers(const FrameSetup& setup) {
    FrameSetup numbers = setup;
    numbers.kind = {};
    numbers.model = nullptr;
    numbers.fallback = nullptr;
    numbers.takes_palettes = false;
    return numbers;
}

void number_pixels(const PixelKind& kind, std::span<const std::uint32_t> palette, std::span<const std::byte> pixels,
                   std::span<std::byte> numbers) {
    ValueSet set;
    std::array<std::byte, most_values> rising{};
    for (std::size_t number = 0; number < palette.size(); ++number)
        rising[set.add(palette[number])] = static_cast<std::byte>(number);
    with_word(kind, [&](auto word) {
        using Word = decltype(word);
        for (std::size_t at = 0; at < numbers.size(); ++at)
            numbers[at] = rising[set.add(load_le<Word>(&pixels[at * sizeof(Word)]))];
    });
}

void put_values(const PixelKind& kind, std::span<const std::uint32_t> palette, std::span<const std::byte> numbers,
                std::span<std::byte> pixels) {
    std::array<std::uint32_t, 256> values{};
    std::copy(palette.begin(), palette.end(), values.begin());
    unsigned highest = 0;
    with_word(kind, [&](auto word) {
        using Word = decltype(word);
        for (std::size_t at = 0; at < numbers.size(); ++at) {
            const auto number = std::to_integer<unsigned>(numbers[at]);
            highest = std::max(highest, number);
            store_le(&pixels[at * sizeof(Word)], static_cast<Word>(values[number]));
        }
    });
    if (highest >= palette.size())
        fail(ErrorCode::corrupt, "rans: value number ", highest, " of a palette of ", palette.size());
}

void write_palette(const Plan& plan, const FrameSetup& setup, Bytes& bytes) {
    append_le(bytes, static_cast<std::uint8_t>(plan.palette.size()));
    with_word(setup.kind, [&](auto word) {
        for (const std::uint32_t value : plan.palette) append_le(bytes, static_cast<decltype(word)>(value));
    });
}

void read_palette(Plan& plan, const FrameSetup& setup, Cursor& cursor) {
    if (!setup.takes_palettes) fail(ErrorCode::corrupt, "rans: a palette within a palette");
    const unsigned count = cursor.read<std::uint8_t>("values of the palette");
    if (count == 0) fail(ErrorCode::corrupt, "rans: a palette without values");
    with_word(setup.kind, [&](auto word) {
        for (unsigned k = 0; k < count; ++k)
            plan.palette.push_back(cursor.read<decltype(word)>("value of the palette"));
    });
}

}  // namespace mrcz::codec::rans
