// Whether frames are worth a model: before one is learned, and after, beside what they take without one.
#pragma once

#include "codec/rans/model.hpp"

namespace mrcz::codec::rans {

/// Whether pixels differ by more than chance, so that learning may pay: means over the samples then vary more than the
/// noise within a pixel explains. Frames that are large and all alike are told from a part of their pixels.
[[nodiscard]] bool pixels_differ(const LearningSet& set);

/// The model that learn_model() makes of the samples; null, too, where frames that it was not made from take no less
/// with it than `fallback` or tables of their own need. Of few samples a model knows the noise better than the pixels.
[[nodiscard]] std::shared_ptr<const Model> try_learning(const LearningSet& set, const Fallback& fallback);

}  // namespace mrcz::codec::rans
