#include "jobs/session_window.hpp"

#include <gtest/gtest.h>

#include "kit/counts.hpp"

namespace mrcz::jobs {
namespace {

constexpr ImageShape shape{32, 8};
constexpr std::int64_t movies = 45;

std::vector<SumImage> sums_of_fractions() {
    kit::Counts counts(3);
    std::vector<SumImage> sums;
    for (std::int64_t movie = 0; movie < movies; ++movie) {
        std::vector<double> values(shape.pixels());
        for (double& value : values) value = 100 * counts.uniform();
        sums.push_back({shape, 4, std::move(values)});
    }
    return sums;
}

std::vector<std::int64_t> members_of(std::int64_t movie) {
    KomaOptions options;
    options.radius = 4;
    return koma_window(movie, movies, options);
}

class SessionWindows : public testing::Test {
  public:
    [[nodiscard]] SumImage around(SessionWindow& window, std::int64_t movie) const {
        return window.around(movie, members_of, sum_of, {});
    }

    std::vector<SumImage> sums = sums_of_fractions();
    WindowSum::SumOf sum_of = [this](std::int64_t movie) -> const SumImage& {
        return sums[static_cast<std::size_t>(movie)];
    };
};

}  // namespace

TEST_F(SessionWindows, OfFractionsAreTheSameBitsInAnyOrder) {
    SessionWindow in_order(shape, true), backwards(shape, true), leaping(shape, true);
    std::vector<SumImage> expected;
    for (std::int64_t movie = 0; movie < movies; ++movie) expected.push_back(around(in_order, movie));
    for (std::int64_t i = 0; i < movies; ++i) {
        const std::int64_t back = movies - 1 - i, leap = i * 7 % movies;
        EXPECT_EQ(around(backwards, back), expected[static_cast<std::size_t>(back)]) << back;
        EXPECT_EQ(around(leaping, leap), expected[static_cast<std::size_t>(leap)]) << leap;
        EXPECT_EQ(around(leaping, leap), expected[static_cast<std::size_t>(leap)]) << leap << " again";
    }
}

TEST_F(SessionWindows, MovedOverFractionsFromElsewhereDifferInTheirLastBits) {
    WindowSum moved(shape);
    bool differs = false;
    for (std::int64_t movie = 0; movie < movies; ++movie) {
        WindowSum anew(shape);
        differs = differs || moved.move_to(members_of(movie), sum_of) != anew.move_to(members_of(movie), sum_of);
    }
    EXPECT_TRUE(differs);
}

TEST_F(SessionWindows, OfFractionsAskForFewSumsAMovieInOrder) {
    int asked = 0;
    const auto counted = [&](std::int64_t movie) -> const SumImage& {
        ++asked;
        return sums[static_cast<std::size_t>(movie)];
    };
    SessionWindow window(shape, true);
    for (std::int64_t movie = 0; movie < movies; ++movie) (void)window.around(movie, members_of, counted, {});
    EXPECT_LE(asked, 3 * 8 + 4 * movies);
}

}  // namespace mrcz::jobs
