// Whether frames are worth a model: before one is learned, and after, beside the codec that stands in without one.
#pragma once

#include "codec/rans/model.hpp"

namespace mrcz::codec::rans {

/// Whether pixels differ by more than chance, so that learning may pay: means over the samples then vary more than the
/// noise within a pixel explains. Frames that are large and all alike are told from a part of their pixels.
[[nodiscard]] bool pixels_differ(const LearningSet& set);

/// Whether the model, which takes `model_bytes`, makes some of the samples smaller than `fallback` does. Pixels of a
/// model are coded one by one; of images whose neighbours are alike the other codec makes more.
[[nodiscard]] bool beats_fallback(const LearningSet& set, const Model& model, std::size_t model_bytes,
                                  const Fallback& fallback);

}  // namespace mrcz::codec::rans
