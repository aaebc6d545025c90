// What callers give and get: pointers, numbers that stand for enumerators, structures of other versions, memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "capi/guard.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/live.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/mode0.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::capi {

/// Throws Error{invalid_argument} naming the argument when it is null.
void require(const void* pointer, const char* argument);
template <class Function>
void require_function(Function* function, const char* argument) {
    if (function == nullptr) fail(ErrorCode::invalid_argument, argument, " is null");
}

/// Throws Error{invalid_argument} unless a structure can be so large.
void require_struct_size(std::size_t bytes, const char* argument);

/// What a program compiled with another version of mrcz.h gave, in this one's structure of `known_bytes`: members that
/// it does not know are zeros; those that this version does not know have to be.
void take_structure(const void* given, void* known, std::size_t known_bytes, const char* argument);
/// The other way round: fills as much as the caller's structure has room for.
void give_structure(const void* known, std::size_t known_bytes, void* out, const char* argument);

/// Defaults where `given` is null.
template <class Options>
[[nodiscard]] Options taken(const Options* given, const char* argument) {
    Options known{};
    if (given != nullptr) take_structure(given, &known, sizeof known, argument);
    return known;
}

/// Throws Error{invalid_argument} unless give() can fill `out`: asked before work that is long, or cannot be undone.
template <class Result>
void require_result(const Result* out, const char* argument) {
    require(out, argument);
    require_struct_size(out->struct_size, argument);
}

/// The same of a result that may be null.
template <class Result>
void require_room(const Result* out) {
    if (out != nullptr) require_result(out, "result");
}

template <class Result>
void give(const Result& known, Result* out, const char* argument) {
    give_structure(&known, sizeof known, out, argument);
}

/// `count` texts. Throws Error{invalid_argument} where one is null.
[[nodiscard]] std::span<const char* const> texts_at(const char* const* texts, std::int32_t count, const char* argument);

/// Memory that mrcz_free() frees. Throws std::bad_alloc.
[[nodiscard]] void* allocated(std::size_t bytes);
/// A copy with a zero behind it.
[[nodiscard]] char* copied(std::string_view text);

/// The enumerator that `value` stands for, of enumerators 0 … last. Throws Error{invalid_argument}.
template <class Enumeration>
[[nodiscard]] Enumeration enumerator(std::int32_t value, Enumeration last, const char* argument) {
    if (value < 0 || value > static_cast<std::int32_t>(last))
        fail(ErrorCode::invalid_argument, argument, " is ", value, "; it is 0 to ", static_cast<std::int32_t>(last));
    return static_cast<Enumeration>(value);
}

[[nodiscard]] PixelType pixel_type_of(std::int32_t number, const char* argument);
[[nodiscard]] constexpr std::int32_t number_of(PixelType type) noexcept { return static_cast<std::int32_t>(type) + 1; }
[[nodiscard]] ConversionRules rules_of(std::int32_t allow);
[[nodiscard]] Limits limits_of(const mrcz_read_options& options);
[[nodiscard]] Mode0 mode0_of(const mrcz_read_options& options);
[[nodiscard]] CodecOptions coding_of(std::int32_t level, std::uint64_t block_bytes, std::int32_t filter);
[[nodiscard]] LiveOptions live_of(std::int64_t frames, double seconds);
[[nodiscard]] Metadata metadata_of(const void* document, std::size_t bytes, std::int32_t format);

[[nodiscard]] inline std::span<std::byte> bytes_at(void* out, std::size_t bytes) {
    return {static_cast<std::byte*>(out), bytes};
}
[[nodiscard]] inline std::span<const std::byte> bytes_at(const void* from, std::size_t bytes) {
    return {static_cast<const std::byte*>(from), bytes};
}

}  // namespace mrcz::capi
