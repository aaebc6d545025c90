#include "codec/rans/sample_values.hpp"

#include <algorithm>

#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::uint32_t last_value = SampleValues::most_values - 1;
/// Pixels that are gone through sample by sample, while what is kept of them stays in the first cache.
constexpr std::size_t stripe = 2048;

template <class Word>
std::uint32_t least_of(std::span<const std::byte> pixels, std::uint32_t sign_bit) {
    auto least = static_cast<Word>(~Word{0});
    for (std::size_t at = 0; at < pixels.size(); at += sizeof(Word))
        least = std::min(least, static_cast<Word>(load_le<Word>(&pixels[at]) ^ static_cast<Word>(sign_bit)));
    return least;
}

template <class Word>
std::uint16_t clipped(Word value) {
    if constexpr (sizeof(Word) == 4) return static_cast<std::uint16_t>(std::min<std::uint32_t>(value, last_value));
    return static_cast<std::uint16_t>(value);
}

}  // namespace

SampleValues::SampleValues(const LearningSet& set) : set_(set), kind_(kind_of(set.type)) {
    std::uint32_t least = UINT32_MAX;
    with_word(kind_, [&](auto word) {
        for (const auto sample : set_.samples)
            least = std::min(least, least_of<decltype(word)>(sample, kind_.sign_bit));
    });
    constexpr std::uint32_t near_zero = 16;
    const bool from_zero = kind_.sign_bit == 0 && least < near_zero;
    least_ = from_zero ? 0 : (least ^ kind_.sign_bit) & kind_.mask();
}

void SampleValues::read(std::size_t sample, std::size_t first, std::span<std::uint16_t> values) const {
    with_word(kind_, [&](auto word) {
        using Word = decltype(word);
        const std::byte* from = &set_.samples[sample][first * sizeof(Word)];
        const auto least = static_cast<Word>(least_);
        std::uint16_t* to = values.data();
        if (base_.empty()) {
            for (std::size_t at = 0; at < values.size(); ++at)
                to[at] = clipped(static_cast<Word>(load_le<Word>(from + at * sizeof(Word)) - least));
            return;
        }
        const std::uint32_t* base = &base_[first];
        for (std::size_t at = 0; at < values.size(); ++at)
            to[at] = clipped(
                static_cast<Word>(load_le<Word>(from + at * sizeof(Word)) - least - static_cast<Word>(base[at])));
    });
}

std::vector<std::uint32_t> SampleValues::sums() {
    std::vector<std::uint32_t> sums(set_.pixels);
    std::uint16_t values[stripe];
    for (std::size_t first = 0; first < set_.pixels; first += stripe) {
        const std::size_t count = std::min(stripe, set_.pixels - first);
        std::uint32_t* part = &sums[first];
        for (std::size_t sample = 0; sample < set_.samples.size(); ++sample) {
            read(sample, first, std::span(values, count));
            std::uint16_t greatest = greatest_;
            for (std::size_t at = 0; at < count; ++at) {
                part[at] += values[at];
                greatest = std::max(greatest, values[at]);
            }
            greatest_ = greatest;
        }
    }
    return sums;
}

/// Of the lowest tenth of a pixel's values, about one and a half deviations where that is all noise; the median of
/// pixels here and there.
std::uint32_t SampleValues::median_spread() const {
    constexpr std::size_t looked_at = 4096, run = 16;
    const std::size_t runs = std::max<std::size_t>(1, std::min(looked_at, set_.pixels) / run);
    const std::size_t samples = set_.samples.size();
    const auto tenth = static_cast<std::ptrdiff_t>(samples / 10);
    std::vector<std::uint16_t> values(samples * run), one(samples);
    std::vector<std::uint32_t> spreads;
    for (std::size_t k = 0; k < runs; ++k) {
        const std::size_t distance = set_.pixels / runs, room = distance > run ? distance - run : 1;
        const std::size_t first = k * distance + k * run % room;  // not the same columns in every row
        const std::size_t count = std::min(run, set_.pixels - first);
        for (std::size_t sample = 0; sample < samples; ++sample)
            read(sample, first, std::span(values).subspan(sample * run, count));
        for (std::size_t pixel = 0; pixel < count; ++pixel) {
            for (std::size_t sample = 0; sample < samples; ++sample) one[sample] = values[sample * run + pixel];
            std::nth_element(one.begin(), one.begin() + tenth, one.end());
            const std::uint16_t lowest = *std::min_element(one.begin(), one.begin() + tenth + 1);
            spreads.push_back(static_cast<std::uint32_t>(one[static_cast<std::size_t>(tenth)] - lowest));
        }
    }
    const auto middle = spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 2);
    std::nth_element(spreads.begin(), middle, spreads.end());
    return *middle;
}

/// The mean of each pixel's lowest peak; where a pixel is too bright to show one, the median of the others.
void SampleValues::find_base() {
    const std::uint32_t peak = 4 * median_spread() + 2;  // wide enough for six deviations of its noise
    std::vector<std::uint32_t> base(set_.pixels), found;
    std::vector<bool> is_found(set_.pixels);
    std::uint16_t values[stripe], lowest[stripe];
    std::uint32_t sums[stripe], counts[stripe];
    for (std::size_t first = 0; first < set_.pixels; first += stripe) {
        const std::size_t count = std::min(stripe, set_.pixels - first);
        std::fill_n(lowest, count, static_cast<std::uint16_t>(last_value));
        std::fill_n(sums, count, 0);
        std::fill_n(counts, count, 0);
        for (std::size_t sample = 0; sample < set_.samples.size(); ++sample) {
            read(sample, first, std::span(values, count));
            for (std::size_t at = 0; at < count; ++at) lowest[at] = std::min(lowest[at], values[at]);
        }
        for (std::size_t sample = 0; sample < set_.samples.size(); ++sample) {
            read(sample, first, std::span(values, count));
            for (std::size_t at = 0; at < count; ++at) {
                const auto above = static_cast<std::uint32_t>(values[at] - lowest[at]);
                const std::uint32_t is_in = above <= peak ? 1 : 0;
                sums[at] += is_in * above;
                counts[at] += is_in;
            }
        }
        for (std::size_t at = 0; at < count; ++at) {
            base[first + at] = lowest[at] + (sums[at] + counts[at] / 2) / counts[at];
            constexpr std::uint32_t least_count = 3;
            is_found[first + at] = counts[at] >= least_count;
            if (counts[at] >= least_count) found.push_back(base[first + at]);
        }
    }
    if (!found.empty()) {
        const auto middle = found.begin() + static_cast<std::ptrdiff_t>(found.size() / 2);
        std::nth_element(found.begin(), middle, found.end());
        for (std::size_t pixel = 0; pixel < set_.pixels; ++pixel)
            if (!is_found[pixel]) base[pixel] = *middle;
    }
    // One constant below all of them keeps the noise positive and the map small.
    least_ = (least_ - Model::base_room) & kind_.mask();
    base_ = std::move(base);
    greatest_ = 0;
}

}  // namespace mrcz::codec::rans
