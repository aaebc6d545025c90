#include "container/mrc_file.hpp"
#include "container/sum_section.hpp"
#include "kit/damage.hpp"
#include "kit/memory_sink.hpp"
#include "mrcz/corrected_reader.hpp"
#include "unit/jobs/sessions.hpp"

namespace mrcz::jobs_test {
namespace {

CompressOptions keeping() {
    CompressOptions options;
    options.keep_sum = true;
    return options;
}

bool has_sum(const Bytes& file) { return reader_of(file).sum().has_value(); }

/// Added up here, pixel by pixel.
std::vector<double> sums_of(const Bytes& plain) {
    const Reader reader = reader_of(plain);
    const FrameFormat format = reader.frame_format();
    std::vector<double> sums(static_cast<std::size_t>(pixel_count(format)));
    Bytes frame(static_cast<std::size_t>(reader.frame_bytes()));
    std::vector<float> values(sums.size());
    for (std::int64_t i = 0; i < reader.frames(); ++i) {
        reader.read_frame(i, frame);
        (void)convert(frame, format, std::as_writable_bytes(std::span(values)),
                      {PixelType::float32, format.nx, format.ny});
        for (std::size_t p = 0; p < sums.size(); ++p) sums[p] += static_cast<double>(values[p]);
    }
    return sums;
}

std::vector<double> as_doubles(const SumImage& sum) {
    std::vector<double> values;
    std::visit([&](const auto& all) { values.assign(all.begin(), all.end()); }, sum.values);
    return values;
}

/// `file` with another sum in its footer, whose hashes fit.
Bytes with_kept(const Bytes& bytes, const SumImage& sum) {
    const container::MrcFile file(make_memory_source(bytes, "memory"), {}, Mode0::by_header);
    const container::Footer& footer = *file.footer();
    std::vector<container::Section> sections;
    for (const container::SectionEntry& entry : footer.sections) {
        const bool is_sum = entry.id == container::section::sum;
        sections.push_back(is_sum ? container::sum_section(sum) : file.load(entry, 1 << 24));
    }
    const std::uint64_t data_end = file.data_end();
    kit::MemorySink sink;
    sink.write(std::span(bytes).first(data_end));
    container::write_footer(sink, footer.facts, std::move(sections));
    sink.write(std::span(bytes).subspan(data_end + footer.bytes));
    return sink.bytes;
}

}  // namespace

class KeptSum : public Workplace {};

TEST_F(KeptSum, IsOfAllFramesInEveryTypeAndByteOrder) {
    for (const PixelType type : {PixelType::int8, PixelType::int16, PixelType::uint16, PixelType::float32})
        for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
            const Bytes plain = kit::make_plain_file({.type = type, .order = order});
            const auto sum = reader_of(compressed(plain, keeping())).sum();
            ASSERT_TRUE(sum) << info_of(type).name;
            EXPECT_EQ(sum->frames, 5);
            EXPECT_EQ(sum->shape, (ImageShape{32, 24}));
            EXPECT_EQ(as_doubles(*sum), sums_of(plain)) << info_of(type).name;
        }
}

TEST_F(KeptSum, IsThereOnlyWhenAskedFor) {
    EXPECT_FALSE(has_sum(compressed(kit::make_plain_file({}), CompressOptions{})));
}

TEST_F(KeptSum, DoesNotChangeWhatIsRestored) {
    const Bytes plain = kit::make_plain_file({.trailing_bytes = 20});
    const Bytes with_sum = compressed(plain, keeping());
    EXPECT_EQ(decompressed(with_sum), plain);
    EXPECT_TRUE(verified(with_sum).original_matched);
}

TEST_F(KeptSum, MovesOverWhenCompressedAnew) {
    const Bytes with_sum = compressed(kit::make_plain_file({}), keeping());
    EXPECT_EQ(reader_of(compressed(with_sum, "lz4")).sum(), reader_of(with_sum).sum());
}

TEST_F(KeptSum, StaysThroughExactConversionsBetweenIntegersAndNoOthers) {
    const Bytes with_sum = compressed(kit::make_plain_file({}), keeping());
    CompressOptions options;
    options.dtype = PixelType::int32;
    EXPECT_TRUE(has_sum(compressed(with_sum, options)));
    options.dtype = PixelType::float32;
    EXPECT_FALSE(has_sum(compressed(with_sum, options)));
    options.dtype = PixelType::int8;
    options.allowed.clip = true;
    EXPECT_FALSE(has_sum(compressed(with_sum, options)));
    options.keep_sum = true;  // of the new values
    const Bytes clipped = compressed(with_sum, options);
    EXPECT_EQ(as_doubles(*reader_of(clipped).sum()), sums_of(clipped));
}

TEST_F(KeptSum, IsNotOfBytesReadWithAnotherSign) {
    const Bytes with_sum = compressed(kit::make_plain_file({.type = PixelType::int8}), keeping());
    const Reader other(make_memory_source(with_sum, "memory"), {}, Mode0::as_unsigned);
    EXPECT_FALSE(other.sum());
}

