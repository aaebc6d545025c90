#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "mrcz/koma.hpp"

namespace mrcz {
namespace {

/// Pixels a thread takes at once.
constexpr std::size_t band_pixels = std::size_t{1} << 20;
/// After so many moves the rounding of a sum of doubles is wiped out.
constexpr int moves_between_new_starts = 64;

/// Whole numbers go round at the end of their range, so that what came can always go again.
template <class Total, class Value>
void combine(Total* total, const Value* values, std::size_t count, bool is_added) {
    using Sum = std::conditional_t<std::is_same_v<Total, std::int64_t>, std::uint64_t, Total>;
    const auto sum_of = [](Total one, Value other) { return static_cast<Sum>(one) + static_cast<Sum>(other); };
    const auto rest_of = [](Total one, Value other) { return static_cast<Sum>(one) - static_cast<Sum>(other); };
    if (is_added) {
        for (std::size_t i = 0; i < count; ++i) total[i] = static_cast<Total>(sum_of(total[i], values[i]));
    } else {
        for (std::size_t i = 0; i < count; ++i) total[i] = static_cast<Total>(rest_of(total[i], values[i]));
    }
}

template <class Total, class Value>
void combine(std::vector<Total>& total, const std::vector<Value>& values, bool is_added, const RunContext& context) {
    const std::size_t pixels = total.size();
    const auto bands = static_cast<std::int64_t>((pixels + band_pixels - 1) / band_pixels);
    run_parallel(
        bands,
        [&](std::int64_t band) {
            const std::size_t first = static_cast<std::size_t>(band) * band_pixels;
            combine(total.data() + first, values.data() + first, std::min(band_pixels, pixels - first), is_added);
        },
        context);
}

/// Whole values are added to whole ones; once a sum of doubles has come, all are doubles.
void combine(SumImage& total, const SumImage& sum, bool is_added, const RunContext& context) {
    if (sum.shape != total.shape) {
        fail(ErrorCode::invalid_argument, "a sum of ", sum.shape.nx, " x ", sum.shape.ny, " pixels: expected ",
             total.shape.nx, " x ", total.shape.ny, " like the other movies of the session");
    }
    using Whole = std::vector<std::int64_t>;
    using Fractions = std::vector<double>;
    if (std::holds_alternative<Fractions>(sum.values) && std::holds_alternative<Whole>(total.values)) {
        const Whole& whole = std::get<Whole>(total.values);
        total.values = Fractions(whole.begin(), whole.end());
    }
    std::visit(
        [&](const auto& values) {
            if (auto* fractions = std::get_if<Fractions>(&total.values)) {
                combine(*fractions, values, is_added, context);
            } else {
                combine(std::get<Whole>(total.values), values, is_added, context);
            }
        },
        sum.values);
    total.frames += is_added ? sum.frames : -sum.frames;
}

}  // namespace

RunningSum::RunningSum(const ImageShape& shape) {
    sum_.shape = shape;
    sum_.values = std::vector<std::int64_t>(shape.pixels());
}

void RunningSum::add(const SumImage& sum, const RunContext& context) { combine(sum_, sum, true, context); }

void RunningSum::subtract(const SumImage& sum, const RunContext& context) { combine(sum_, sum, false, context); }

void WindowSum::start_anew() {
    running_ = RunningSum(running_.sum().shape);
    members_.clear();
    moves_ = 0;
}

const SumImage& WindowSum::move_to(std::vector<std::int64_t> members, const SumOf& sum_of, const RunContext& context) {
    const bool has_fractions = std::holds_alternative<std::vector<double>>(running_.sum().values);
    if (has_fractions && moves_ == moves_between_new_starts) start_anew();
    std::vector<std::int64_t> coming;
    std::vector<std::int64_t> going;
    std::ranges::set_difference(members, members_, std::back_inserter(coming));
    std::ranges::set_difference(members_, members, std::back_inserter(going));
    if (coming.size() + going.size() > members.size()) {
        start_anew();
        coming = members;
        going.clear();
    }
    for (const std::int64_t movie : coming) running_.add(sum_of(movie), context);
    for (const std::int64_t movie : going) running_.subtract(sum_of(movie), context);
    members_ = std::move(members);
    ++moves_;
    return running_.sum();
}

}  // namespace mrcz
