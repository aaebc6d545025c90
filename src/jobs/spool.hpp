// Images that wait for their turn in an unlinked temporary file.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "io/descriptor.hpp"
#include "mrcz/outliers.hpp"
#include "mrcz/stack_sum.hpp"

namespace mrcz::jobs {

/// Only grows; what is stored stays until the spool goes.
class Spool {
  public:
    struct Place {
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
    };

    [[nodiscard]] Place put(std::span<const std::byte> bytes);
    void get(const Place& place, std::span<std::byte> into) const;

  private:
    io::Descriptor file_;
    std::uint64_t end_ = 0;
};

/// Sums take as few bytes a pixel as their largest value needs.
struct SpooledSum {
    Spool::Place place;
    ImageShape shape;
    std::int64_t frames = 0;
    int value_bytes = 0;  ///< 1, 2, 4 unsigned; 8 signed; 0: doubles
};

[[nodiscard]] SpooledSum put(Spool& spool, const SumImage& sum);
[[nodiscard]] SumImage get(const Spool& spool, const SpooledSum& spooled);

[[nodiscard]] Spool::Place put(Spool& spool, const std::vector<OutlierPixel>& pixels);
[[nodiscard]] std::vector<OutlierPixel> get(const Spool& spool, const Spool::Place& place);

}  // namespace mrcz::jobs
