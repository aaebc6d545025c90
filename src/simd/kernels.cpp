#include "simd/kernels.hpp"

#include <algorithm>
#include <iterator>

#include "simd/level_table.hpp"

#if defined(MRCZ_SIMD_X86)
#include <cpuid.h>
#endif

namespace mrcz::simd {
namespace {

#if defined(MRCZ_SIMD_X86)
// __builtin_cpu_supports knows "f16c" from clang 16 on only.
bool has_f16c() noexcept {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_F16C) != 0;
}

// The features tested here are the flags that room.cmake gives to level/avx2.cpp and level/avx512.cpp.
Level detect_level() noexcept {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2") || !has_f16c()) return Level::scalar;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    return avx512 ? Level::avx512 : Level::avx2;
}
#else
Level detect_level() noexcept { return Level::scalar; }
#endif

template <const LevelTable& Table>
void byteswap(std::span<std::byte> data, std::size_t word_bytes) {
    Table.byteswap(data.data(), data.size(), word_bytes);
}

template <const LevelTable& Table>
void accumulate(StatisticsState& state, std::span<const std::byte> pixels, PixelType type) {
    const PixelTypeInfo& info = info_of(type);
    if (info.ordered) {
        Table.accumulate(state, pixels.data(), pixels.size(), type);
    } else {
        state.count += pixels.size() / info.pixel_bytes;
    }
}

template <const LevelTable& Table>
std::size_t find_runs(std::span<const std::byte> bytes, std::span<Run> runs) {
    return Table.find_runs(bytes.data(), bytes.size(), runs.data(), runs.size());
}

template <const LevelTable& Table>
std::uint64_t xxh3_64(std::span<const std::byte> bytes) {
    return Table.xxh3_64(bytes.data(), bytes.size());
}

template <const LevelTable& Table>
Kernels kernels_of() noexcept {
    return {Table.level,         Table.name,      Table.bitshuffle,  Table.bitunshuffle, Table.byteshuffle,
            Table.byteunshuffle, byteswap<Table>, accumulate<Table>, find_runs<Table>,   xxh3_64<Table>};
}

}  // namespace

Level best_level() noexcept {
    static const Level level = detect_level();
    return level;
}

const Kernels& kernels(Level level) noexcept {
    static const Kernels all[] = {
        kernels_of<scalar_table>(),
#if defined(MRCZ_SIMD_X86)
        kernels_of<avx2_table>(),
        kernels_of<avx512_table>(),
#endif
    };
    return all[std::min(static_cast<std::size_t>(level), std::size(all) - 1)];
}

const Kernels& kernels() noexcept { return kernels(best_level()); }

const LevelTable& table_of([[maybe_unused]] Level level) noexcept {
#if defined(MRCZ_SIMD_X86)
    if (level == Level::avx512) return avx512_table;
    if (level == Level::avx2) return avx2_table;
#endif
    return scalar_table;
}

const LevelTable& best_table() noexcept { return table_of(best_level()); }

}  // namespace mrcz::simd
