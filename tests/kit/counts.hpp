// Counted electrons made from a seed: the same numbers on any machine.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace mrcz::kit {

/// SplitMix64 and what is drawn from it. The distributions of <random> differ between standard libraries.
class Counts {
  public:
    explicit Counts(std::uint64_t seed) : state_(seed) {}

    [[nodiscard]] std::uint64_t bits() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t word = state_;
        word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
        word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
        return word ^ (word >> 31);
    }

    /// In [0, 1).
    [[nodiscard]] double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

    /// 0 … below - 1, `below` at least 1.
    [[nodiscard]] std::size_t index(std::size_t below) {
        return static_cast<std::size_t>(uniform() * static_cast<double>(below));
    }

    /// Mean 0, standard deviation 1.
    [[nodiscard]] double normal() {
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

    /// Exact for any mean, in time proportional to it.
    [[nodiscard]] std::int64_t poisson(double mean) {
        constexpr double most_at_once = 32;  // exp(-32) still leaves the table of a uniform number fine enough
        std::int64_t count = 0;
        for (; mean > most_at_once; mean -= most_at_once) count += poisson_at_once(most_at_once);
        return count + poisson_at_once(mean);
    }

    /// A frame of counts of one mean, or of one a pixel.
    template <class Value>
    [[nodiscard]] std::vector<Value> frame(std::size_t pixels, double mean) {
        std::vector<Value> values(pixels);
        for (Value& value : values) value = static_cast<Value>(poisson(mean));
        return values;
    }
    template <class Value>
    [[nodiscard]] std::vector<Value> frame(std::span<const double> means) {
        std::vector<Value> values;
        values.reserve(means.size());
        for (const double mean : means) values.push_back(static_cast<Value>(poisson(mean)));
        return values;
    }

  private:
    [[nodiscard]] std::int64_t poisson_at_once(double mean) {
        double draw = uniform();
        double share = std::exp(-mean);
        std::int64_t count = 0;
        while (draw >= share && share > 0) {
            draw -= share;
            ++count;
            share *= mean / static_cast<double>(count);
        }
        return count;
    }

    std::uint64_t state_;
};

}  // namespace mrcz::kit
