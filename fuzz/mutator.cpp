#include "mutator.hpp"

#include <algorithm>
#include <array>

namespace mrcz::fuzz {
namespace {

/// Where counts wrap, signs turn and sizes end.
constexpr std::array<std::uint64_t, 14> awkward_numbers{
    0, 1, 2, 15, 16, 127, 128, 255, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xffffffffffffffff};

template <class Word>
void put(Bytes& bytes, std::size_t at, std::uint64_t number) {
    if (bytes.size() - at >= sizeof(Word)) store_le(&bytes[at], static_cast<Word>(number));
}

}  // namespace

Bytes Mutator::changed(const Bytes& input, const Bytes& other) {
    Bytes bytes = input;
    for (std::size_t count = 1 + below(4); count > 0 && !bytes.empty(); --count) change_once(bytes, other);
    return bytes;
}

void Mutator::change_once(Bytes& bytes, const Bytes& other) {
    const std::size_t at = below(bytes.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(16, bytes.size() - at));
    const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = place + static_cast<std::ptrdiff_t>(length);
    const std::uint64_t number = awkward_numbers[below(awkward_numbers.size())];
    switch (below(9)) {
        case 0:
            bytes[at] ^= static_cast<std::byte>(1U << below(8));
            return;
        case 1:
            bytes[at] = static_cast<std::byte>(below(256));
            return;
        case 2:
            return put<std::uint16_t>(bytes, at, number);
        case 3:
            return put<std::uint32_t>(bytes, at / 4 * 4, number);
        case 4:
            return put<std::uint64_t>(bytes, at / 4 * 4, number);
        case 5:
            bytes.erase(place, end);
            return;
        case 6:
            bytes.resize(at);
            return;
        case 7: {
            const Bytes again(place, end);
            bytes.insert(place, again.begin(), again.end());
            return;
        }
        default: {
            const std::size_t count = std::min({length, other.size(), bytes.size() - at});
            const std::size_t from = below(other.size() - count + 1);
            std::copy_n(other.begin() + static_cast<std::ptrdiff_t>(from), count, place);
        }
    }
}

}  // namespace mrcz::fuzz
