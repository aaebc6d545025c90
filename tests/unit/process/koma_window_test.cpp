#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "mrcz/error.hpp"
#include "mrcz/koma.hpp"

namespace mrcz {
namespace {

using Movies = std::vector<std::int64_t>;

Movies range(std::int64_t first, std::int64_t last) {
    Movies movies(static_cast<std::size_t>(last - first + 1));
    std::iota(movies.begin(), movies.end(), first);
    return movies;
}

Movies without(Movies movies, std::int64_t movie) {
    std::erase(movies, movie);
    return movies;
}

KomaOptions of_radius(std::int64_t radius) {
    KomaOptions options;
    options.radius = radius;
    return options;
}

TEST(KomaWindow, FirstMovieIsCorrectedByThoseAfterIt) { EXPECT_EQ(koma_window(0, 60, of_radius(25)), range(1, 50)); }

TEST(KomaWindow, MovieInTheMiddleHasAsManyOnBothSides) {
    EXPECT_EQ(koma_window(30, 60, of_radius(25)), without(range(5, 55), 30));
}

TEST(KomaWindow, LastMovieIsCorrectedByThoseBeforeIt) { EXPECT_EQ(koma_window(59, 60, of_radius(25)), range(9, 58)); }

TEST(KomaWindow, HasAlwaysTwiceTheRadiusAndNeverItsOwnMovie) {
    for (const std::int64_t radius : {1, 2, 8, 25, 29}) {
        for (std::int64_t movie = 0; movie < 60; ++movie) {
            const Movies window = koma_window(movie, 60, of_radius(radius));
            EXPECT_EQ(window.size(), static_cast<std::size_t>(2 * radius)) << movie;
            EXPECT_EQ(std::ranges::count(window, movie), 0) << movie;
            EXPECT_TRUE(std::ranges::is_sorted(window)) << movie;
        }
    }
}

TEST(KomaWindow, ShortSessionGivesAllOtherMovies) {
    EXPECT_EQ(koma_window(3, 10, of_radius(25)), without(range(0, 9), 3));
    EXPECT_EQ(koma_window(3, 10, of_radius(INT64_MAX)), without(range(0, 9), 3));
}

TEST(KomaWindow, OneMovieHasNoOthers) { EXPECT_EQ(koma_window(0, 1, of_radius(25)), Movies{}); }

TEST(KomaWindow, TrailingTakesTheMoviesBefore) {
    KomaOptions options = of_radius(25);
    options.is_trailing = true;
    EXPECT_EQ(koma_window(0, 60, options), Movies{});
    EXPECT_EQ(koma_window(1, 60, options), Movies{0});
    EXPECT_EQ(koma_window(55, 60, options), range(5, 54));
    options.radius = INT64_MAX;
    EXPECT_EQ(koma_window(55, 60, options), range(0, 54));
}

TEST(KomaWindow, ExcludedMoviesAreReplacedByTheNextNearest) {
    std::vector<std::uint8_t> excluded(10);
    excluded[4] = excluded[6] = 1;
    EXPECT_EQ(koma_window(5, 10, of_radius(2), excluded), (Movies{2, 3, 7, 8}));
    EXPECT_EQ(koma_window(4, 10, of_radius(2), excluded), (Movies{2, 3, 5, 7}));
    EXPECT_EQ(koma_window(0, 10, of_radius(2), excluded), (Movies{1, 2, 3, 5}));
    KomaOptions trailing = of_radius(2);
    trailing.is_trailing = true;
    EXPECT_EQ(koma_window(7, 10, trailing, excluded), (Movies{1, 2, 3, 5}));
}

TEST(KomaWindow, WhereAllOthersAreExcludedThereAreNone) {
    const std::vector<std::uint8_t> excluded(5, 1);
    EXPECT_EQ(koma_window(2, 5, of_radius(2), excluded), Movies{});
}

TEST(KomaWindow, WrongArgumentsAreRejected) {
    const std::vector<std::uint8_t> too_few(3);
    EXPECT_THROW((void)koma_window(0, 5, of_radius(0)), Error);
    EXPECT_THROW((void)koma_window(5, 5, of_radius(2)), Error);
    EXPECT_THROW((void)koma_window(-1, 5, of_radius(2)), Error);
    EXPECT_THROW((void)koma_window(0, 5, of_radius(2), too_few), Error);
}

}  // namespace
}  // namespace mrcz
