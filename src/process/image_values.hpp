// The pixels of a sum as numbers, whatever they are stored as; shapes that have to agree.
#pragma once

#include <string_view>
#include <variant>

#include "base/fail.hpp"
#include "mrcz/gain.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz::process {

/// Calls `use` with the vector of values, of whichever type.
template <class Use>
decltype(auto) with_values(const SumImage& sum, Use&& use) {
    return std::visit(std::forward<Use>(use), sum.values);
}

/// Throws Error{invalid_argument} with the hint unless `reference`, which is called `what`, fits the movie.
inline void require_fit(const ImageShape& movie, const ImageShape& reference, std::string_view what) {
    if (movie != reference) fail(ErrorCode::invalid_argument, what, ": ", mismatch_hint(movie, reference));
}

}  // namespace mrcz::process
