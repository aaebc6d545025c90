// The sum over the window of any movie of a session, the same bits in whatever order movies are asked for.
#pragma once

#include <functional>
#include <optional>

#include "mrcz/koma.hpp"

namespace mrcz::jobs {

/// Whole numbers add up to the same in any order. Sums of doubles do not: windows of those begin anew at every 16th
/// movie and move from there, wherever the last one was.
class SessionWindow {
  public:
    using MembersOf = std::function<std::vector<std::int64_t>(std::int64_t movie)>;

    SessionWindow(const ImageShape& shape, bool has_fractions)
        : window_(shape), shape_(shape), has_fractions_(has_fractions) {}

    [[nodiscard]] const SumImage& around(std::int64_t movie, const MembersOf& members_of,
                                         const WindowSum::SumOf& sum_of, const RunContext& context);

  private:
    WindowSum window_;
    ImageShape shape_;
    bool has_fractions_;
    std::optional<std::int64_t> at_;  // the movie that the window is around
};

}  // namespace mrcz::jobs
