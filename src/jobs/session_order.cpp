#include "jobs/session_order.hpp"

#include <algorithm>

namespace mrcz::jobs {
namespace {

bool is_digit(char character) noexcept { return character >= '0' && character <= '9'; }

/// The digits in front, without zeros before them; they leave `text`.
std::string_view take_digits(std::string_view& text) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    std::string_view digits = text.substr(0, end);
    text.remove_prefix(end);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
}

}  // namespace

bool is_before_by_nature(std::string_view one, std::string_view other) {
    const std::string_view whole_one = one, whole_other = other;
    while (!one.empty() && !other.empty()) {
        if (is_digit(one.front()) && is_digit(other.front())) {
            const std::string_view a = take_digits(one), b = take_digits(other);
            if (a != b) return a.size() != b.size() ? a.size() < b.size() : a < b;
            continue;
        }
        if (one.front() != other.front())
            return static_cast<unsigned char>(one.front()) < static_cast<unsigned char>(other.front());
        one.remove_prefix(1);
        other.remove_prefix(1);
    }
    if (one.empty() != other.empty()) return one.empty();
    return whole_one < whole_other;  // the same but for zeros
}

bool sort_session(std::vector<TimedMovie>& movies) {
    const bool by_time = std::ranges::all_of(movies, [](const TimedMovie& movie) { return movie.seconds.has_value(); });
    std::ranges::stable_sort(movies, [by_time](const TimedMovie& one, const TimedMovie& other) {
        if (by_time && *one.seconds != *other.seconds) return *one.seconds < *other.seconds;
        return is_before_by_nature(one.path.string(), other.path.string());
    });
    return by_time;
}

}  // namespace mrcz::jobs