TEST_F(KeptSum, ThatIsNotTheSumOfTheFramesIsFoundByVerify) {
    for (const PixelType type : {PixelType::int8, PixelType::uint16, PixelType::float32})
        for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
            const Bytes file = compressed(kit::make_plain_file({.type = type, .order = order}), keeping());
            SumImage sum = *reader_of(file).sum();
            EXPECT_NO_THROW((void)verified(with_kept(file, sum)));
            std::visit([](auto& values) { values[40] += 1; }, sum.values);
            const Error error = kit::error_of([&] { (void)verified(with_kept(file, sum)); });
            EXPECT_EQ(error.code(), ErrorCode::corrupt);
            EXPECT_NE(error.message().find("section SUMI: the sum at x 8, y 1"), std::string::npos) << error.message();
        }
}

TEST_F(KeptSum, ThatNoFramesCanAddUpToIsRefused) {
    const Bytes file = compressed(kit::make_plain_file({.type = PixelType::int16}), keeping());
    SumImage sum = *reader_of(file).sum();
    sum.values = std::vector<std::int64_t>(sum.shape.pixels(), INT64_MAX);
    EXPECT_EQ(kit::error_of([&] { (void)reader_of(with_kept(file, sum)).sum(); }).code(), ErrorCode::corrupt);
}

TEST_F(KeptSum, GrowsWithTheFramesThatAreAppended) {
    for (const PixelType type : {PixelType::int8, PixelType::int16, PixelType::uint16, PixelType::float32}) {
        kit::write_file(path("target.mrcz"), compressed(kit::make_plain_file({.type = type, .nz = 3}), keeping()));
        kit::write_file(path("more.mrc"), kit::make_plain_file({.type = type, .nz = 4}, 2));
        kit::write_file(path("big.mrc"), kit::make_plain_file({.type = type, .nz = 2, .order = ByteOrder::big}, 3));
        std::string said;
        RunContext context;
        context.log = [&](std::string_view text) { said += text; };
        const std::vector<Input> inputs{Input::file(path("more.mrc")), Input::file(path("big.mrc"))};
        (void)append(inputs, path("target.mrcz"), {}, context);
        const Bytes longer = kit::read_file(path("target.mrcz"));
        const auto sum = reader_of(longer).sum();
        ASSERT_TRUE(sum) << info_of(type).name;
        EXPECT_EQ(sum->frames, 9);
        EXPECT_EQ(as_doubles(*sum), sums_of(longer)) << info_of(type).name;
        EXPECT_EQ(said.find("SUMI"), std::string::npos) << said;
        EXPECT_NO_THROW((void)verified(longer));
    }
}

TEST_F(KeptSum, GrowsAsOnePassOverAllFramesWouldHaveIt) {
    const Bytes one = kit::make_plain_file({.type = PixelType::int16, .nz = 3}, 1);
    const Bytes other = kit::make_plain_file({.type = PixelType::int16, .nz = 2}, 2);
    FrameSummer whole(reader_of(one).frame_format());
    FrameSummer first(reader_of(one).frame_format());
    const auto frame_bytes = static_cast<std::size_t>(reader_of(one).frame_bytes());
    const Bytes a = pixels_of(one), b = pixels_of(other);
    for (std::size_t at = 0; at < a.size(); at += frame_bytes) {
        whole.add(std::span(a).subspan(at, frame_bytes));
        first.add(std::span(a).subspan(at, frame_bytes));
    }
    FrameSummer second(reader_of(one).frame_format(), first.take());
    for (std::size_t at = 0; at < b.size(); at += frame_bytes) {
        whole.add(std::span(b).subspan(at, frame_bytes));
        second.add(std::span(b).subspan(at, frame_bytes));
    }
    EXPECT_EQ(second.take(), whole.take());
    const FrameFormat floats{PixelType::float32, 32, 24};
    EXPECT_EQ(kit::error_of([&] {
                  const FrameSummer wrong(floats, {{32, 24}, 1, std::vector<std::uint32_t>(768)});
              }).code(),
              ErrorCode::invalid_argument);
}

TEST_F(KeptSum, IsDroppedWhereFramesAreNotAddedToIt) {
    kit::write_file(path("target.mrcz"), compressed(kit::make_plain_file({}), keeping()));
    std::string said;
    RunContext context;
    context.log = [&](std::string_view text) { said += text; };
    Writer writer = Writer::extending(path("target.mrcz"), {}, context);
    writer.append(pixels_of(kit::make_plain_file({}, 2)));
    writer.finish();
    EXPECT_FALSE(Reader(path("target.mrcz")).sum());
}

TEST_F(KeptSum, IsRefusedWhereThereIsNone) {
    const Bytes complex_pixels = kit::make_plain_file({.type = PixelType::complex_float32});
    const Error error = kit::error_of([&] { (void)compressed(complex_pixels, keeping()); });
    EXPECT_NE(error.group(), ErrorGroup::internal) << error.what();
}

TEST_F(KeptSum, IsNotReadBeyondTheLimits) {
    const Bytes with_sum = compressed(kit::make_plain_file({.nx = 8, .ny = 8}), keeping());
    const Limits small{.frame_bytes = 128};
    const Reader limited(make_memory_source(with_sum, "memory"), small);
    EXPECT_EQ(kit::error_of([&] { (void)limited.sum(); }).code(), ErrorCode::limit_exceeded);
}

}  // namespace mrcz::jobs_test
