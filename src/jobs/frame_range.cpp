#include <algorithm>
#include <charconv>
#include <optional>

#include "base/fail.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {
namespace {

/// An end of a range; empty text is `otherwise`, negative numbers count from the end.
std::optional<std::int64_t> parse_end(std::string_view text, std::int64_t frames, std::int64_t otherwise) {
    if (text.empty()) return otherwise;
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return number < 0 ? number + frames : number;
}

}  // namespace

FrameRange FrameRange::parse(std::string_view text, std::int64_t frames) {
    const std::size_t colon = text.find(':');
    const auto first = parse_end(text.substr(0, colon), frames, 0);
    const auto last = colon == std::string_view::npos
                          ? (first ? std::optional(std::min(*first, frames) + 1) : std::nullopt)
                          : parse_end(text.substr(colon + 1), frames, frames);
    if (text.empty() || !first || !last)
        fail(ErrorCode::invalid_argument, "frames '", printable(text),
             "': expected FIRST:END such as 10:20, :5 or -1:");
    if (*first < 0 || *last > frames || *first >= *last)
        fail(ErrorCode::invalid_argument, "frames ", printable(text), ": ",
             *first >= *last ? "no frame lies in that range; " : "", "the file has frames 0 to ", frames - 1,
             " (0-based, the end is not included)");
    return {*first, *last};
}

}  // namespace mrcz
