// A payload of the codec rans behind what it is to be decoded with: a byte of the pixel type, a byte n for a frame of
// 64 (n + 1) pixels, a u16 size, a model of as many bytes (none where it is 0).
#include <array>
#include <vector>

#include "base/cursor.hpp"
#include "base/fail.hpp"
#include "codec/rans/frame.hpp"
#include "codec/rans/model.hpp"
#include "kit/counts.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

namespace rans = codec::rans;

constexpr std::array types{PixelType::int8,  PixelType::uint8,  PixelType::int16, PixelType::uint16,
                           PixelType::int32, PixelType::uint32, PixelType::uint4};
constexpr std::size_t pixels_per_unit = 64;

rans::FrameSetup setup_for(PixelType type, std::size_t pixels, const rans::Model* model) {
    rans::FrameSetup setup;
    setup.kind = rans::kind_of(type);
    setup.pixels = pixels;
    setup.kernels = &simd::rans_kernels();
    setup.model = model;
    setup.block_pixels = 4096;
    return setup;
}

Bytes seed_of(std::size_t type, std::span<const Bytes> frames, bool has_model, bool needs_histograms = false) {
    const std::size_t pixels = frames[0].size() / info_of(types[type]).pixel_bytes;
    std::shared_ptr<const rans::Model> model;
    if (has_model) {
        const std::vector<std::span<const std::byte>> samples(frames.begin(), frames.end());
        model = rans::learn_model({types[type], pixels, 64, samples, 10000, needs_histograms});
    }
    const rans::FrameSetup setup = setup_for(types[type], pixels, model.get());
    const Bytes stored_model = model ? rans::write_model(*model) : Bytes{};
    Bytes seed;
    append_le(seed, static_cast<std::uint8_t>(type));
    append_le(seed, static_cast<std::uint8_t>(pixels / pixels_per_unit - 1));
    append_le(seed, static_cast<std::uint16_t>(stored_model.size()));
    append(seed, stored_model);
    Bytes payload(rans::payload_bound(setup));
    rans::EncodeMemory memory;
    payload.resize(rans::encode_frame(setup, frames[0], payload, memory));
    append(seed, payload);
    return seed;
}

template <class Value>
Bytes counts(std::size_t pixels, double mean, int step = 1, int hot_every = 0) {
    kit::Counts random(static_cast<std::uint64_t>(pixels + step));
    Bytes frame;
    for (std::size_t at = 0; at < pixels; ++at) {
        auto value = static_cast<Value>(random.poisson(mean) * step);
        if (hot_every != 0 && at % static_cast<std::size_t>(hot_every) == 0) value = static_cast<Value>(random.bits());
        append_le(frame, value);
    }
    return frame;
}

std::vector<Bytes> disks() {
    kit::Counts random(5);
    std::vector<Bytes> frames(20);
    for (Bytes& frame : frames)
        for (int at = 0; at < 64 * 64; ++at) {
            const int x = at % 64 - 32, y = at / 64 - 32;
            append_le(frame, static_cast<std::uint16_t>(random.poisson(x * x + y * y < 80 ? 3 : 0.01)));
        }
    return frames;
}

}  // namespace

void run_rans(std::span<const std::byte> input) {
    Cursor cursor(input, "input");
    const PixelType type = types[cursor.read<std::uint8_t>("type") % types.size()];
    const std::size_t pixels = pixels_per_unit * (std::size_t{1} + cursor.read<std::uint8_t>("pixels"));
    const auto model_bytes = cursor.take(cursor.read<std::uint16_t>("size"), "model");
    // In memory that ends where its contents do, so that a read beyond is seen.
    const Bytes stored_model(model_bytes.begin(), model_bytes.end());
    const auto rest = cursor.take(cursor.remaining(), "payload");
    const Bytes payload(rest.begin(), rest.end());
    std::shared_ptr<const rans::Model> model;
    if (!stored_model.empty()) model = rans::read_model(stored_model, type, pixels);
    const rans::FrameSetup setup = setup_for(type, pixels, model.get());
    Bytes frame(setup.frame_bytes());
    std::vector<rans::DecodeMemory> memory;
    rans::decode_frame(setup, payload, frame, memory);

    Bytes again(rans::payload_bound(setup)), back(frame.size());
    rans::EncodeMemory encoding;
    again.resize(rans::encode_frame(setup, frame, again, encoding));
    rans::decode_frame(setup, again, back, memory);
    if (back != frame) fail(ErrorCode::internal, "a decoded frame does not come back from its code");
}

std::vector<Bytes> rans_seeds() {
    std::vector<Bytes> seeds;
    const auto add = [&](std::size_t type, Bytes frame) { seeds.push_back(seed_of(type, {&frame, 1}, false)); };
    add(1, counts<std::uint8_t>(16384, 0.05));
    add(1, counts<std::uint8_t>(4160, 1));
    add(3, counts<std::uint16_t>(8192, 0.1, 1, 90));
    add(2, counts<std::int16_t>(4096, 200));
    add(3, counts<std::uint16_t>(4096, 30000));
    add(5, counts<std::uint32_t>(4096, 0.4, 1, 60));
    add(4, counts<std::int32_t>(4096, 1, 100000));
    add(0, Bytes(64, std::byte{7}));
    add(6, counts<std::uint8_t>(64, 3));
    seeds.push_back(seed_of(3, disks(), true));
    seeds.push_back(seed_of(3, disks(), true, true));
    return seeds;
}

}  // namespace mrcz::fuzz
