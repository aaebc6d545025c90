#include <array>
#include <optional>

#include "base/text.hpp"
#include "mrcz/gain.hpp"

namespace mrcz {
namespace {

std::string text_of(const ImageShape& shape) { return concat(shape.nx, " x ", shape.ny); }

ImageShape turned(const ImageShape& shape) { return {shape.ny, shape.nx}; }

/// How many times wider and higher than `small` `large` is, if that is the same whole number greater than 1.
std::optional<std::int64_t> factor_of(const ImageShape& large, const ImageShape& small) {
    if (small.nx <= 0 || small.ny <= 0 || large.nx % small.nx != 0 || large.ny % small.ny != 0) return std::nullopt;
    const std::int64_t factor = large.nx / small.nx;
    if (factor < 2 || factor != large.ny / small.ny) return std::nullopt;
    return factor;
}

/// What makes the sizes agree when the sides already stand the right way.
std::string scaling_hint(const ImageShape& movie, const ImageShape& reference) {
    if (const auto factor = factor_of(reference, movie))
        return concat("it is ", *factor, " times as large in both directions: the movie is binned by ", *factor,
                      ", and the reference must be, too");
    if (const auto factor = factor_of(movie, reference))
        return concat("it is ", *factor,
                      " times smaller in both directions: the movie is of super-resolution, the reference is not; take "
                      "the reference of super-resolution, or bin the movie by ",
                      *factor);
    return {};
}

}  // namespace

std::string mismatch_hint(const ImageShape& movie, const ImageShape& reference) {
    if (movie == reference) return {};
    const std::string shapes =
        concat("the reference has ", text_of(reference), " pixels, the movie ", text_of(movie), "; ");
    if (turned(reference) == movie)
        return concat(shapes, "turned by a quarter it would fit: rotate it by 1 or 3 quarter turns");
    if (std::string hint = scaling_hint(movie, reference); !hint.empty()) return shapes + hint;
    if (std::string hint = scaling_hint(movie, turned(reference)); !hint.empty())
        return concat(shapes, "turned by a quarter, ", hint);
    return concat(shapes, "no turn and no binning makes them agree: it belongs to another camera or another mode");
}

}  // namespace mrcz
