// Pixel types turned into each other: one loop for every pair, plain, and fit for the compiler to make vectors of.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "simd/level/octets.inl"
#include "simd/level/statistics_plain.inl"
#include "simd/level_table.hpp"

namespace mrcz::simd {
namespace {

// Numbers as they are stored: the type to compute with, and the least and greatest value.
template <class Word, int64_t Least, int64_t Greatest>
struct IntegerNumber {
    typedef Word Value;
    static constexpr bool is_float = false;
    static constexpr int64_t least = Least, greatest = Greatest;
};
struct UInt4Number : IntegerNumber<uint8_t, 0, 15> {};  // one a byte
struct Int8Number : IntegerNumber<int8_t, INT8_MIN, INT8_MAX> {};
struct UInt8Number : IntegerNumber<uint8_t, 0, UINT8_MAX> {};
struct Int16Number : IntegerNumber<int16_t, INT16_MIN, INT16_MAX> {};
struct UInt16Number : IntegerNumber<uint16_t, 0, UINT16_MAX> {};
struct Int32Number : IntegerNumber<int32_t, INT32_MIN, INT32_MAX> {};
struct UInt32Number : IntegerNumber<uint32_t, 0, UINT32_MAX> {};
struct Float32Number {
    typedef float Value;
    static constexpr bool is_float = true;
};

inline uint8_t word_from_little(uint8_t word) { return word; }
inline uint16_t word_from_little(uint16_t word) { return from_little(word); }
inline uint32_t word_from_little(uint32_t word) { return from_little(word); }

template <size_t Bytes>
struct WordOf;
template <>
struct WordOf<1> {
    typedef uint8_t Type;
};
template <>
struct WordOf<2> {
    typedef uint16_t Type;
};
template <>
struct WordOf<4> {
    typedef uint32_t Type;
};

template <class Value>
inline Value load_value(const uint8_t* from) {
    typename WordOf<sizeof(Value)>::Type word;
    memcpy(&word, from, sizeof word);
    word = word_from_little(word);
    Value value;
    memcpy(&value, &word, sizeof value);
    return value;
}

template <class Value>
inline void store_value(uint8_t* to, Value value) {
    typename WordOf<sizeof(Value)>::Type word;
    memcpy(&word, &value, sizeof word);
    word = word_from_little(word);
    memcpy(to, &word, sizeof word);
}

// Counts of a block, no wider than the numbers it is kept beside in a vector.
template <size_t Bytes>
struct CounterOf {
    typedef uint16_t Type;
};
template <>
struct CounterOf<4> {
    typedef uint32_t Type;
};
static_assert(convert_block <= UINT16_MAX);

// Clamped to what both types have, a number is the other type's.
template <class From, class To>
void integers_to_integers(const uint8_t* from, uint8_t* to, size_t count, ConversionCounts& counts) {
    typedef typename From::Value Value;
    constexpr Value least = static_cast<Value>(From::least > To::least ? From::least : To::least);
    constexpr Value greatest = static_cast<Value>(From::greatest < To::greatest ? From::greatest : To::greatest);
    typedef typename CounterOf<sizeof(Value)>::Type Counter;
    Counter clipped = 0;
    for (size_t i = 0; i < count; ++i) {
        const Value x = load_value<Value>(from + i * sizeof(Value));
        Value y = x < least ? least : x;
        y = y > greatest ? greatest : y;
        clipped = static_cast<Counter>(clipped + (y != x ? 1 : 0));
        store_value(to + i * sizeof(typename To::Value), static_cast<typename To::Value>(y));
    }
    counts.clipped += clipped;
}

template <class From>
void integers_to_floats(const uint8_t* from, uint8_t* to, size_t count, ConversionCounts& counts) {
    typedef typename From::Value Value;
    uint32_t rounded = 0;
    for (size_t i = 0; i < count; ++i) {
        const Value x = load_value<Value>(from + i * sizeof(Value));
        const float y = static_cast<float>(x);
        if constexpr (sizeof(Value) == 4) rounded += static_cast<double>(y) != static_cast<double>(x) ? 1 : 0;
        store_value(to + 4 * i, y);
    }
    counts.rounded += rounded;
}

// Sums with this number have no bits for fractions: adding it rounds, half to even, and their bits count upwards with
// the integers. Holds up to 2^22 and 2^51.
template <class Real>
struct Rounding;
template <>
struct Rounding<float> {
    static constexpr float magic = 0x1.8p23f;
    typedef int32_t Bits;
};
template <>
struct Rounding<double> {
    static constexpr double magic = 0x1.8p52;
    typedef int64_t Bits;
};
// Integers that float32 counts one by one stay in it.
template <bool FitsFloat>
struct RealFor {
    typedef float Type;
};
template <>
struct RealFor<false> {
    typedef double Type;
};

template <class Real>
inline typename Rounding<Real>::Bits integer_of(Real whole) {
    const Real shifted = whole + Rounding<Real>::magic, origin = Rounding<Real>::magic;
    typename Rounding<Real>::Bits bits, zero;
    memcpy(&bits, &shifted, sizeof bits);
    memcpy(&zero, &origin, sizeof zero);
    return bits - zero;
}

template <class To>
void floats_to_integers(const uint8_t* from, uint8_t* to, size_t count, ConversionCounts& counts) {
    typedef typename RealFor<(sizeof(typename To::Value) < 4)>::Type Real;
    constexpr Real least = static_cast<Real>(To::least), greatest = static_cast<Real>(To::greatest);
    uint32_t clipped = 0, rounded = 0, nan = 0;
    for (size_t i = 0; i < count; ++i) {
        const Real x = static_cast<Real>(load_value<float>(from + 4 * i));
        // Within one of the range, so that the rounding below holds; NaN passes.
        Real near = x < least - 1 ? least - 1 : x;
        near = near > greatest + 1 ? greatest + 1 : near;
        const Real whole = (near + Rounding<Real>::magic) - Rounding<Real>::magic;
        const bool inside = whole >= least && whole <= greatest;
        nan += x != x ? 1 : 0;
        clipped += (whole < least ? 1 : 0) + (whole > greatest ? 1 : 0);
        rounded += (inside & (whole != x)) ? 1 : 0;
        Real y = whole > least ? whole : least;
        y = y < greatest ? y : greatest;
        store_value(to + i * sizeof(typename To::Value), static_cast<typename To::Value>(integer_of(y)));
    }
    counts.clipped += clipped;
    counts.rounded += rounded;
    counts.nan += nan;
}

template <class From, class To>
void convert_numbers(const std::byte* from, std::byte* to, size_t count, ConversionCounts& counts) {
    if constexpr (From::is_float && To::is_float) {
        memcpy(to, from, 4 * count);
    } else if constexpr (From::is_float) {
        floats_to_integers<To>(octets(from), octets(to), count, counts);
    } else if constexpr (To::is_float) {
        integers_to_floats<From>(octets(from), octets(to), count, counts);
    } else {
        integers_to_integers<From, To>(octets(from), octets(to), count, counts);
    }
}

// Those of convert_half_*.inl.
void halves_to_floats(const std::byte* from, std::byte* to, size_t count, ConversionCounts& counts);
void floats_to_halves(const std::byte* from, std::byte* to, size_t count, ConversionCounts& counts);

template <class From>
ConvertRun run_from(PixelType to) {
    switch (to) {
        case PixelType::uint4:
            return convert_numbers<From, UInt4Number>;
        case PixelType::int8:
            return convert_numbers<From, Int8Number>;
        case PixelType::uint8:
            return convert_numbers<From, UInt8Number>;
        case PixelType::int16:
            return convert_numbers<From, Int16Number>;
        case PixelType::uint16:
            return convert_numbers<From, UInt16Number>;
        case PixelType::int32:
            return convert_numbers<From, Int32Number>;
        case PixelType::uint32:
            return convert_numbers<From, UInt32Number>;
        case PixelType::float32:
            return convert_numbers<From, Float32Number>;
        case PixelType::float16:
            return From::is_float ? floats_to_halves : nullptr;
        default:
            return nullptr;
    }
}

ConvertRun convert_run(PixelType from, PixelType to) {
    switch (from) {
        case PixelType::int8:
            return run_from<Int8Number>(to);
        case PixelType::uint8:
            return run_from<UInt8Number>(to);
        case PixelType::int16:
            return run_from<Int16Number>(to);
        case PixelType::uint16:
            return run_from<UInt16Number>(to);
        case PixelType::int32:
            return run_from<Int32Number>(to);
        case PixelType::uint32:
            return run_from<UInt32Number>(to);
        case PixelType::float32:
            return run_from<Float32Number>(to);
        case PixelType::float16:
            return to == PixelType::float32 ? halves_to_floats : nullptr;
        default:
            return nullptr;
    }
}

void unpack_halves(const std::byte* from, std::byte* to, size_t pixels) {
    const uint8_t* packed = octets(from);
    uint8_t* bytes = octets(to);
    for (size_t i = 0; i < pixels / 2; ++i)
        store_value(bytes + 2 * i, static_cast<uint16_t>((packed[i] | packed[i] << 4) & 0x0F0F));
    if (pixels % 2 != 0) bytes[pixels - 1] = packed[pixels / 2] & 15;
}

void pack_halves(const std::byte* from, std::byte* to, size_t pixels) {
    const uint8_t* bytes = octets(from);
    uint8_t* packed = octets(to);
    for (size_t i = 0; i < pixels / 2; ++i) {
        const uint16_t pair = load_value<uint16_t>(bytes + 2 * i);
        packed[i] = static_cast<uint8_t>(pair | pair >> 4);
    }
    if (pixels % 2 != 0) packed[pixels / 2] = bytes[pixels - 1];
}

}  // namespace
}  // namespace mrcz::simd
