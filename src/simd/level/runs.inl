// Runs of equal bytes. Included where neighbours_equal(p) is defined: bit k tells whether p[k] equals p[k - 1], for 64
// bytes from p.
#include <stddef.h>
#include <stdint.h>

#include "simd/level/octets.inl"

namespace mrcz::simd {
namespace {

struct RunWriter {
    Run* runs;
    size_t capacity;
    size_t count;
    size_t literals_from;

    /// Positions first … end - 1 equal the byte before them.
    inline void add(size_t first, size_t end) {
        if (count < capacity)
            runs[count] = {static_cast<uint32_t>(first - literals_from), static_cast<uint32_t>(end - first)};
        ++count;
        literals_from = end;
    }
};

inline size_t end_of_run(const uint8_t* from, size_t bytes, size_t at) {
    for (; at + 64 <= bytes; at += 64) {
        const uint64_t differ = ~neighbours_equal(from + at);
        if (differ != 0) return at + static_cast<size_t>(__builtin_ctzll(differ));
    }
    while (at < bytes && from[at] == from[at - 1]) ++at;
    return at;
}

size_t find_runs(const std::byte* bytes_from, size_t bytes, Run* runs, size_t capacity) {
    const uint8_t* from = octets(bytes_from);
    RunWriter writer = {runs, capacity, 0, 0};
    size_t at = 1;
    while (at + 64 <= bytes) {
        static_assert(least_run == 7);
        uint64_t equal = neighbours_equal(from + at);  // bit k, in the end: positions k … k + 6 are all equal
        equal &= equal >> 1;
        equal &= equal >> 2;
        equal &= equal >> 3;
        if (equal == 0) {
            at += 64 - (least_run - 1);
            continue;
        }
        const size_t first = at + static_cast<size_t>(__builtin_ctzll(equal));
        const size_t end = end_of_run(from, bytes, first + least_run);
        writer.add(first, end);
        at = end + 1;
    }
    while (at < bytes) {
        const size_t end = end_of_run(from, bytes, at);
        if (end - at >= least_run) writer.add(at, end);
        at = end + 1;
    }
    return writer.count;
}

}  // namespace
}  // namespace mrcz::simd
