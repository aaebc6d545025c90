#include "jobs/session_window.hpp"

namespace mrcz::jobs {

const SumImage& SessionWindow::around(std::int64_t movie, const MembersOf& members_of, const WindowSum::SumOf& sum_of,
                                      const RunContext& context) {
    if (!has_fractions_) return window_.move_to(members_of(movie), sum_of, context);
    constexpr std::int64_t movies_between_new_starts = 16;
    const std::int64_t start = movie / movies_between_new_starts * movies_between_new_starts;
    if (!at_ || *at_ < start || *at_ > movie) {
        window_ = WindowSum(shape_);
        at_ = start;
        (void)window_.move_to(members_of(start), sum_of, context);
    }
    while (*at_ < movie) (void)window_.move_to(members_of(++*at_), sum_of, context);
    return window_.sum();
}

}  // namespace mrcz::jobs
