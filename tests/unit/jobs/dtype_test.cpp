// Conversion of pixels on the way through jobs: exact, or refused with the place, or changed as allowed and on record.
#include <limits>

#include "kit/descriptors.hpp"
#include "kit/four_bit.hpp"
#include "kit/json_fields.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

constexpr std::int64_t nx = 19, ny = 13, frames = 6;

/// A float movie that holds integers, 0 ... 100, as counting cameras' software often stores them.
Bytes counts_as_floats(ByteOrder order = ByteOrder::little) {
    Bytes file = kit::make_plain_file({PixelType::float32, nx, ny, frames, order, 77, 33});
    std::size_t at = 1024 + 77;
    for (std::int64_t i = 0; i < nx * ny * frames; ++i, at += 4)
        store(&file[at], static_cast<float>(i * i % 101), order);
    return file;
}

Bytes with_pixel(Bytes file, std::int64_t frame, std::int64_t x, std::int64_t y, float value) {
    store_le(&file[1024 + 77 + static_cast<std::size_t>(4 * ((frame * ny + y) * nx + x))], value);
    return file;
}

CompressOptions to(PixelType type, ConversionRules allowed = {}) {
    CompressOptions options;
    options.dtype = type;
    options.allowed = allowed;
    return options;
}

DecompressOptions back_to(PixelType type, ConversionRules allowed = {}) {
    DecompressOptions options;
    options.dtype = type;
    options.allowed = allowed;
    return options;
}

/// All pixels of a file as float32.
std::vector<float> values_of(const Bytes& file) {
    const Reader reader = reader_of(file);
    FrameFormat floats = reader.frame_format();
    floats.type = PixelType::float32;
    std::vector<float> values;
    Bytes stored(static_cast<std::size_t>(reader.frame_bytes())), frame(static_cast<std::size_t>(bytes_of(floats)));
    for (std::int64_t i = 0; i < reader.frames(); ++i) {
        reader.read_frame(i, stored);
        (void)convert(stored, reader.frame_format(), frame, floats);
        for (std::size_t at = 0; at < frame.size(); at += 4) values.push_back(load_le<float>(&frame[at]));
    }
    return values;
}

bool has_section(const Bytes& file, std::string_view id) {
    for (const SectionInfo& section : reader_of(file).sections())
        if (section.id == id) return true;
    return false;
}

}  // namespace

class Dtype : public Workplace {};

TEST_F(Dtype, FloatMovieOfCountsBecomesIntegersAndKeepsEveryValue) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
        const Bytes plain = counts_as_floats(order);
        for (const PixelType type : {PixelType::int8, PixelType::int16, PixelType::uint16, PixelType::int32,
                                     PixelType::uint32, PixelType::float16}) {
            SCOPED_TRACE(info_of(type).name);
            const Bytes packed = compressed(plain, to(type));
            const Reader reader = reader_of(packed);
            EXPECT_EQ(reader.pixel_type(), type);
            EXPECT_EQ(values_of(packed), values_of(plain));
            EXPECT_EQ(reader.statistics(), reader_of(compressed(decompressed(packed))).statistics());
            EXPECT_EQ(reader.header().real(HeaderField::dmax), 100.0F);
            EXPECT_EQ(reader.extended_header(), reader_of(plain).extended_header());
            EXPECT_EQ(reader.header().voxel_angstrom(), reader_of(plain).header().voxel_angstrom());
            EXPECT_FALSE(has_section(packed, "ORIG"));
            EXPECT_TRUE(verified(packed).frames_hashed);
            const auto floats = decompressed(packed, back_to(PixelType::float32));
            EXPECT_EQ(reader_of(floats).pixel_type(), PixelType::float32);
            EXPECT_EQ(values_of(floats), values_of(plain));
        }
    }
}

TEST_F(Dtype, OfTheInputChangesNothing) {
    const Bytes plain = counts_as_floats();
    const Bytes packed = compressed(plain);
    EXPECT_EQ(compressed(plain, to(PixelType::float32)), packed);
    EXPECT_EQ(decompressed(packed, back_to(PixelType::float32)), plain);
    const Bytes half = kit::make_four_bit_file({.nx = 22, .half_width = true});
    EXPECT_EQ(decompressed(compressed(half, to(PixelType::uint4))), half);
}

TEST_F(Dtype, ValueThatWouldChangeIsNamedAndLeavesNothing) {
    const auto message = [&](const Bytes& file, PixelType type, ConversionRules allowed = {}) {
        kit::write_file(path("in"), file);
        std::filesystem::remove(path("out"));
        ThreadExecutor executor(3);
        const Error error = kit::error_of([&] {
            (void)compress(Input::file(path("in")), Output::file(path("out")), to(type, allowed), on(&executor));
        });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_EQ(error.context(), path("in").string());
        EXPECT_EQ(names(), std::vector<std::string>{"in"});
        return error.message();
    };
    const Bytes two = with_pixel(with_pixel(counts_as_floats(), 4, 0, 0, 0.5F), 2, 7, 3, 200);
    EXPECT_EQ(message(two, PixelType::int8),
              "frame 2: pixel x 7, y 3 is 200, beyond the range of int8; clipping (--clip) would store 127");
    EXPECT_EQ(message(two, PixelType::int8, {.clip = true}),
              "frame 4: pixel x 0, y 0 is 0.5, which int8 does not have exactly; rounding (--round) would store 0");
    EXPECT_EQ(message(two, PixelType::uint4, {.round = true}).substr(0, 8), "frame 0:");
    const Bytes nan = with_pixel(counts_as_floats(), 0, 1, 1, std::numeric_limits<float>::quiet_NaN());
    EXPECT_EQ(message(nan, PixelType::uint16, {.clip = true, .round = true}),
              "frame 0: pixel x 1, y 1 is NaN, which uint16 does not have");
}

