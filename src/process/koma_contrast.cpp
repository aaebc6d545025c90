#include <algorithm>
#include <cmath>

#include "mrcz/koma.hpp"

namespace mrcz {
namespace {

constexpr std::int64_t block_side = 64;

struct Block {
    double total = 0;
    std::int64_t pixels = 0;
};

template <class Value>
std::vector<Block> blocks_of(const std::vector<Value>& values, const ImageShape& shape) {
    const std::int64_t across = (shape.nx + block_side - 1) / block_side;
    const std::int64_t down = (shape.ny + block_side - 1) / block_side;
    std::vector<Block> blocks(static_cast<std::size_t>(across * down));
    std::size_t index = 0;
    for (std::int64_t y = 0; y < shape.ny; ++y) {
        for (std::int64_t x = 0; x < shape.nx; ++x, ++index) {
            Block& block = blocks[static_cast<std::size_t>(y / block_side * across + x / block_side)];
            block.total += static_cast<double>(values[index]);
            ++block.pixels;
        }
    }
    return blocks;
}

/// Standard deviation of the blocks' means over the mean of all, each block weighing as many pixels as it has.
double relative_deviation(const std::vector<Block>& blocks) {
    double total = 0;
    double pixels = 0;
    for (const Block& block : blocks) {
        total += block.total;
        pixels += static_cast<double>(block.pixels);
    }
    const double mean = total / pixels;
    if (mean == 0) return 0;
    double squares = 0;
    for (const Block& block : blocks) {
        const double distance = block.total / static_cast<double>(block.pixels) - mean;
        squares += static_cast<double>(block.pixels) * distance * distance;
    }
    return std::sqrt(squares / pixels) / std::abs(mean);
}

/// Of at least one number; the mean of the middle two of an even count.
double median_of(std::vector<double> numbers) {
    std::ranges::sort(numbers);
    const std::size_t half = numbers.size() / 2;
    return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

}  // namespace

double block_contrast(const SumImage& sum) {
    const auto blocks = std::visit([&](const auto& values) { return blocks_of(values, sum.shape); }, sum.values);
    return blocks.size() < 2 ? 0 : relative_deviation(blocks);
}

std::vector<std::uint8_t> high_contrast(std::span<const double> contrasts, double deviations) {
    std::vector<std::uint8_t> marks(contrasts.size());
    std::vector<double> known;
    std::ranges::copy_if(contrasts, std::back_inserter(known), [](double contrast) { return std::isfinite(contrast); });
    if (contrasts.size() < 3 || known.empty()) return marks;
    const double median = median_of(known);
    std::vector<double> distances(known.size());
    std::ranges::transform(known, distances.begin(), [&](double contrast) { return std::abs(contrast - median); });
    const double most = median + deviations * median_of(distances);
    std::ranges::transform(contrasts, marks.begin(),
                           [&](double contrast) { return static_cast<std::uint8_t>(!(contrast <= most)); });
    return marks;
}

}  // namespace mrcz
