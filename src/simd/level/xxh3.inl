// xxHash compiled for the instruction set of the including file. XXH_INLINE_ALL makes all of it static, so copies for
// different instruction sets do not meet in the linker.
#pragma once

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

static_assert(sizeof(XXH3_state_t) <= hash_state_bytes && alignof(XXH3_state_t) <= hash_state_alignment);

inline XXH3_state_t* hash_state(void* state) { return static_cast<XXH3_state_t*>(state); }
inline const XXH3_state_t* hash_state(const void* state) { return static_cast<const XXH3_state_t*>(state); }

uint64_t xxh3_64(const std::byte* from, size_t bytes) { return XXH3_64bits(from, bytes); }

void hash64_reset(void* state) { XXH3_64bits_reset(hash_state(state)); }
void hash64_update(void* state, const std::byte* from, size_t bytes) {
    XXH3_64bits_update(hash_state(state), from, bytes);
}
uint64_t hash64_digest(const void* state) { return XXH3_64bits_digest(hash_state(state)); }

void hash128_reset(void* state) { XXH3_128bits_reset(hash_state(state)); }
void hash128_update(void* state, const std::byte* from, size_t bytes) {
    XXH3_128bits_update(hash_state(state), from, bytes);
}
void hash128_digest(const void* state, std::byte* canonical) {
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(hash_state(state)));
    memcpy(canonical, bytes.digest, sizeof bytes.digest);
}

}  // namespace
}  // namespace mrcz::simd
