#include "mrcz/corrected_reader.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "mrcz/thread_executor.hpp"
#include "unit/jobs/sessions.hpp"

namespace mrcz::jobs_test {
namespace {

constexpr ImageShape shape{48, 40};
constexpr std::int64_t frames = 12;

std::vector<double> means_with_hot_pixels() {
    std::vector<double> means(shape.pixels(), 2.0);
    for (const std::size_t hot : {100U, 101U, 777U, 1900U}) means[hot] = 20;
    return means;
}

class CorrectedFrames : public Sessions {
  public:
    CorrectedFrames() { write("movie", shape, counted(shape, frames, means_with_hot_pixels(), 3)); }

    [[nodiscard]] Reader reader() const { return Reader(path("movie")); }
};

template <class Value>
std::vector<Value> all_frames(const CorrectedReader& reader, const RunContext& context = {}) {
    std::vector<Value> values(static_cast<std::size_t>(reader.frame_bytes()) / sizeof(Value) *
                              static_cast<std::size_t>(reader.reader().frames()));
    reader.read_frames(0, reader.reader().frames(), std::as_writable_bytes(std::span(values)), context);
    return values;
}

std::shared_ptr<const FloatImage> image_of(std::vector<float> values) {
    return std::make_shared<const FloatImage>(FloatImage{shape, std::move(values)});
}

std::vector<float> floats(std::uint64_t seed, double low, double high) {
    kit::Counts counts(seed);
    std::vector<float> values(shape.pixels());
    for (float& value : values) value = static_cast<float>(low + (high - low) * counts.uniform());
    return values;
}

std::int32_t distance_in_ulps(float one, float other) {
    return std::abs(std::bit_cast<std::int32_t>(one) - std::bit_cast<std::int32_t>(other));
}

}  // namespace

TEST_F(CorrectedFrames, AnEmptyPlanGivesTheFramesAsTheyAre) {
    const CorrectedReader corrected(reader(), {});
    EXPECT_EQ(corrected.frame_format(), reader().frame_format());
    EXPECT_EQ(all_frames<std::int16_t>(corrected), values_of<std::int16_t>(path("movie")));
}

TEST_F(CorrectedFrames, DarkAndGainAreTheFormulaInSinglePrecision) {
    ProcessPlan plan;
    plan.dark = image_of(floats(1, 0, 0.5));
    plan.gain = std::make_shared<const GainReference>(make_gain({shape, floats(2, 0.5, 1.5)}));
    const CorrectedReader corrected(reader(), plan);
    EXPECT_EQ(corrected.frame_format().type, PixelType::float32);
    const auto raw = values_of<std::int16_t>(path("movie"));
    const auto found = all_frames<float>(corrected);
    ASSERT_EQ(found.size(), raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const std::size_t pixel = i % shape.pixels();
        const volatile float difference = static_cast<float>(raw[i]) - plan.dark->values[pixel];
        const volatile float expected = difference * plan.gain->factors.values[pixel];
        ASSERT_LE(distance_in_ulps(found[i], expected), 1) << i;
    }
}

TEST_F(CorrectedFrames, OutliersAreReplacedAndNothingElse) {
    ProcessPlan plan;
    plan.outliers.emplace();
    const CorrectedReader corrected(reader(), plan);
    const auto raw = values_of<std::int16_t>(path("movie")), found = all_frames<std::int16_t>(corrected);
    std::vector<bool> replaced(shape.pixels());
    for (const OutlierPixel& pixel : corrected.outliers().pixels) replaced[pixel.index] = pixel.is_outlier();
    for (const std::size_t hot : {100U, 101U, 777U, 1900U}) EXPECT_TRUE(replaced[hot]) << hot;
    double hot_total = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const std::size_t pixel = i % shape.pixels();
        if (!replaced[pixel]) {
            ASSERT_EQ(found[i], raw[i]) << i;
        }
        if (pixel == 777) hot_total += found[i];
    }
    EXPECT_LT(hot_total / frames, 4);
}

