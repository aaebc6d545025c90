// A list of defects as text, for a camera of 24 x 16 pixels.
#include <array>
#include <string_view>

#include "base/fail.hpp"
#include "mrcz/gain.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

constexpr std::array<std::string_view, 4> lists{
    "# x y w h\n0 0 3 1\n7,5,1,11\n",
    "CameraSizeX 24\nCameraSizeY 16\nWasScaled 0\nUsableArea 0 0 15 23\nBadPixels 3 4 5 6\nBadColumns 7 8\nBadRows 2\n",
    "CameraSizeX 12\nCameraSizeY 8\nPartialBadColumn 4 2 3 7\nPartialBadRow 4 2 3 9\n",
    "CameraSizeX 48\nCameraSizeY 32\nWasScaled 1\nBadPixels 2 2\n",
};

}  // namespace

void run_defects(std::span<const std::byte> input) {
    constexpr ImageShape shape{24, 16};
    const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    const auto mask = defect_mask(parse_defects(text, "defects", shape), shape);
    if (defect_mask(defect_rectangles(mask, shape), shape) != mask)
        fail(ErrorCode::internal, "a mask does not come back from its rectangles");
}

std::vector<Bytes> defects_seeds() {
    std::vector<Bytes> seeds;
    for (const std::string_view list : lists) {
        const auto bytes = std::as_bytes(std::span(list));
        seeds.emplace_back(bytes.begin(), bytes.end());
        run_defects(seeds.back());  // none is refused
    }
    return seeds;
}

}  // namespace mrcz::fuzz
