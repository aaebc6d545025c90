#include "simd/rans.hpp"

namespace mrcz::simd {

const RansKernels& rans_kernels([[maybe_unused]] Level level) noexcept {
#if defined(MRCZ_SIMD_X86)
    if (level == Level::avx512) return avx512_rans;
    if (level == Level::avx2) return avx2_rans;
#endif
    return scalar_rans;
}

const RansKernels& rans_kernels() noexcept { return rans_kernels(best_level()); }

}  // namespace mrcz::simd
