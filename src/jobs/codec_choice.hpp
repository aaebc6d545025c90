// --codec auto: the codec that makes a file smallest, by coding some of its frames with each.
#pragma once

#include <span>
#include <vector>

#include "container/frame_coding.hpp"

namespace mrcz::jobs {

struct CodecChoice {
    const codec::CodecRow* row = nullptr;
    std::optional<container::LearnedModel> model;  ///< of the samples, where the codec has models and one pays
};

/// Frames that choose_codec() wants at most of a stack of `frames`; at least 1 where there are any.
[[nodiscard]] std::int64_t samples_to_choose(const container::CodedFormat& format);

/// By sizes and by the speeds that the registry states, never by a clock: the same frames and speed choose the same
/// codec everywhere. Throws Error{invalid_argument} when no codec is said to be as fast as `least_speed` (MB/s).
[[nodiscard]] CodecChoice choose_codec(const container::CodedFormat& format, const CodecOptions& options,
                                       double least_speed, std::span<const std::span<const std::byte>> samples);

}  // namespace mrcz::jobs
