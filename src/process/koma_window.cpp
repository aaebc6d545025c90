#include <algorithm>

#include "base/fail.hpp"
#include "mrcz/koma.hpp"

namespace mrcz {
namespace {

void check_arguments(std::int64_t movie, std::int64_t movies, const KomaOptions& options,
                     std::span<const std::uint8_t> excluded) {
    if (options.radius < 1) {
        fail(ErrorCode::invalid_argument, "KOMA radius ", options.radius, ": expected at least 1 movie");
    }
    if (movie < 0 || movie >= movies) {
        fail(ErrorCode::invalid_argument, "movie ", movie, " of a session of ", movies, ": expected 0 to ", movies - 1);
    }
    if (!excluded.empty() && static_cast<std::int64_t>(excluded.size()) != movies) {
        fail(ErrorCode::invalid_argument, excluded.size(), " marks of exclusion for ", movies,
             " movies: expected one a movie, or none");
    }
}

}  // namespace

std::vector<std::int64_t> koma_window(std::int64_t movie, std::int64_t movies, const KomaOptions& options,
                                      std::span<const std::uint8_t> excluded) {
    check_arguments(movie, movies, options, excluded);
    std::vector<std::int64_t> left;
    std::int64_t place = 0;
    for (std::int64_t other = 0; other < movies; ++other) {
        if (other == movie) place = static_cast<std::int64_t>(left.size());
        const bool is_left = excluded.empty() || excluded[static_cast<std::size_t>(other)] == 0;
        if (other == movie || is_left) left.push_back(other);
    }
    const auto count = static_cast<std::int64_t>(left.size());
    // A radius beyond the session means all of it, and twice a huge one would overflow.
    const std::int64_t radius = std::min(options.radius, count);
    const std::int64_t width = std::min(2 * radius + 1, count);
    const std::int64_t first = options.is_trailing ? std::max<std::int64_t>(place - 2 * radius, 0)
                                                   : std::clamp<std::int64_t>(place - radius, 0, count - width);
    const std::int64_t end = options.is_trailing ? place : first + width;
    std::vector<std::int64_t> window(left.begin() + first, left.begin() + end);
    std::erase(window, movie);
    return window;
}

}  // namespace mrcz