TEST_F(Dtype, AllowedChangesAreCountedAndOnRecord) {
    const Bytes plain = with_pixel(with_pixel(counts_as_floats(), 4, 0, 0, 0.5F), 2, 7, 3, 200);
    kit::write_file(path("in"), plain);
    std::string said;
    RunContext context;
    context.log = [&](std::string_view text) { said += text; };
    const JobResult result = compress(Input::file(path("in")), Output::file(path("out")),
                                      to(PixelType::int8, {.clip = true, .round = true}), context);
    EXPECT_EQ(result.converted.clipped, 1U);
    EXPECT_EQ(result.converted.rounded, 1U);
    EXPECT_TRUE(said.ends_with("values changed to fit int8: 1 clipped, 1 rounded")) << said;
    const Bytes packed = kit::read_file(path("out"));
    auto expected = values_of(plain);
    expected[static_cast<std::size_t>((2 * ny + 3) * nx + 7)] = 127;
    expected[static_cast<std::size_t>(4 * ny * nx)] = 0;
    EXPECT_EQ(values_of(packed), expected);
    EXPECT_EQ(reader_of(packed).header().real(HeaderField::dmax), 127.0F);
    const auto steps = kit::json_fields(reader_of(packed).provenance());
    EXPECT_EQ(steps.at("[0].step"), "convert");
    EXPECT_EQ(steps.at("[0].from"), "float32");
    EXPECT_EQ(steps.at("[0].to"), "int8");
    EXPECT_EQ(steps.at("[0].clipped"), "1");
    EXPECT_EQ(steps.at("[0].rounded"), "1");
}

TEST_F(Dtype, BytesBehindThePixelsAreSaidToStay) {
    kit::write_file(path("plain.mrc"), counts_as_floats());
    std::string said;
    RunContext context;
    context.log = [&](std::string_view message) { said += message; };
    (void)compress(Input::file(path("plain.mrc")), Output::file(path("a.mrcz")), to(PixelType::int8), context);
    EXPECT_NE(said.find("33 bytes behind the pixels are not kept"), std::string::npos) << said;
}

TEST_F(Dtype, StepsAddUpAndTheRestOfAFooterGoesAlong) {
    CompressOptions first = to(PixelType::int16);
    first.metadata = some_metadata();
    const Bytes once = compressed(counts_as_floats(), first);
    const Bytes twice = compressed(once, to(PixelType::float16));
    const auto steps = kit::json_fields(reader_of(twice).provenance());
    EXPECT_EQ(steps.at("[0].to"), "int16");
    EXPECT_EQ(steps.at("[1].step"), "compress");
    EXPECT_EQ(steps.at("[2].to"), "float16");
    ASSERT_TRUE(reader_of(twice).metadata());
    EXPECT_EQ(reader_of(twice).metadata()->to_json(), some_metadata().to_json());
    const Bytes plain = decompressed(twice, back_to(PixelType::float32));
    EXPECT_TRUE(reader_of(plain).metadata());
    EXPECT_EQ(kit::json_fields(reader_of(plain).provenance()).at("[4].to"), "float32");
    EXPECT_EQ(values_of(plain), values_of(once));
}

TEST_F(Dtype, RecompressingWithAnotherTypeDropsTheOriginal) {
    const Bytes packed = compressed(counts_as_floats());
    EXPECT_TRUE(has_section(packed, "ORIG"));
    const Bytes small = compressed(packed, to(PixelType::uint16));
    EXPECT_FALSE(has_section(small, "ORIG"));
    EXPECT_EQ(values_of(small), values_of(packed));
    EXPECT_EQ(reader_of(decompressed(small)).pixel_type(), PixelType::uint16);
}

TEST_F(Dtype, OnDecompressingWritesANewStandardFile) {
    const Bytes packed = compressed(counts_as_floats());
    for (const Bytes& input : {packed, counts_as_floats(ByteOrder::big)}) {
        DecompressOptions options = back_to(PixelType::int16);
        const Bytes whole = decompressed(input, options);
        options.frames = "1:3";
        const Bytes some = decompressed(input, options);
        for (const Bytes& file : {whole, some}) {
            const Reader reader = reader_of(file);
            EXPECT_EQ(reader.pixel_type(), PixelType::int16);
            EXPECT_EQ(reader.header().integer(HeaderField::nversion), 20141);
            EXPECT_FALSE(has_rule(reader.findings(), "MRC-F01"));
            EXPECT_EQ(reader.header().real(HeaderField::dmax), 100.0F);
        }
        const auto all = values_of(packed);
        EXPECT_EQ(values_of(whole), all);
        EXPECT_EQ(values_of(some), std::vector<float>(all.begin() + nx * ny, all.begin() + 3 * nx * ny));
    }
}

