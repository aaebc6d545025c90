#include <gtest/gtest.h>

#include <algorithm>

#include "levels.hpp"
#include "simd/kernels.hpp"

namespace mrcz::simd {
namespace {

std::vector<std::byte> by_definition(std::vector<std::byte> bytes, std::size_t word_bytes) {
    for (auto word = bytes.begin(); word != bytes.end(); word += static_cast<std::ptrdiff_t>(word_bytes)) {
        std::reverse(word, word + static_cast<std::ptrdiff_t>(word_bytes));
    }
    return bytes;
}

TEST(ByteSwap, EveryLevelMatchesDefinition) {
    for (const std::size_t word_bytes : {1, 2, 4, 8}) {
        for (const std::size_t words : {0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 129}) {
            for (const std::size_t offset : {0, 1, 13}) {
                for (const Level level : levels()) {
                    Buffer data(words * word_bytes, offset);
                    fill_random(data.span());
                    const auto expected = by_definition(data.copy(), word_bytes);
                    kernels(level).byteswap(data.span(), word_bytes);
                    EXPECT_EQ(data.copy(), expected) << kernels(level).name << ' ' << words << " x " << word_bytes;
                }
            }
        }
    }
}

}  // namespace
}  // namespace mrcz::simd
