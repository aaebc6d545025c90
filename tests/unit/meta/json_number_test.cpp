#include "meta/json_number.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace mrcz::meta {

TEST(JsonNumber, IntegersHaveNeitherFractionNorExponent) {
    EXPECT_TRUE(is_integer("-12"));
    EXPECT_FALSE(is_integer("1.0"));
    EXPECT_FALSE(is_integer("1e2"));
    EXPECT_FALSE(is_integer("1E2"));
}

TEST(JsonNumber, TooBigIsNothingAndTooSmallIsZero) {
    const std::string zeros(400, '0');
    for (const std::string& text :
         {std::string("1e309"), std::string("-1.8e308"), "1" + zeros + ".0", "1" + zeros + "e-1",
          "0.1" + zeros + "e+310", std::string("1e99999999999999999999")}) {
        EXPECT_FALSE(to_double(text)) << text;
    }
    for (const std::string& text :
         {std::string("1e-400"), std::string("-1.5E-330"), "0." + zeros + "1", "0." + zeros + "1e+5",
          std::string("1e-99999999999999999999"), std::string("0e999")}) {
        EXPECT_EQ(to_double(text), 0.0) << text;
    }
    EXPECT_EQ(to_double("0.1e309"), 1e308);
    EXPECT_EQ(to_double("5e-324"), 5e-324);
}

TEST(JsonNumber, DoublesAreWrittenAsPythonWritesThem) {
    EXPECT_EQ(number_text(0), "0.0");
    EXPECT_EQ(number_text(-0.0), "-0.0");
    EXPECT_EQ(number_text(0.1), "0.1");
    EXPECT_EQ(number_text(300000), "300000.0");
    EXPECT_EQ(number_text(1e15), "1000000000000000.0");
    EXPECT_EQ(number_text(1e16), "1e+16");
    EXPECT_EQ(number_text(0.0001), "0.0001");
    EXPECT_EQ(number_text(0.00001), "1e-05");
    EXPECT_EQ(number_text(1e308), "1e+308");
    EXPECT_EQ(number_text(5e-324), "5e-324");
}

TEST(JsonNumber, EveryDoubleReadsBackExactly) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 100'000; ++round) {
        const auto number = std::bit_cast<double>(std::uint64_t{random()});
        if (!std::isfinite(number)) continue;
        const std::string text = number_text(number);
        const auto again = to_double(text);
        ASSERT_TRUE(again) << text;
        EXPECT_EQ(std::bit_cast<std::uint64_t>(*again), std::bit_cast<std::uint64_t>(number)) << text;
    }
}

}  // namespace mrcz::meta
