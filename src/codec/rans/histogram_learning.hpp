// Histograms of pixels from sample frames.
#pragma once

#include "codec/rans/histograms.hpp"
#include "codec/rans/model.hpp"

namespace mrcz::codec::rans {

struct LearnedHistograms {
    Histograms histograms;
    double frame_bits = 0;  ///< expected
};

/// Whether histograms, all frames coded with them and they themselves, look like taking less than `bits`: from a part
/// of the pixels.
[[nodiscard]] bool histograms_may_pay(const LearningSet& set, double bits);

/// For a set of at least one sample.
[[nodiscard]] LearnedHistograms learn_histograms(const LearningSet& set);

}  // namespace mrcz::codec::rans
