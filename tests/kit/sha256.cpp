#include "kit/sha256.hpp"

#include <array>
#include <bit>
#include <cmath>

namespace mrcz::kit {
namespace {

using Word = std::uint32_t;

constexpr std::array<Word, 64> primes = [] {
    std::array<Word, 64> found{};
    std::size_t count = 0;
    for (Word candidate = 2; count < found.size(); ++candidate) {
        bool prime = true;
        for (std::size_t i = 0; i < count; ++i) prime = prime && candidate % found[i] != 0;
        if (prime) found[count++] = candidate;
    }
    return found;
}();

Word fraction_bits(long double number) { return static_cast<Word>((number - std::floor(number)) * 4294967296.0L); }

std::array<Word, 64> round_constants() {
    std::array<Word, 64> constants{};
    for (std::size_t i = 0; i < constants.size(); ++i)
        constants[i] = fraction_bits(std::cbrt(static_cast<long double>(primes[i])));
    return constants;
}

void digest_block(std::array<Word, 8>& state, const std::byte* block, const std::array<Word, 64>& constants) {
    std::array<Word, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) w[i] = load<Word>(block + 4 * i, ByteOrder::big);
    for (std::size_t i = 16; i < 64; ++i) {
        const Word s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
        const Word s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t i = 0; i < 64; ++i) {
        const Word s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const Word first = h + s1 + ((e & f) ^ (~e & g)) + constants[i] + w[i];
        const Word s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const Word second = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
    }
    const std::array<Word, 8> sums{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state.size(); ++i) state[i] += sums[i];
}

}  // namespace

std::string sha256(std::span<const std::byte> bytes) {
    const std::array<Word, 64> constants = round_constants();
    std::array<Word, 8> state{};
    for (std::size_t i = 0; i < state.size(); ++i)
        state[i] = fraction_bits(std::sqrt(static_cast<long double>(primes[i])));
    const std::size_t whole = bytes.size() / 64 * 64;
    for (std::size_t at = 0; at < whole; at += 64) digest_block(state, bytes.data() + at, constants);
    Bytes rest(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
    rest.push_back(std::byte{0x80});
    while (rest.size() % 64 != 56) rest.push_back(std::byte{0});
    append_le(rest, byte_swapped(std::uint64_t{bytes.size()} * 8));
    for (std::size_t at = 0; at < rest.size(); at += 64) digest_block(state, rest.data() + at, constants);
    std::string text;
    for (const Word word : state)
        for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(word >> shift) & 15];
    return text;
}

}  // namespace mrcz::kit
