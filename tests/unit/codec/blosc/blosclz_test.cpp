// BloscLZ streams made by hand, token by token: those that hold, and those that lie.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "codec/blosc/backend.hpp"
#include "kit/chunks.hpp"
#include "kit/codec_trials.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::size_t nearest_far = 8192;
constexpr std::size_t farthest = 8191 + 65536;

/// A stream and the block it stands for, as long as it tells the truth.
class Stream {
  public:
    Bytes bytes;
    Bytes block;

    Stream& byte(std::size_t value) {
        bytes.push_back(static_cast<std::byte>(value));
        return *this;
    }
    /// 1 to 32 literals, all different from their neighbours.
    Stream& literals(std::size_t count) {
        byte(count - 1);
        for (std::size_t i = 0; i < count; ++i) {
            const auto value = static_cast<std::byte>(7 * block.size() + 3 + block.size() / 251);
            bytes.push_back(value);
            block.push_back(value);
        }
        return *this;
    }
    Stream& many_literals(std::size_t count) {
        for (; count > 32; count -= 32) literals(32);
        return literals(count);
    }
    /// What a match adds to the block is left out where its distance lies.
    Stream& match(std::size_t length, std::size_t distance) {
        const bool is_far = distance >= nearest_far;
        const std::size_t field = is_far ? 0x1fff : distance - 1;
        byte(std::min<std::size_t>(length - 2, 7) << 5 | field >> 8);
        if (length >= 9) {
            for (std::size_t left = length - 9;; left -= 255) {
                byte(std::min<std::size_t>(left, 255));
                if (left < 255) break;
            }
        }
        byte(field & 255);
        if (is_far) byte((distance - nearest_far) >> 8).byte((distance - nearest_far) & 255);
        if (distance <= block.size())
            for (std::size_t i = 0; i < length; ++i) block.push_back(block[block.size() - distance]);
        return *this;
    }
};

/// Decodes in memory of its own, a wall of known bytes around the block.
bool decodes(const Bytes& stream, std::size_t block_bytes, Bytes* block = nullptr) {
    constexpr std::size_t wall = 64;
    constexpr std::byte brick{0xA5};
    Bytes memory(block_bytes + 2 * wall, brick);
    const Bytes alone(stream);
    const auto inside = std::span(memory).subspan(wall, block_bytes);
    const bool fine = make_blosclz_decompressor()->decompress(alone, inside);
    const auto is_brick = [](std::byte byte) { return byte == brick; };
    EXPECT_TRUE(std::ranges::all_of(std::span(memory).first(wall), is_brick)) << "written before the block";
    EXPECT_TRUE(std::ranges::all_of(std::span(memory).last(wall), is_brick)) << "written behind the block";
    // Without a wall, a sanitizer sees what lies just outside.
    Bytes exact(block_bytes);
    EXPECT_EQ(make_blosclz_decompressor()->decompress(alone, exact), fine);
    if (block != nullptr) block->assign(inside.begin(), inside.end());
    return fine;
}

void expect_holds(const Stream& stream) {
    Bytes block;
    EXPECT_TRUE(decodes(stream.bytes, stream.block.size(), &block));
    EXPECT_TRUE(block == stream.block);
}

/// The stream is refused for a block of that size, and so is the chunk around it.
void expect_refused(const Bytes& stream, std::size_t block_bytes) {
    EXPECT_FALSE(decodes(stream, block_bytes));
    const Bytes chunk = kit::chunk_around(0, stream, block_bytes);
    if (stream.size() == block_bytes) return;  // a chunk holds such a stream as it is
    const Error error = kit::error_of([&] { (void)kit::decoded("zstd", PixelType::int8, chunk, block_bytes); });
    EXPECT_TRUE(error.code() == ErrorCode::corrupt || error.code() == ErrorCode::truncated) << error.what();
}

/// Every kind of token, near and far, short and long.
Stream one_of_each() {
    Stream stream;
    stream.many_literals(8190).match(3, 1).literals(1).match(8, 2).match(9, 7).literals(32).match(263, 8191);
    stream.match(264, 8192).match(519, 17).literals(5).match(1000, 9000).literals(6);
    return stream;
}

// --- streams that hold ---

TEST(BloscLz, LiteralRunsAreCopied) {
    for (std::size_t count = 1; count <= 32; ++count) expect_holds(Stream().literals(count));
    for (const std::size_t count : {33, 64, 65, 1000}) expect_holds(Stream().many_literals(count));
}

