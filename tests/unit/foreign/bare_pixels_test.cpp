#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "kit/damage.hpp"
#include "mrcz/gain_file.hpp"

namespace mrcz {
namespace {

FloatImage read(const Bytes& bytes, const BarePixels& pixels) {
    ReferenceOptions options;
    options.bare = pixels;
    return read_reference(*make_memory_source(bytes, "gain.raw"), options);
}

TEST(BarePixelReferences, ArePixelsOfTheTypeThatIsSaid) {
    Bytes floats, words;
    for (const float value : {1.5F, -2.0F, 3.0F}) append_le(floats, value);
    for (const int value : {1, 300, 65535}) append_le(words, static_cast<std::uint16_t>(value));
    EXPECT_EQ(read(floats, {{3, 1}, PixelType::float32}).values, (std::vector<float>{1.5F, -2, 3}));
    EXPECT_EQ(read(words, {{1, 3}, PixelType::uint16}).values, (std::vector<float>{1, 300, 65535}));
}

TEST(BarePixelReferences, MayBeginLaterAndBeBigEndian) {
    const Bytes bytes{std::byte{7}, std::byte{1}, std::byte{2}, std::byte{0}, std::byte{5}};
    EXPECT_EQ(read(bytes, {{2, 1}, PixelType::uint16, 1, true}).values, (std::vector<float>{258, 5}));
    EXPECT_EQ(read(bytes, {{2, 1}, PixelType::uint16, 1, false}).values, (std::vector<float>{513, 1280}));
}

TEST(BarePixelReferences, HalfFloatsAndFourBitsAreUnderstood) {
    EXPECT_EQ(read({std::byte{0x00}, std::byte{0x3c}}, {{1, 1}, PixelType::float16}).values, (std::vector<float>{1}));
    EXPECT_EQ(read({std::byte{0x21}, std::byte{0x03}}, {{3, 1}, PixelType::uint4}).values,
              (std::vector<float>{1, 2, 3}));
}

TEST(BarePixelReferences, EndWithTheirLastPixel) {
    const Bytes bytes(24);
    EXPECT_EQ(kit::error_of([&] { (void)read(bytes, {{4, 2}, PixelType::float32}); }).code(), ErrorCode::truncated);
    const Error error = kit::error_of([&] { (void)read(bytes, {{5, 1}, PixelType::float32}); });
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(), "holds 24 bytes; 5 x 1 pixels of float32 from byte 0 on end at 20");
    EXPECT_EQ(kit::error_of([&] {
                  (void)read(bytes, {{3, 2}, PixelType::float32, UINT64_MAX});
              }).code(),
              ErrorCode::corrupt);
}

TEST(BarePixelReferences, WithoutPixelsOrOfComplexNumbersAreRefused) {
    const Bytes bytes(24);
    EXPECT_EQ(kit::error_of([&] {
                  (void)read(bytes, {{0, 2}, PixelType::float32});
              }).code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(kit::error_of([&] {
                  (void)read(bytes, {{3, 1}, PixelType::complex_float32});
              }).code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(kit::error_of([&] {
                  (void)read(bytes, {{INT64_MAX, INT64_MAX}, PixelType::uint8});
              }).code(),
              ErrorCode::corrupt);
}

TEST(References, OfNoKnownFormatAskForWhatIsMissing) {
    const auto source = make_memory_source(Bytes(2000), "gain.dat");
    const Error error = kit::error_of([&] { (void)read_reference(*source); });
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_EQ(error.context(), "gain.dat");
    EXPECT_NE(error.message().find("columns and rows"), std::string::npos);
    EXPECT_EQ(reference_format_of(*make_memory_source(Bytes(3), "short")), std::nullopt);
}

}  // namespace
}  // namespace mrcz