TEST_F(CorrectedFrames, DefectsAloneAreReplacedWithoutALookForOthers) {
    std::vector<std::uint8_t> defects(shape.pixels());
    defects[5] = 1;
    ProcessPlan plan;
    plan.defects = std::make_shared<const std::vector<std::uint8_t>>(defects);
    const CorrectedReader corrected(reader(), plan);
    ASSERT_EQ(corrected.outliers().pixels.size(), 1U);
    EXPECT_EQ(corrected.outliers().pixels[0].index, 5U);
    const auto raw = values_of<std::int16_t>(path("movie")), found = all_frames<std::int16_t>(corrected);
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (i % shape.pixels() == 5) continue;
        ASSERT_EQ(found[i], raw[i]);
    }
}

TEST_F(CorrectedFrames, AreTheSameForAnyNumberOfThreads) {
    ProcessPlan plan;
    plan.outliers.emplace();
    plan.koma = image_of(floats(4, -0.5, 0.5));
    plan.seed = 11;
    const auto alone = all_frames<std::int16_t>(CorrectedReader(reader(), plan));
    for (const unsigned threads : {2U, 8U}) {
        ThreadExecutor executor(threads);
        const CorrectedReader corrected(reader(), plan, on(&executor));
        EXPECT_EQ(all_frames<std::int16_t>(corrected, on(&executor)), alone) << threads;
    }
}

TEST_F(CorrectedFrames, IntegersKeepTheMeanOfFractionsAndFollowTheSeed) {
    ProcessPlan plan;
    plan.koma = image_of(std::vector<float>(shape.pixels(), 0.3F));
    plan.seed = 1;
    const auto raw = values_of<std::int16_t>(path("movie"));
    const auto one = all_frames<std::int16_t>(CorrectedReader(reader(), plan));
    EXPECT_EQ(all_frames<std::int16_t>(CorrectedReader(reader(), plan)), one);
    plan.seed = 2;
    EXPECT_NE(all_frames<std::int16_t>(CorrectedReader(reader(), plan)), one);
    double difference = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) difference += raw[i] - one[i];
    EXPECT_NEAR(difference / static_cast<double>(raw.size()), 0.3, 0.02);
}

TEST_F(CorrectedFrames, MoviesDrawOtherNumbersFromOneSeedAndTheSamePixelsTheSame) {
    Movie<std::int16_t> movie(3, std::vector<std::int16_t>(shape.pixels(), 2));
    ProcessPlan plan;
    plan.koma = image_of(std::vector<float>(shape.pixels(), 0.5F));
    const auto corrected = [&](const std::string& name, const std::string& codec) {
        return all_frames<std::int16_t>(CorrectedReader(Reader(write(name, shape, movie, {}, codec)), plan));
    };
    const auto one = corrected("one", "zstd");
    EXPECT_EQ(corrected("copy", "raw"), one);
    movie[2][3] = 3;  // the last frame: the first may be blank in all
    const auto other = corrected("other", "zstd");
    std::size_t equal = 0;
    for (std::size_t i = 0; i < one.size(); ++i) equal += one[i] == other[i] ? 1U : 0U;
    EXPECT_NEAR(static_cast<double>(equal) / static_cast<double>(one.size()), 0.5, 0.03);
}

TEST_F(CorrectedFrames, APatternMakesUnsignedPixelsSigned) {
    ProcessPlan plan;
    plan.koma = image_of(std::vector<float>(shape.pixels(), 0.5F));
    write("bytes", shape, Movie<std::int8_t>{std::vector<std::int8_t>(shape.pixels())});
    EXPECT_EQ(CorrectedReader(Reader(path("bytes"), {}, Mode0::as_unsigned), plan).frame_format().type,
              PixelType::int16);
    EXPECT_EQ(CorrectedReader(Reader(path("bytes"), {}, Mode0::as_signed), plan).frame_format().type, PixelType::int8);
    plan.koma_divides = true;
    EXPECT_EQ(CorrectedReader(Reader(path("bytes"), {}, Mode0::as_unsigned), plan).frame_format().type,
              PixelType::uint8);
}

