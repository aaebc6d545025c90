#include "mrcz/sum_image.hpp"

#include <gtest/gtest.h>

namespace mrcz {
namespace {

TEST(FrameSummer, SumOfNoFramesHasNone) {
    FrameSummer summer({PixelType::uint8, 3, 2});
    EXPECT_EQ(summer.take().frames, 0);
}

}  // namespace
}  // namespace mrcz
