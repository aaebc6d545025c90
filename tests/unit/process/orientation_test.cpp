#include <gtest/gtest.h>

#include <set>

#include "kit/counts.hpp"
#include "mrcz/error.hpp"
#include "mrcz/gain.hpp"
#include "mrcz/thread_executor.hpp"

namespace mrcz {
namespace {

// As it is shown, row 0 at the bottom:   4 5 6
//                                        1 2 3
const FloatImage six{{3, 2}, {1, 2, 3, 4, 5, 6}};

TEST(GainOrientation, QuarterTurnsAreCounterClockwiseWithRowZeroAtTheBottom) {
    const FloatImage once = oriented(six, {1, GainFlip::none});
    EXPECT_EQ(once.shape, (ImageShape{2, 3}));
    EXPECT_EQ(once.values, (std::vector<float>{4, 1, 5, 2, 6, 3}));
    EXPECT_EQ(oriented(six, {2, GainFlip::none}).values, (std::vector<float>{6, 5, 4, 3, 2, 1}));
    EXPECT_EQ(oriented(six, {3, GainFlip::none}).values, (std::vector<float>{3, 6, 2, 5, 1, 4}));
}

TEST(GainOrientation, FlipsComeAfterTurns) {
    EXPECT_EQ(oriented(six, {0, GainFlip::upside_down}).values, (std::vector<float>{4, 5, 6, 1, 2, 3}));
    EXPECT_EQ(oriented(six, {0, GainFlip::left_right}).values, (std::vector<float>{3, 2, 1, 6, 5, 4}));
    EXPECT_EQ(oriented(six, {1, GainFlip::upside_down}).values, (std::vector<float>{6, 3, 5, 2, 4, 1}));
    EXPECT_EQ(oriented(six, {1, GainFlip::left_right}).values, (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(GainOrientation, FourTurnsAreNone) {
    FloatImage turned = six;
    for (int turn = 0; turn < 4; ++turn) turned = oriented(turned, {1, GainFlip::none});
    EXPECT_EQ(turned.values, six.values);
    EXPECT_THROW((void)oriented(six, {4, GainFlip::none}), Error);
}

TEST(GainOrientation, IsDescribedForPeople) {
    EXPECT_EQ(description_of({}), "as it is");
    EXPECT_EQ(description_of({3, GainFlip::left_right}),
              "turned by 270 degrees counter-clockwise, then flipped left to right");
    EXPECT_EQ(description_of({0, GainFlip::upside_down}), "flipped upside down");
}

/// A gain of 5 % spread and the sum of 20 frames of 2 counts that it flattens when turned and flipped so.
struct Scene {
    Scene(const ImageShape& stored, const GainOrientation& orientation) {
        kit::Counts counts(7);
        FloatImage image{stored, std::vector<float>(stored.pixels())};
        for (float& value : image.values) value = static_cast<float>(1 + 0.05 * counts.normal());
        gain = make_gain(image);
        const FloatImage placed = oriented(image, orientation);
        std::vector<std::uint32_t> values;
        for (const float factor : placed.values)
            values.push_back(static_cast<std::uint32_t>(counts.poisson(40 / factor)));
        sum = {placed.shape, 20, std::move(values)};
    }

    GainReference gain;
    SumImage sum;
};

TEST(OrientationScores, AllEightAreFoundByTheSumTheyFlatten) {
    for (const GainFlip flip : {GainFlip::none, GainFlip::upside_down})
        for (int turns = 0; turns < 4; ++turns) {
            const Scene scene({96, 96}, {turns, flip});
            const auto scores = score_orientations(scene.sum, scene.gain);
            ASSERT_EQ(scores.size(), 8);
            EXPECT_EQ(scores[0].orientation, (GainOrientation{turns, flip}));
            EXPECT_GT(margin_of(scores), 0.03);
        }
}

TEST(OrientationScores, EightOrientationsAreEightDifferentImages) {
    const Scene scene({16, 16}, {});
    std::set<std::vector<float>> images;
    for (const OrientationScore& score : score_orientations(scene.sum, scene.gain))
        images.insert(oriented(scene.gain.factors, score.orientation).values);
    EXPECT_EQ(images.size(), 8);
}

TEST(OrientationScores, OfRectanglesFourFit) {
    for (const int turns : {1, 2}) {
        const Scene scene({96, 64}, {turns, GainFlip::upside_down});
        const auto scores = score_orientations(scene.sum, scene.gain);
        ASSERT_EQ(scores.size(), 4);
        EXPECT_EQ(scores[0].orientation, (GainOrientation{turns, GainFlip::upside_down}));
    }
}

TEST(OrientationScores, HotPixelsDoNotDecide) {
    Scene scene({96, 96}, {3, GainFlip::upside_down});
    auto& values = std::get<std::vector<std::uint32_t>>(scene.sum.values);
    for (std::size_t pixel = 0; pixel < values.size(); pixel += 200) values[pixel] = 40 * 200;
    const auto scores = score_orientations(scene.sum, scene.gain);
    EXPECT_EQ(scores[0].orientation, (GainOrientation{3, GainFlip::upside_down}));
    EXPECT_GT(margin_of(scores), 0.03);
}

TEST(OrientationScores, DoNotDependOnThreads) {
    const Scene scene({96, 96}, {1, GainFlip::none});
    ThreadExecutor pool(3);
    RunContext context;
    context.executor = &pool;
    const auto alone = score_orientations(scene.sum, scene.gain);
    const auto together = score_orientations(scene.sum, scene.gain, context);
    for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(alone[i].deviation, together[i].deviation);
}

TEST(OrientationScores, AGainWithoutPatternIsATossUp) {
    Scene scene({16, 16}, {});
    scene.gain = make_gain({{16, 16}, std::vector<float>(256, 1)});
    EXPECT_EQ(margin_of(score_orientations(scene.sum, scene.gain)), 0);
}

TEST(OrientationScores, AReferenceThatFitsInNoWayIsRefusedWithAHint) {
    const Scene scene({32, 32}, {});
    const SumImage smaller{{16, 16}, 1, std::vector<std::uint32_t>(256, 1)};
    try {
        (void)score_orientations(smaller, scene.gain);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        EXPECT_NE(error.message().find("2 times as large"), std::string::npos);
    }
}

}  // namespace
}  // namespace mrcz
