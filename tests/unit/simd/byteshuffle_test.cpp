#include <gtest/gtest.h>

#include "levels.hpp"
#include "simd/kernels.hpp"

namespace mrcz::simd {
namespace {

constexpr std::size_t element_sizes[] = {1, 2, 3, 4, 5, 8, 16};
constexpr std::size_t counts[] = {0, 1, 7, 31, 32, 33, 63, 64, 65, 128, 1000};

std::vector<std::byte> by_definition(const std::vector<std::byte>& from, std::size_t element_bytes) {
    std::vector<std::byte> to;
    for (std::size_t k = 0; k < element_bytes; ++k) {
        for (std::size_t at = k; at < from.size(); at += element_bytes) to.push_back(from[at]);
    }
    return to;
}

template <class Trial>
void for_all_shapes(Trial trial) {
    for (const std::size_t element_bytes : element_sizes) {
        for (const std::size_t elements : counts) {
            for (const std::size_t offset : {0, 1, 13}) {
                SCOPED_TRACE(testing::Message() << elements << " x " << element_bytes << " bytes at " << offset);
                Buffer from(elements * element_bytes, offset);
                fill_random(from.span(), static_cast<unsigned>(elements + element_bytes));
                trial(from, elements, element_bytes, offset);
            }
        }
    }
}

TEST(ByteShuffle, ScalarMatchesDefinition) {
    for_all_shapes([](Buffer& from, std::size_t elements, std::size_t element_bytes, std::size_t offset) {
        Buffer to(elements * element_bytes, offset);
        kernels(Level::scalar).byteshuffle(from.data(), to.data(), elements, element_bytes);
        EXPECT_EQ(to.copy(), by_definition(from.copy(), element_bytes));
    });
}

TEST(ByteShuffle, EveryLevelMatchesScalar) {
    for_all_shapes([](Buffer& from, std::size_t elements, std::size_t element_bytes, std::size_t offset) {
        Buffer expected(elements * element_bytes);
        kernels(Level::scalar).byteshuffle(from.data(), expected.data(), elements, element_bytes);
        for (const Level level : levels()) {
            Buffer to(elements * element_bytes, offset);
            kernels(level).byteshuffle(from.data(), to.data(), elements, element_bytes);
            EXPECT_EQ(to.copy(), expected.copy()) << kernels(level).name;
        }
    });
}

TEST(ByteShuffle, EveryLevelUndoesIt) {
    for_all_shapes([](Buffer& from, std::size_t elements, std::size_t element_bytes, std::size_t offset) {
        Buffer shuffled(elements * element_bytes, offset);
        kernels(Level::scalar).byteshuffle(from.data(), shuffled.data(), elements, element_bytes);
        for (const Level level : levels()) {
            Buffer back(elements * element_bytes, offset);
            kernels(level).byteunshuffle(shuffled.data(), back.data(), elements, element_bytes);
            EXPECT_EQ(back.copy(), from.copy()) << kernels(level).name;
        }
    });
}

}  // namespace
}  // namespace mrcz::simd