TEST(BloscLz, MatchesOfEveryLengthAreRepeated) {
    for (std::size_t length = 3; length < 1100; ++length)
        expect_holds(Stream().literals(20).match(length, 1 + length % 20).literals(3));
}

TEST(BloscLz, MatchesOfEveryDistanceAreRepeated) {
    for (std::size_t distance = 1; distance < 300; ++distance)
        for (const std::size_t length : {3, 15, 16, 17, 40, 700})
            expect_holds(Stream().many_literals(300).match(length, distance).literals(1));
    for (const std::size_t distance : {std::size_t{8190}, std::size_t{8191}, nearest_far, std::size_t{8193},
                                       std::size_t{65536}, farthest - 1, farthest})
        expect_holds(Stream().many_literals(farthest).match(11, distance).literals(4));
}

TEST(BloscLz, UpperBitsOfTheFirstByteMeanNothing) {
    for (std::size_t marker = 0; marker < 8; ++marker) {
        Stream stream = Stream().literals(9).match(30, 4).literals(2);
        stream.bytes[0] |= static_cast<std::byte>(marker << 5);
        expect_holds(stream);
    }
}

TEST(BloscLz, StreamMayEndInAMatch) { expect_holds(Stream().literals(4).match(20, 3)); }

TEST(BloscLz, StreamOfEveryKindOfTokenHolds) { expect_holds(one_of_each()); }

// --- streams that lie ---

TEST(BloscLzCrafted, LiteralsBeyondTheBlockAreRefused) {
    for (std::size_t count = 1; count <= 32; ++count)
        for (std::size_t room = 1; room < count; ++room) expect_refused(Stream().literals(count).bytes, room);
    expect_refused(Stream().many_literals(65).bytes, 64);
}

TEST(BloscLzCrafted, LiteralsBeyondTheStreamAreRefused) {
    for (std::size_t count = 2; count <= 32; ++count)
        for (std::size_t present = 0; present < count; ++present) {
            Stream stream;
            stream.literals(count).bytes.resize(1 + present);
            expect_refused(stream.bytes, count);
            expect_refused(stream.bytes, 4096);
        }
}

TEST(BloscLzCrafted, OverlongMatchesAreRefused) {
    for (const std::size_t length : {3, 8, 9, 10, 263, 264, 265, 5000})
        for (const std::size_t distance : {1, 2, 7, 8, 16, 20})
            for (const std::size_t missing : {1, 2, 8, 15, 16, 17}) {
                const Stream stream = Stream().literals(20).match(length, distance);
                if (missing >= stream.block.size()) continue;
                expect_refused(stream.bytes, stream.block.size() - missing);
                expect_refused(Stream(stream).literals(1).bytes, stream.block.size() - missing);
            }
}

