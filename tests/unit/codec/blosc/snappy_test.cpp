// Snappy is only read: streams here are made by hand, chunks that c-blosc wrote are in c_blosc_test.cpp.
#include <gtest/gtest.h>

#include "codec/blosc/backend.hpp"
#include "kit/chunks.hpp"
#include "kit/codec_trials.hpp"
#include "kit/damage.hpp"
#include "kit/images.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr unsigned format = 2;

Bytes decoded(const Bytes& stream, std::size_t frame_bytes) {
    return kit::decoded("snappy", PixelType::int8, kit::chunk_around(format, stream, frame_bytes), frame_bytes);
}

TEST(Snappy, LiteralsAndCopiesAreDecoded) {
    const Bytes frame = kit::make_noise(300);
    EXPECT_TRUE(decoded(kit::as_snappy(frame), 300) == frame);
    // 20 bytes: one literal, then 19 from one byte back.
    Bytes stream;
    for (const int byte : {20, 0, 0x5a, 18 << 2 | 2, 1, 0}) stream.push_back(static_cast<std::byte>(byte));
    EXPECT_TRUE(decoded(stream, 20) == Bytes(20, std::byte{0x5a}));
}

TEST(Snappy, StreamThatClaimsAnotherSizeIsCorrupt) {
    const Bytes stream = kit::as_snappy(kit::make_noise(300));
    for (const std::size_t size : {1, 299, 301, 5000})
        EXPECT_EQ(kit::error_of([&] { (void)decoded(stream, size); }).code(), ErrorCode::corrupt) << size;
}

TEST(Snappy, DamageIsADataErrorOrDecodes) {
    const Bytes stream = kit::as_snappy(kit::make_pixels(PixelType::uint8, 200));
    std::string why;
    for (std::size_t bit = 0; bit < 8 * stream.size(); ++bit)
        ASSERT_TRUE(kit::survives([&] { (void)decoded(kit::with_flipped_bit(stream, bit), 200); }, &why)) << why;
    for (std::size_t length = 0; length < 200; ++length)
        EXPECT_EQ(kit::error_of([&] { (void)decoded(kit::truncated(stream, length), 200); }).group(), ErrorGroup::data);
}

TEST(Snappy, IsNotWritten) {
    const CodecInfo& info = *find_codec("snappy");
    EXPECT_TRUE(info.reads);
    EXPECT_FALSE(info.writes);
    EXPECT_NE(info.why_not.find("zstd"), std::string_view::npos);
}

}  // namespace
}  // namespace mrcz::codec::blosc
