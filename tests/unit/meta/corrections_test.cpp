#include <gtest/gtest.h>

#include "kit/damage.hpp"
#include "mrcz/error.hpp"
#include "mrcz/provenance.hpp"

namespace mrcz {
namespace {

using Texts = std::vector<std::string>;

TEST(Corrections, AreToldInTheOrderTheyWereDoneIn) {
    EXPECT_EQ(
        corrections_in(R"([{"step":"compress","codec":"zstd","lossless":true},
        {"step":"process","dark":{"file":"/a/dark.mrc"},"gain":{"file":"ref/gain.tif","kind":"multiplicative","gamma":1.1},
         "defects":{"file":"d.txt"},"outliers":{"rule":"guarded","fill":"random","hot":3,"dead":1,"kernel_taps":[0.5,1]},
         "koma":{"radius":2,"movies":["a","b","c"],"divided":false}},
        {"step":"append","frames":3}])"),
        Texts{"less the dark dark.mrc; gain reference gain.tif to the power of 1.1; defects of d.txt; 3 hot and 1 "
              "dead pixels replaced by random neighbours; mean of 3 movies subtracted (KOMA)"});
}

TEST(Corrections, OfSeveralStepsAreSeveral) {
    EXPECT_EQ(corrections_in(R"([{"step":"process","gain":{"file":"f.mrc","kind":"flat_field"}},
        {"step":"process","outliers":{"rule":"known","fill":"mean","hot":0,"dead":0}}])"),
              (Texts{"divided by the flat field f.mrc", "known bad pixels replaced by the mean of neighbours"}));
}

TEST(Corrections, AreNoneInRecordsOfStepsThatLeftPixelsAlone) {
    EXPECT_TRUE(corrections_in("").empty());
    EXPECT_TRUE(corrections_in("[]").empty());
    EXPECT_TRUE(corrections_in(R"([{"step":"compress","lossless":true},{"step":{"step":"process"}}])").empty());
    EXPECT_TRUE(corrections_in(R"(["process", 7, [{"step":"process"}]])").empty());
}

TEST(Corrections, OfOtherProgramsAreToldAndSafeToPrint) {
    EXPECT_EQ(corrections_in(R"([{"step":"process"}])").size(), 1U);
    const auto texts = corrections_in(R"([{"step":"process","gain":{"file":"a\u001b[31m.mrc"}}])");
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(texts[0].find('\x1b'), std::string::npos) << texts[0];
}

TEST(Corrections, OfABrokenRecordAreAnErrorOfTheData) {
    EXPECT_EQ(kit::error_of([] { (void)corrections_in("[{"); }).group(), ErrorGroup::data);
}

}  // namespace
}  // namespace mrcz
