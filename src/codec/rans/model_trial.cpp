#include "codec/rans/model_trial.hpp"

#include <algorithm>

#include "codec/rans/frame.hpp"
#include "codec/rans/pixels.hpp"
#include "codec/rans/sample.hpp"

namespace mrcz::codec::rans {
namespace {

FrameSetup setup_of(const LearningSet& set, const Model* model) {
    FrameSetup setup;
    setup.kind = kind_of(set.type);
    setup.pixels = set.pixels;
    setup.kernels = &simd::rans_kernels();
    setup.model = model;
    return setup;
}

/// Of a whole frame, estimated from a block of it.
double fallback_bytes(const FrameSetup& setup, std::span<const std::byte> frame, const Fallback& fallback) {
    constexpr std::size_t block_bytes = std::size_t{1} << 20, runs = 8;
    const std::size_t pixels = block_bytes >> setup.kind.log2_bytes;
    const Bytes part = sample(setup, frame, pixels, pixels / runs);
    return static_cast<double>(fallback.estimate(part, false).bytes) * static_cast<double>(frame.size()) /
           static_cast<double>(part.size());
}

/// Whether some of these frames get smaller by the model, its own size included.
bool pays(const LearningSet& set, const Model& model, std::span<const std::span<const std::byte>> frames,
          const Fallback& fallback) {
    constexpr std::size_t most_frames = 8, most_bytes = std::size_t{8} << 20;
    const FrameSetup with = setup_of(set, &model), without = setup_of(set, nullptr);
    const std::size_t tried =
        std::min(std::clamp<std::size_t>(most_bytes / with.frame_bytes(), 1, most_frames), frames.size());
    EncodeMemory memory;
    Bytes payload(payload_bound(with));
    double bytes_with = 0, bytes_without = 0;
    for (std::size_t k = 0; k < tried; ++k) {
        const auto frame = frames[k * frames.size() / tried];
        bytes_with += static_cast<double>(encode_frame(with, frame, payload, memory));
        bytes_without += std::min(static_cast<double>(encode_frame(without, frame, payload, memory)),
                                  fallback_bytes(with, frame, fallback));
    }
    const double share = static_cast<double>(tried) / static_cast<double>(set.frames);
    return bytes_with + share * static_cast<double>(write_model(model).size()) < bytes_without;
}

}  // namespace

bool pixels_differ(const LearningSet& set) {
    // As many that chance alone moves the result by an eighth of the excess.
    constexpr std::uint64_t least_looked_at = 8192, usually_looked_at = 262144,
                            with_one_sample = std::uint64_t{1} << 24;
    constexpr double least_excess = 0.004;  // of the variance within pixels: a few thousandths of a bit
    if (set.samples.size() < 2) return true;
    const PixelKind kind = kind_of(set.type);
    const std::uint64_t squared = std::uint64_t{set.samples.size()} * set.samples.size();
    const std::uint64_t looked_at =
        std::clamp(with_one_sample / std::max<std::uint64_t>(1, squared), least_looked_at, usually_looked_at);
    const std::uint64_t step = (set.pixels / looked_at) | 1;  // odd: no column twice in a row
    const auto samples = static_cast<double>(set.samples.size());
    const auto value_of = [&](std::span<const std::byte> sample, std::uint64_t pixel) {
        return static_cast<double>(load_pixel(kind, &sample[pixel << kind.log2_bytes]) ^ kind.sign_bit);
    };
    // About values there are, because squares of 32-bit pixels hide the noise of small ones.
    const double usual = value_of(set.samples[0], 0);
    double within = 0, sum = 0, squares = 0, count = 0;
    for (std::uint64_t pixel = 0; pixel < set.pixels; pixel += step, ++count) {
        const double first = value_of(set.samples[0], pixel);
        double mean = 0, square = 0;
        for (const auto sample : set.samples) {
            const double value = value_of(sample, pixel) - first;
            mean += value / samples;
            square += value * value / samples;
        }
        within += square - mean * mean;
        mean += first - usual;
        sum += mean;
        squares += mean * mean;
    }
    within /= count * (samples - 1) / samples;
    const double between = squares / count - sum / count * (sum / count);
    return between - within / samples > least_excess * within;
}

std::shared_ptr<const Model> try_learning(const LearningSet& set, const Fallback& fallback) {
    constexpr std::size_t few = 8;  // one more makes a better model
    const std::size_t samples = set.samples.size();
    if (samples >= set.frames) {
        auto model = learn_model(set);
        return model && pays(set, *model, set.samples, fallback) ? model : nullptr;
    }
    if (samples < 2) return nullptr;
    LearningSet others = set;
    others.samples = set.samples.first(samples - 1);
    auto model = learn_model(others);
    if (!model || !pays(set, *model, set.samples.last(1), fallback)) return nullptr;
    return samples > few ? model : learn_model(set);
}

}  // namespace mrcz::codec::rans
