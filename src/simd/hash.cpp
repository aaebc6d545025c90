#include "simd/hash.hpp"

#include "simd/kernels.hpp"
#include "simd/level_table.hpp"

namespace mrcz::simd {

struct Hasher64::State {
    alignas(hash_state_alignment) unsigned char memory[hash_state_bytes];
};

Hasher64::Hasher64() : state_(std::make_unique<State>()) { reset(); }
Hasher64::~Hasher64() = default;
Hasher64::Hasher64(Hasher64&&) noexcept = default;
Hasher64& Hasher64::operator=(Hasher64&&) noexcept = default;
void Hasher64::reset() noexcept { best_table().hash64_reset(state_->memory); }
void Hasher64::update(std::span<const std::byte> bytes) noexcept {
    best_table().hash64_update(state_->memory, bytes.data(), bytes.size());
}
std::uint64_t Hasher64::digest() const noexcept { return best_table().hash64_digest(state_->memory); }

struct Hasher128::State {
    alignas(hash_state_alignment) unsigned char memory[hash_state_bytes];
};

Hasher128::Hasher128() : state_(std::make_unique<State>()) { reset(); }
Hasher128::~Hasher128() = default;
Hasher128::Hasher128(Hasher128&&) noexcept = default;
Hasher128& Hasher128::operator=(Hasher128&&) noexcept = default;
void Hasher128::reset() noexcept { best_table().hash128_reset(state_->memory); }
void Hasher128::update(std::span<const std::byte> bytes) noexcept {
    best_table().hash128_update(state_->memory, bytes.data(), bytes.size());
}
Hash128 Hasher128::digest() const noexcept {
    Hash128 hash;
    best_table().hash128_digest(state_->memory, hash.data());
    return hash;
}

std::uint64_t hash64(std::span<const std::byte> bytes) noexcept { return kernels().xxh3_64(bytes); }

}  // namespace mrcz::simd
