// Sample frames as the numbers that tables are made of: above the least pixel or above a base of their own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "codec/rans/model.hpp"

namespace mrcz::codec::rans {

class SampleValues {
  public:
    explicit SampleValues(const LearningSet& set);

    /// Larger values count as the last, which is out of every table's range.
    static constexpr std::size_t most_values = 65536;

    /// Whose sum 32 bits hold.
    static constexpr std::size_t most_samples = 65536;

    /// Subtracts the pedestal of an integrating detector, too.
    void find_base();
    [[nodiscard]] std::uint32_t least() const { return least_; }
    [[nodiscard]] const std::vector<std::uint32_t>& base() const { return base_; }

    /// Of pixels first … of a sample.
    void read(std::size_t sample, std::size_t first, std::span<std::uint16_t> values) const;
    /// The sum over all samples, by pixel. The greatest value is kept on the way.
    [[nodiscard]] std::vector<std::uint32_t> sums();
    [[nodiscard]] std::uint16_t greatest() const { return greatest_; }

  private:
    [[nodiscard]] std::uint32_t median_spread() const;

    const LearningSet& set_;
    PixelKind kind_;
    std::uint32_t least_ = 0;
    std::uint16_t greatest_ = 0;
    std::vector<std::uint32_t> base_;
};

}  // namespace mrcz::codec::rans