TEST_F(Dtype, StatisticsOfChangedPixelsAreTakenAnew) {
    const Bytes packed = compressed(counts_as_floats());
    const auto greatest = [](const Bytes& file) { return reader_of(file).header().real(HeaderField::dmax); };
    EXPECT_EQ(greatest(decompressed(packed, back_to(PixelType::uint4, {.clip = true}))), 15.0F);
    EXPECT_EQ(greatest(compressed(packed, to(PixelType::uint4, {.clip = true}))), 15.0F);
    const auto piped = [&](const DecompressOptions& options) {
        return kit::through_pipes(packed,
                                  [&](const Input& in, const Output& out) { (void)decompress(in, out, options); });
    };
    EXPECT_EQ(greatest(piped(back_to(PixelType::int8))), 100.0F) << "no value changes: those of the input";
    EXPECT_EQ(greatest(piped(back_to(PixelType::uint4, {.clip = true}))), -1.0F) << "the header went out before";
}

TEST_F(Dtype, FourBitPixelsGoOutAndBackIn) {
    for (const RowPacking packing : {RowPacking::padded, RowPacking::contiguous})
        for (const bool half : {false, true}) {
            const Bytes plain = kit::make_four_bit_file(
                {.nx = half ? 22 : 11, .ny = 7, .nz = 3, .packing = packing, .half_width = half});
            for (const PixelType type : {PixelType::int8, PixelType::uint16, PixelType::float32}) {
                const Bytes wide = compressed(plain, to(type));
                EXPECT_EQ(values_of(wide), values_of(plain));
                EXPECT_EQ(reader_of(wide).header().nx(), half ? 22 : 11);
                const Bytes again = compressed(wide, to(PixelType::uint4));
                EXPECT_EQ(values_of(again), values_of(plain));
                EXPECT_EQ(reader_of(again).header().integer(HeaderField::mode), 6101);
                EXPECT_EQ(values_of(decompressed(again)), values_of(plain));
            }
        }
}

TEST_F(Dtype, ResultsDoNotDependOnThreads) {
    const Bytes plain = kit::make_plain_file({PixelType::float32, 123, 77, 30});
    const CompressOptions options = to(PixelType::uint16, {.clip = true, .round = true});
    ThreadExecutor executor(4);
    EXPECT_EQ(compressed(plain, options, on(&executor)), compressed(plain, options));
    const DecompressOptions back = back_to(PixelType::int8, {.clip = true, .round = true});
    EXPECT_EQ(decompressed(plain, back, on(&executor)), decompressed(plain, back));
}

TEST_F(Dtype, WhatCannotBeIsTheCallersErrorBeforeAnythingIsWritten) {
    const auto message = [&](PixelType from, CompressOptions options) {
        kit::write_file(path("in"), kit::make_plain_file({.type = from}));
        std::filesystem::remove(path("out"));
        const Error error =
            kit::error_of([&] { (void)compress(Input::file(path("in")), Output::file(path("out")), options); });
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_EQ(names(), std::vector<std::string>{"in"});
        return error.message();
    };
    EXPECT_EQ(message(PixelType::int16, to(PixelType::uint8)),
              "MRC has no mode for uint8 pixels; use int8, uint16 or uint4");
    EXPECT_NE(message(PixelType::rgb8, to(PixelType::int8)).find("rgb8 pixels cannot be converted"), std::string::npos);
    EXPECT_NE(message(PixelType::complex_float32, to(PixelType::float32)).find("complex"), std::string::npos);
    CompressOptions no_type;
    no_type.allowed.clip = true;
    EXPECT_NE(message(PixelType::int16, no_type).find("give a type"), std::string::npos);
}

TEST_F(Dtype, FramesThatGrowBeyondTheLimitAreRefused) {
    const Bytes four_bit = kit::make_four_bit_file({.nx = 12, .ny = 10});
    CompressOptions options = to(PixelType::float32);
    options.limits.frame_bytes = 480;
    EXPECT_EQ(values_of(compressed(four_bit, options)), values_of(four_bit));
    --options.limits.frame_bytes;
    EXPECT_EQ(kit::error_of([&] { (void)compressed(four_bit, options); }).code(), ErrorCode::limit_exceeded);
}

TEST_F(Dtype, ComplexPixelsBecomeComplexIntegers) {
    Bytes plain = kit::make_plain_file({PixelType::complex_int16, 8, 4, 2});
    const Bytes floats = compressed(plain, to(PixelType::complex_float32));
    EXPECT_EQ(reader_of(floats).pixel_type(), PixelType::complex_float32);
    EXPECT_EQ(pixels_of(decompressed(floats, back_to(PixelType::complex_int16))), pixels_of(plain));
}

}  // namespace mrcz::jobs_test
