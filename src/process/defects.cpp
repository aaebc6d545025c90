#include <algorithm>
#include <limits>

#include "base/fail.hpp"
#include "mrcz/gain.hpp"

namespace mrcz {
namespace {

bool is_inside(std::int64_t first, std::int64_t count, std::int64_t size) {
    return first >= 0 && first < size && count >= 1 && count <= size - first;
}

/// A rectangle is +1 where it begins and -1 behind its ends: sums of these along rows and columns tell how many lie on
/// a pixel, at a cost that does not depend on how large they are.
class Corners {
  public:
    explicit Corners(const ImageShape& shape)
        : width_(static_cast<std::size_t>(shape.nx) + 1), counts_(width_ * (static_cast<std::size_t>(shape.ny) + 1)) {}

    void add(const DefectRectangle& defect) {
        at(defect.x, defect.y) += 1;
        at(defect.x + defect.columns, defect.y) -= 1;
        at(defect.x, defect.y + defect.rows) -= 1;
        at(defect.x + defect.columns, defect.y + defect.rows) += 1;
    }

    [[nodiscard]] std::vector<std::uint8_t> mask(const ImageShape& shape) && {
        std::vector<std::uint8_t> mask(shape.pixels());
        auto to = mask.begin();
        for (std::int64_t y = 0; y < shape.ny; ++y) {
            std::int32_t covering = 0;
            for (std::int64_t x = 0; x < shape.nx; ++x) {
                if (y > 0) at(x, y) += at(x, y - 1);
                covering += at(x, y);
                *to++ = covering != 0;
            }
        }
        return mask;
    }

  private:
    std::int32_t& at(std::int64_t x, std::int64_t y) {
        return counts_[static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x)];
    }

    std::size_t width_;
    std::vector<std::int32_t> counts_;
};

}  // namespace

std::vector<std::uint8_t> defect_mask(std::span<const DefectRectangle> defects, const ImageShape& shape) {
    if (defects.size() > std::numeric_limits<std::int32_t>::max())
        fail(ErrorCode::invalid_argument, defects.size(), " defects are too many");
    Corners corners(shape);
    for (const DefectRectangle& defect : defects) {
        if (!is_inside(defect.x, defect.columns, shape.nx) || !is_inside(defect.y, defect.rows, shape.ny))
            fail(ErrorCode::invalid_argument, "a defect of ", defect.columns, " x ", defect.rows, " pixels at column ",
                 defect.x, ", row ", defect.y, " is not within ", shape.nx, " x ", shape.ny, " pixels");
        corners.add(defect);
    }
    return std::move(corners).mask(shape);
}

std::vector<std::uint8_t> defect_mask(const FloatImage& map) {
    std::vector<std::uint8_t> mask(map.values.size());
    std::ranges::transform(map.values, mask.begin(), [](float value) { return static_cast<std::uint8_t>(value != 0); });
    return mask;
}

std::vector<DefectRectangle> defect_rectangles(std::span<const std::uint8_t> mask, const ImageShape& shape) {
    if (mask.size() != shape.pixels())
        fail(ErrorCode::invalid_argument, "defect map of ", mask.size(), " pixels for an image of ", shape.nx, " x ",
             shape.ny);
    std::vector<DefectRectangle> defects;
    std::vector<std::size_t> above, here;  // runs of the row before and of this one, by rising column
    for (std::int64_t y = 0; y < shape.ny; ++y) {
        const std::uint8_t* row = mask.data() + y * shape.nx;
        auto candidate = above.begin();
        for (std::int64_t x = 0; x < shape.nx;) {
            if (row[x] == 0) {
                ++x;
                continue;
            }
            const std::int64_t end = std::find(row + x, row + shape.nx, 0) - row;
            while (candidate != above.end() && defects[*candidate].x < x) ++candidate;
            if (candidate != above.end() && defects[*candidate].x == x && defects[*candidate].columns == end - x) {
                defects[*candidate].rows += 1;
                here.push_back(*candidate);
            } else {
                here.push_back(defects.size());
                defects.push_back({x, y, end - x, 1});
            }
            x = end;
        }
        above = std::move(here);
        here.clear();
    }
    return defects;
}

}  // namespace mrcz
