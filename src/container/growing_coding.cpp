#include "container/growing_coding.hpp"

#include <algorithm>

namespace mrcz::container {
namespace {

/// Of a stream that does not say how many frames will come.
constexpr std::int64_t usual_frames = 4096;

std::int64_t samples_of(const codec::CodecRow& row, const CodedFormat& format) {
    if (format.frames <= 0) return GrowingCoding::most_samples_of(row, format.frame_bytes);
    const std::int64_t wanted = samples_wanted(row, format.frame_bytes, format.frames);
    return std::min({wanted, GrowingCoding::most_samples, format.frames / 8});
}

}  // namespace

std::int64_t GrowingCoding::most_samples_of(const codec::CodecRow& row, std::uint64_t frame_bytes) {
    return std::min(samples_wanted(row, frame_bytes, usual_frames), most_samples);
}

GrowingCoding::GrowingCoding(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options)
    : row_(row), format_(format), options_(options), wanted_(samples_of(row, format)) {}

GrowingCoding::GrowingCoding(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options,
                             const std::optional<NumberedModel>& model)
    : row_(row), format_(format), options_(options), model_(model) {}

const FrameCoding& GrowingCoding::begin(std::span<const std::span<const std::byte>> frames) {
    if (!without_) {
        const FrameSamples samples(row_, format_, options_, frames);
        without_.emplace(row_, format_, options_, samples.get(), model_);
    }
    return *without_;
}

const FrameCoding& GrowingCoding::next(std::span<const std::byte> frame) {
    (void)begin({&frame, 1});
    if (seen_ == wanted_ && !samples_.empty()) learn();
    if (seen_ < wanted_) samples_.emplace_back(frame.begin(), frame.end());
    ++seen_;
    return with_ ? *with_ : *without_;
}

void GrowingCoding::learn() {
    const std::vector<std::span<const std::byte>> samples(samples_.begin(), samples_.end());
    const std::int64_t frames = format_.frames > 0 ? format_.frames : usual_frames;
    if (auto learned = learn_model(row_, format_, samples, frames - wanted_)) {
        chunk_ = std::move(learned->chunk);
        const FrameSamples settling(row_, format_, options_, samples);
        with_.emplace(row_, format_, options_, settling.get(), learned->model);
    }
    samples_.clear();
}

std::span<const std::byte> GrowingCoding::model_before(std::int64_t number) const {
    return number == wanted_ ? std::span<const std::byte>(chunk_) : std::span<const std::byte>();
}

}  // namespace mrcz::container
