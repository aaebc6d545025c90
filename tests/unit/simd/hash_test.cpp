#include "simd/hash.hpp"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>

#include "levels.hpp"
#include "simd/kernels.hpp"

namespace mrcz::simd {
namespace {

struct KnownHash {
    std::size_t size;
    std::uint64_t hash64;
    std::uint64_t hash128_high, hash128_low;
};

// Of the bytes 7, 38, 69, ... (31 * i + 7), by libxxhash 0.8.1; sizes on both sides of XXH3's changes of method.
constexpr KnownHash known[] = {
    {0, 0x2d06800538d394c2u, 0x99aa06d3014798d8u, 0x6001c324468d497fu},
    {1, 0x4c5cca45d0f4811fu, 0x495b62073ef70ca4u, 0x4c5cca45d0f4811fu},
    {5, 0xb290cafc7b254345u, 0x2fbb16712b4bf1d5u, 0x752a86982353f4f3u},
    {16, 0x7e484c18d74895d0u, 0x650fe308c566747du, 0xf853dd94614dfa07u},
    {100, 0x8c97158042fbf926u, 0x7f5a1f03462e52b4u, 0xd61d8dbff22d515fu},
    {240, 0xccc7375172c41f03u, 0xde57aab31e77a2ffu, 0x93e173833f75ab66u},
    {241, 0x0b3b630948ce4a00u, 0x92b991a7192f3f08u, 0x0b3b630948ce4a00u},
    {1024, 0x23bc880ebf0d29c6u, 0x4c17271c906df792u, 0x23bc880ebf0d29c6u},
    {5000, 0x559fff92c2b7f8eeu, 0x3bf60aa89c7feeaau, 0x559fff92c2b7f8eeu},
};

Buffer known_bytes(std::size_t size) {
    Buffer bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes.data()[i] = static_cast<std::byte>(31 * i + 7);
    return bytes;
}

Hash128 canonical(std::uint64_t high, std::uint64_t low) {
    Hash128 hash;
    for (std::size_t i = 0; i < 8; ++i) {
        hash[i] = static_cast<std::byte>(high >> (56 - 8 * i));
        hash[8 + i] = static_cast<std::byte>(low >> (56 - 8 * i));
    }
    return hash;
}

template <class Hasher>
void update_in_pieces(Hasher& hasher, std::span<const std::byte> bytes, std::size_t piece) {
    while (!bytes.empty()) {
        const auto now = bytes.first(std::min(piece, bytes.size()));
        hasher.update(now);
        bytes = bytes.subspan(now.size());
    }
}

TEST(Hash, EveryLevelKnowsTheVectors) {
    for (const KnownHash& vector : known) {
        Buffer bytes = known_bytes(vector.size);
        EXPECT_EQ(hash64(bytes.span()), vector.hash64);
        for (const Level level : levels()) EXPECT_EQ(kernels(level).xxh3_64(bytes.span()), vector.hash64);
    }
}

TEST(Hash, PiecesGiveTheHashOfTheWhole) {
    for (const KnownHash& vector : known) {
        for (const std::size_t piece : {1, 3, 64, 255, 256, 257, 4096}) {
            Buffer bytes = known_bytes(vector.size);
            Hasher64 hasher64;
            Hasher128 hasher128;
            update_in_pieces(hasher64, bytes.span(), piece);
            update_in_pieces(hasher128, bytes.span(), piece);
            EXPECT_EQ(hasher64.digest(), vector.hash64) << vector.size << " by " << piece;
            EXPECT_EQ(hasher128.digest(), canonical(vector.hash128_high, vector.hash128_low))
                << vector.size << " by " << piece;
        }
    }
}

TEST(Hash, EveryLevelMatchesTheLibrary) {
    for (std::size_t size = 0; size < 3000; size += size < 520 ? 1 : 97) {
        Buffer bytes(size, size % 7);
        fill_random(bytes.span());
        const std::uint64_t expected = XXH3_64bits(bytes.data(), size);
        for (const Level level : levels()) EXPECT_EQ(kernels(level).xxh3_64(bytes.span()), expected) << size;
        Hasher64 hasher;
        hasher.update(bytes.span());
        EXPECT_EQ(hasher.digest(), expected) << size;
    }
}

TEST(Hash, DigestLeavesTheHasherUsable) {
    Buffer bytes = known_bytes(1024);
    Hasher64 hasher;
    hasher.update(bytes.span().first(1000));
    EXPECT_EQ(hasher.digest(), hash64(bytes.span().first(1000)));
    hasher.update(bytes.span().subspan(1000));
    EXPECT_EQ(hasher.digest(), hash64(bytes.span()));
}

TEST(Hash, ResetForgets) {
    Buffer bytes = known_bytes(5000);
    Hasher64 hasher64;
    Hasher128 hasher128;
    hasher64.update(bytes.span());
    hasher128.update(bytes.span());
    hasher64.reset();
    hasher128.reset();
    EXPECT_EQ(hasher64.digest(), known[0].hash64);
    EXPECT_EQ(hasher128.digest(), canonical(known[0].hash128_high, known[0].hash128_low));
}

}  // namespace
}  // namespace mrcz::simd
