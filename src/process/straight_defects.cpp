#include "process/straight_defects.hpp"

#include <algorithm>
#include <map>

namespace mrcz {
namespace {

struct Place {
    std::int64_t x = 0, y = 0;
};

using Group = std::vector<Place>;

/// Splits pixels into groups whose members touch, by sides or corners.
class Grouping {
  public:
    Grouping(const ImageShape& shape, std::span<const std::uint64_t> pixels)
        : nx_(shape.nx), pixels_(pixels), is_taken_(pixels.size()) {}

    [[nodiscard]] std::vector<Group> groups() {
        std::vector<Group> all;
        for (std::size_t i = 0; i < pixels_.size(); ++i)
            if (!is_taken_[i]) all.push_back(group_from(i));
        return all;
    }

  private:
    [[nodiscard]] Place place_of(std::size_t number) const {
        const auto at = static_cast<std::int64_t>(pixels_[number]);
        return {at % nx_, at / nx_};
    }

    [[nodiscard]] Group group_from(std::size_t first) {
        Group group;
        waiting_.assign(1, first);
        is_taken_[first] = true;
        while (!waiting_.empty()) {
            group.push_back(place_of(waiting_.back()));
            waiting_.pop_back();
            const Place at = group.back();
            for (std::int64_t y = at.y - 1; y <= at.y + 1; ++y) take_row(at.x, y);
        }
        return group;
    }

    void take_row(std::int64_t x, std::int64_t y) {
        if (y < 0) return;
        const auto first = static_cast<std::uint64_t>(y * nx_ + std::max<std::int64_t>(x - 1, 0));
        const auto last = static_cast<std::uint64_t>(y * nx_ + std::min(x + 1, nx_ - 1));
        const auto from = std::ranges::lower_bound(pixels_, first);
        for (auto i = static_cast<std::size_t>(from - pixels_.begin()); i < pixels_.size() && pixels_[i] <= last; ++i) {
            if (is_taken_[i]) continue;
            is_taken_[i] = true;
            waiting_.push_back(i);
        }
    }

    std::int64_t nx_;
    std::span<const std::uint64_t> pixels_;
    std::vector<bool> is_taken_;
    std::vector<std::size_t> waiting_;
};

/// How many pixels of a group each of its columns has, or each of its rows.
using Lines = std::map<std::int64_t, std::int64_t>;

struct Extent {
    std::int64_t first = 0, last = 0;
    [[nodiscard]] std::int64_t length() const { return last - first + 1; }
};

Extent extent_of(const Group& group, std::int64_t Place::*along) {
    const auto [first, last] = std::ranges::minmax(group, {}, along);
    return {first.*along, last.*along};
}

/// The pixels of a group in lines across which it lies as a band; none where it is no band.
Group band_of(const Group& group, std::int64_t Place::*across, std::int64_t Place::*along) {
    constexpr std::int64_t widest = 16, shortest = 16, times_as_long = 8;
    const std::int64_t length = extent_of(group, along).length();
    if (length < shortest) return {};
    Lines lines;
    for (const Place& place : group) ++lines[place.*across];
    std::erase_if(lines, [&](const auto& line) { return 2 * line.second < length; });
    const auto width = std::ssize(lines);
    if (width == 0 || width > widest || length < times_as_long * width) return {};
    Group band;
    std::ranges::copy_if(group, std::back_inserter(band),
                         [&](const Place& place) { return lines.contains(place.*across); });
    return 5 * band.size() >= 4 * group.size() ? band : Group{};
}

}  // namespace

std::vector<std::uint64_t> straight_defects(const ImageShape& shape, std::span<const std::uint64_t> pixels) {
    std::vector<std::uint64_t> found;
    for (const Group& group : Grouping(shape, pixels).groups()) {
        Group band = band_of(group, &Place::x, &Place::y);
        if (band.empty()) band = band_of(group, &Place::y, &Place::x);
        for (const Place& place : band) found.push_back(static_cast<std::uint64_t>(place.y * shape.nx + place.x));
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace mrcz
