#include "process/nelder_mead.hpp"

#include <algorithm>
#include <cmath>

namespace mrcz {
namespace {

struct Corner {
    Point2 at;
    double value;
};

Point2 between(const Point2& from, const Point2& to, double share) {
    return {from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])};
}

using Function = std::function<double(const Point2&)>;

class Simplex {
  public:
    Simplex(const Function& function, const Point2& start, double step)
        : function_(function),
          corners_{corner(start), corner({start[0] + step, start[1]}), corner({start[0], start[1] + step})} {
        sort();
    }

    [[nodiscard]] const Corner& best() const { return corners_[0]; }
    [[nodiscard]] double size() const {
        double size = 0;
        for (const Corner& corner : corners_)
            size = std::max({size, std::abs(corner.at[0] - best().at[0]), std::abs(corner.at[1] - best().at[1])});
        return size;
    }

    void step() {
        Corner& worst = corners_[2];
        const Point2 middle = between(corners_[0].at, corners_[1].at, 0.5);
        const Corner reflected = corner(between(worst.at, middle, 2));
        if (reflected.value < best().value) {
            const Corner expanded = corner(between(worst.at, middle, 3));
            worst = expanded.value < reflected.value ? expanded : reflected;
        } else if (reflected.value < corners_[1].value) {
            worst = reflected;
        } else {
            contract(middle, reflected);
        }
        sort();
    }

  private:
    void contract(const Point2& middle, const Corner& reflected) {
        Corner& worst = corners_[2];
        const bool is_outside = reflected.value < worst.value;
        const Corner contracted = corner(between(is_outside ? reflected.at : worst.at, middle, 0.5));
        if (contracted.value < std::min(reflected.value, worst.value)) {
            worst = contracted;
            return;
        }
        for (std::size_t i : {1, 2}) corners_[i] = corner(between(corners_[i].at, best().at, 0.5));
    }

    [[nodiscard]] Corner corner(const Point2& at) const { return {at, function_(at)}; }

    void sort() { std::ranges::stable_sort(corners_, {}, &Corner::value); }

    const Function& function_;
    std::array<Corner, 3> corners_;
};

}  // namespace

Point2 nelder_mead(const Function& function, const Point2& start, double step) {
    constexpr int most_steps = 150;
    constexpr double least_size = 1e-7;
    Simplex simplex(function, start, step);
    for (int i = 0; i < most_steps && simplex.size() > least_size; ++i) simplex.step();
    return simplex.best().at;
}

}  // namespace mrcz
