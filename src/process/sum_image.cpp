#include "mrcz/sum_image.hpp"

#include "base/fail.hpp"

namespace mrcz {

FrameSummer::FrameSummer(const FrameFormat& format) : format_(format) {
    sum_.shape = {format.nx, format.ny};
}

void FrameSummer::add(std::span<const std::byte>, const RunContext&) {
    fail(ErrorCode::unsupported, "sums of ", info_of(format_.type).name, " frames");
}

SumImage FrameSummer::take() {
    SumImage taken = std::move(sum_);
    sum_ = {};
    sum_.shape = taken.shape;
    return taken;
}

}  // namespace mrcz