TEST_F(CorrectedFrames, ASumInTheFileFindsTheSameOutliers) {
    CompressOptions options;
    options.keep_sum = true;
    (void)compress(Input::file(path("movie")), Output::file(path("with_sum")), options);
    ASSERT_TRUE(Reader(path("with_sum")).sum().has_value());
    EXPECT_EQ(sum_frames(Reader(path("with_sum"))), sum_frames(reader()));
    ProcessPlan plan;
    plan.outliers.emplace();
    EXPECT_EQ(all_frames<std::int16_t>(CorrectedReader(Reader(path("with_sum")), plan)),
              all_frames<std::int16_t>(CorrectedReader(reader(), plan)));
}

TEST_F(CorrectedFrames, EveryOutputTypeHoldsTheSameWholeValues) {
    const auto raw = values_of<std::int16_t>(path("movie"));
    ProcessPlan plan;
    plan.dtype = PixelType::float32;
    const auto as_floats = all_frames<float>(CorrectedReader(reader(), plan));
    plan.dtype = PixelType::int8;
    const auto as_bytes = all_frames<std::int8_t>(CorrectedReader(reader(), plan));
    plan.dtype = PixelType::uint32;
    const auto as_words = all_frames<std::uint32_t>(CorrectedReader(reader(), plan));
    for (std::size_t i = 0; i < raw.size(); ++i) {
        ASSERT_EQ(as_floats[i], raw[i]);
        ASSERT_EQ(as_bytes[i], raw[i]);
        ASSERT_EQ(as_words[i], static_cast<std::uint32_t>(raw[i]));
    }
}

TEST_F(CorrectedFrames, FourBitPixelsArePackedAgain) {
    CompressOptions options;
    options.dtype = PixelType::uint4;
    options.allowed.clip = true;
    (void)compress(Input::file(path("movie")), Output::file(path("packed")), options);
    ProcessPlan plan;
    plan.outliers.emplace();
    const CorrectedReader corrected(Reader(path("packed")), plan);
    EXPECT_EQ(corrected.frame_format().type, PixelType::uint4);
    Bytes frame(static_cast<std::size_t>(corrected.frame_bytes()));
    corrected.read_frame(0, frame);
    Bytes raw(frame.size());
    Reader(path("packed")).read_frame(0, raw);
    EXPECT_EQ(frame.front(), raw.front());
}

TEST_F(CorrectedFrames, AReferenceOfAnotherShapeSaysWhichTurnFits) {
    ProcessPlan plan;
    plan.gain =
        std::make_shared<const GainReference>(make_gain({{shape.ny, shape.nx}, std::vector<float>(shape.pixels(), 1)}));
    const Error error = kit::error_of([&] { const CorrectedReader corrected(reader(), plan); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(error.context(), path("movie").string());
    EXPECT_NE(error.message().find("quarter"), std::string::npos) << error.message();
}

TEST_F(CorrectedFrames, ComplexPixelsAndTypesAreRefused) {
    kit::write_file(path("complex"), kit::make_plain_file({.type = PixelType::complex_float32}));
    EXPECT_EQ(kit::error_of([&] { const CorrectedReader corrected(Reader(path("complex")), {}); }).code(),
              ErrorCode::invalid_argument);
    ProcessPlan plan;
    plan.dtype = PixelType::complex_float32;
    EXPECT_EQ(kit::error_of([&] { const CorrectedReader corrected(reader(), plan); }).code(),
              ErrorCode::invalid_argument);
}

TEST_F(CorrectedFrames, StacksAtTheEdgeAreDefined) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    ProcessPlan plan;
    plan.outliers.emplace();
    const auto first_frame = [&](const ImageShape& of, const Movie<float>& movie) {
        const CorrectedReader corrected(Reader(write("edge", of, movie)), plan);
        return all_frames<float>(corrected);
    };
    EXPECT_EQ(first_frame({1, 1}, {{3}}), (std::vector<float>{3}));
    EXPECT_EQ(first_frame({3, 2}, {std::vector<float>(6, 0), std::vector<float>(6, 0)}), std::vector<float>(12, 0));
    EXPECT_EQ(first_frame({4, 4}, {std::vector<float>(16, 7)}), std::vector<float>(16, 7));
    for (const float value : first_frame({3, 3}, {{1, 2, 1, 2, nan, 2, 1, 2, 1}})) EXPECT_FALSE(std::isnan(value));
}

}  // namespace mrcz::jobs_test
