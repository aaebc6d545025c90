// Histograms of pixels from sample frames.
#pragma once

#include "codec/rans/histograms.hpp"
#include "codec/rans/model.hpp"

namespace mrcz::codec::rans {

struct LearnedHistograms {
    Histograms histograms;
    double frame_bits = 0;  ///< expected
};

/// For a set of at least one sample.
[[nodiscard]] LearnedHistograms learn_histograms(const LearningSet& set);

}  // namespace mrcz::codec::rans