TEST(BloscLzCrafted, DistancesBeforeTheStartAreRefused) {
    for (const std::size_t present : {1, 2, 7, 8, 16, 32})
        for (const std::size_t distance : {present + 1, present + 2, present + 16, std::size_t{255}, std::size_t{256},
                                           std::size_t{8191}, nearest_far, std::size_t{40'000}, farthest})
            expect_refused(Stream().literals(present).match(12, distance).literals(5).bytes, present + 12 + 5);
    const Stream far_block = Stream().many_literals(nearest_far - 1);
    expect_refused(Stream(far_block).match(12, nearest_far).bytes, far_block.block.size() + 12);
    expect_holds(Stream(far_block).literals(1).match(12, nearest_far));
}

TEST(BloscLzCrafted, EndlessLengthsAreRefused) {
    for (const std::size_t first : {0xe0, 0xff})
        for (const std::size_t endless : {1, 2, 100, 5000}) {
            Stream stream;
            stream.literals(1).byte(first);
            for (std::size_t i = 0; i < endless; ++i) stream.byte(255);
            expect_refused(stream.bytes, 4096);
            expect_refused(stream.byte(0).byte(0).bytes, 64);
            expect_refused(stream.literals(1).bytes, 64);
        }
}

// 32 bits count to 255 times 16,843,009; a length of one more is 9 to a decoder that counts in them.
TEST(BloscLzCrafted, LengthsThatWrapIn32BitsAreRefused) {
    constexpr std::size_t round = 16'843'009;
    for (const std::size_t length_bytes : {round / 2, round, round + 1, round + 2}) {
        Stream stream;
        stream.literals(1).byte(0xe0);
        stream.bytes.resize(stream.bytes.size() + length_bytes, std::byte{0xff});
        for (const std::size_t last : {0, 1, 9}) {
            Stream whole = stream;
            whole.byte(last).byte(0).literals(1);
            EXPECT_FALSE(decodes(whole.bytes, 11 + last));
        }
    }
}

TEST(BloscLzCrafted, StreamsCutAnywhereAreRefused) {
    const Stream whole = one_of_each();
    const std::size_t interesting = whole.bytes.size() < 200 ? 0 : whole.bytes.size() - 200;
    for (std::size_t length = 0; length < whole.bytes.size(); length += length < interesting ? 97 : 1)
        EXPECT_FALSE(decodes(kit::truncated(whole.bytes, length), whole.block.size())) << length;
    const Stream small = Stream().literals(5).match(9, 3).literals(3).match(300, 12).literals(2);
    for (std::size_t length = 0; length < small.bytes.size(); ++length)
        expect_refused(kit::truncated(small.bytes, length), small.block.size());
}

TEST(BloscLzCrafted, BlocksOfAnotherSizeAreRefused) {
    const Stream stream = Stream().literals(5).match(40, 3).literals(3);
    for (std::size_t size = 1; size < 200; ++size)
        if (size != stream.block.size()) expect_refused(stream.bytes, size);
}

TEST(BloscLzCrafted, NothingIsNoBlock) { expect_refused({}, 1); }

// Whether a lie is noticed or gives other pixels, it stays within the block.
TEST(BloscLzCrafted, AnyByteInAnyPlaceStaysWithinTheBlock) {
    Stream stream = Stream().many_literals(40).match(9, 3).literals(3).match(300, 12).literals(2).match(24, 200);
    stream.literals(30).match(3, 1).literals(8);
    for (std::size_t at = 0; at < stream.bytes.size(); ++at)
        for (int value = 0; value < 256; ++value) {
            Bytes changed = stream.bytes;
            changed[at] = static_cast<std::byte>(value);
            (void)decodes(changed, stream.block.size());
        }
}

TEST(BloscLzCrafted, NoiseStaysWithinTheBlock) {
    std::mt19937 random(405);
    for (int i = 0; i < 20'000; ++i) {
        Bytes stream = kit::make_noise(1 + random() % 120, static_cast<std::uint32_t>(random()));
        if (i % 2 == 0) stream[0] &= std::byte{3};
        (void)decodes(stream, 1 + random() % 2000);
    }
}

// --- our own streams ---

TEST(BloscLz, CompressorsOfEveryLevelGiveStreamsThatHold) {
    for (int level = 1; level <= 9; ++level) {
        const auto compressor = make_blosclz_compressor(level, 0);
        for (const std::size_t size : {1, 9, 10, 11, 16, 31, 64, 257, 1000, 70'000, 200'000})
            for (const kit::Content content : kit::all_contents) {
                const Bytes block = kit::make_content(content, PixelType::int8, size);
                Bytes stream(size);
                stream.resize(compressor->compress(block, stream));
                if (stream.empty()) continue;
                EXPECT_LT(stream.size(), size);
                Bytes back;
                EXPECT_TRUE(decodes(stream, size, &back)) << level << ", " << size;
                EXPECT_TRUE(back == block) << level << ", " << size;
            }
    }
}

TEST(BloscLz, CompressorStaysWithinTheRoomItIsGiven) {
    const Bytes block = kit::make_pixels(PixelType::int16, 1000);
    for (const int level : {1, 5, 9}) {
        const auto compressor = make_blosclz_compressor(level, 0);
        Bytes whole(block.size());
        whole.resize(compressor->compress(block, whole));
        ASSERT_FALSE(whole.empty());
        for (std::size_t room = 0; room <= whole.size() + 8; ++room) {
            Bytes stream(room);
            const std::size_t size = compressor->compress(block, stream);
            EXPECT_TRUE(size == 0 || size == whole.size()) << room;
            EXPECT_LE(size, room);
        }
    }
}

TEST(BloscLz, RepeatsAsFarAsTheFormatReachesAreFound) {
    const Bytes once = kit::make_noise(60'000);
    for (int level = 1; level <= 9; ++level) {
        Bytes block = once;
        append(block, once);
        Bytes stream(block.size());
        const std::size_t size = make_blosclz_compressor(level, 0)->compress(block, stream);
        EXPECT_GT(size, 0U) << level;
        EXPECT_LT(size, block.size() * 11 / 20) << level;
    }
}

}  // namespace
}  // namespace mrcz::codec::blosc
