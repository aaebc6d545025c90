// What the tests of the rans codec share: setups, frames, and coding at every level.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/rans/frame.hpp"
#include "codec/rans/model.hpp"
#include "kit/counts.hpp"
#include "mrcz/error.hpp"

namespace mrcz::codec::rans {

inline FrameSetup setup_for(PixelType type, std::size_t pixels, const Model* model = nullptr) {
    FrameSetup setup;
    setup.kind = kind_of(type);
    setup.pixels = pixels;
    setup.kernels = &simd::rans_kernels();
    setup.model = model;
    return setup;
}

inline std::vector<simd::Level> all_levels() {
    std::vector<simd::Level> all;
    for (int level = 0; level <= static_cast<int>(simd::best_level()); ++level)
        all.push_back(static_cast<simd::Level>(level));
    return all;
}

inline Bytes encoded(const FrameSetup& setup, const Bytes& frame) {
    EncodeMemory memory;
    Bytes payload(payload_bound(setup));
    payload.resize(encode_frame(setup, frame, payload, memory));
    return payload;
}

inline Bytes decoded(const FrameSetup& setup, const Bytes& payload) {
    std::vector<DecodeMemory> memory;
    Bytes frame(setup.frame_bytes(), std::byte{0xEE});
    decode_frame(setup, payload, frame, memory);
    return frame;
}

inline std::string mode_of(const FrameSetup& setup, const Bytes& payload) {
    return std::string(ParsedFrame(setup, payload).plan().row->name);
}

/// The frame comes back, coded by every level into the same bytes, decoded by every level.
inline Bytes expect_round_trip(FrameSetup setup, const Bytes& frame) {
    setup.kernels = &simd::rans_kernels(simd::Level::scalar);
    const Bytes payload = encoded(setup, frame);
    EXPECT_LE(payload.size(), frame.size() + 4);
    for (const simd::Level level : all_levels()) {
        setup.kernels = &simd::rans_kernels(level);
        EXPECT_TRUE(encoded(setup, frame) == payload) << simd::kernels(level).name << " codes other bytes";
        EXPECT_TRUE(decoded(setup, payload) == frame) << simd::kernels(level).name << " decodes other bytes";
    }
    return payload;
}

/// Little-endian pixels of `bytes` bytes.
template <class Value>
Bytes pixels_of(const std::vector<Value>& values) {
    Bytes bytes;
    for (const Value value : values) append_le(bytes, value);
    return bytes;
}

template <class Value>
Bytes poisson(std::size_t pixels, double mean, std::uint64_t seed = 1) {
    return pixels_of(kit::Counts(seed).frame<Value>(pixels, mean));
}

/// Frames of a bright disk that fades outward, with a scale of the beam each.
inline std::vector<Bytes> disk_frames(std::size_t side, std::size_t count, std::uint64_t seed = 7, int pedestal = 0) {
    kit::Counts counts(seed);
    std::vector<Bytes> frames;
    for (std::size_t k = 0; k < count; ++k) {
        const double beam = 0.8 + 0.4 * counts.uniform();
        std::vector<std::uint16_t> values;
        for (std::size_t y = 0; y < side; ++y)
            for (std::size_t x = 0; x < side; ++x) {
                const double r = std::hypot(static_cast<double>(x) - 0.5 * static_cast<double>(side),
                                            static_cast<double>(y) - 0.5 * static_cast<double>(side));
                const double mean = r < 0.15 * static_cast<double>(side) ? 60 : 0.05 + 5 * std::exp(-r / 10);
                const auto hits = counts.poisson(mean * beam);
                values.push_back(static_cast<std::uint16_t>(
                    pedestal == 0 ? hits : 20 * hits + pedestal + static_cast<int>(3 * counts.normal())));
            }
        frames.push_back(pixels_of(values));
    }
    return frames;
}

inline std::shared_ptr<const Model> learned(PixelType type, std::size_t side, const std::vector<Bytes>& frames,
                                            std::uint64_t sharing, bool needs_histograms = false) {
    const std::vector<std::span<const std::byte>> samples(frames.begin(), frames.end());
    return learn_model({type, side * side, side, samples, sharing, needs_histograms});
}

}  // namespace mrcz::codec::rans
