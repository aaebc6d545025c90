#include "codec/rans/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

struct Shape {
    double mean = 0;
    double bits = 0;  ///< of a pixel
};

Shape shape_of(const Table& table) {
    const Coding& coding = table.coding;
    const unsigned value_bits = 8 / coding.tuple;
    Shape shape;
    double known = 0;
    for (std::size_t symbol = 0; symbol < symbol_count; ++symbol) {
        const double share = table.frequencies.of[symbol] / 4096.0;
        if (share == 0) continue;
        shape.bits += share * symbol_costs()[table.frequencies.of[symbol]] / 65536.0;
        if (symbol == rare_symbol) shape.bits += 8 * share;
        if (symbol == wild_symbol) shape.bits += 16 * share;
        if (symbol == rare_symbol || symbol == wild_symbol) continue;
        double values = 0;
        for (unsigned k = 0; k < coding.tuple; ++k)
            values += static_cast<double>(symbol >> (k * value_bits) & ((1u << value_bits) - 1));
        shape.mean += share * values / coding.tuple;
        known += share;
    }
    const double middle_of_step = static_cast<double>((1u << coding.shift) - 1) / 2;
    shape.mean = coding.origin + shape.mean / std::max(known, 1e-9) * (1u << coding.shift) + middle_of_step;
    shape.bits = shape.bits / coding.tuple + coding.shift;
    return shape;
}

double bits_of(const Histograms& histograms, std::size_t pixel) {
    const auto starts = histograms.starts(pixel);
    const auto share = [](std::uint32_t frequency) {
        return frequency * (symbol_costs()[frequency] / 65536.0) / simd::rans_probability_total;
    };
    double bits = histograms[pixel].shift;
    for (std::size_t value = 0; value + 1 < starts.size(); ++value)
        if (const auto frequency = static_cast<std::uint32_t>(starts[value + 1] - starts[value]); frequency != 0)
            bits += share(frequency);
    const std::uint32_t rare = simd::rans_probability_total - histograms[pixel].wild - starts.back();
    return bits + share(rare) + 8.0 * rare / simd::rans_probability_total;
}

}  // namespace

std::vector<std::uint32_t> order_of(std::span<const std::uint8_t> classes) {
    std::array<std::size_t, 257> place{};
    for (const std::uint8_t of_pixel : classes) ++place[of_pixel + std::size_t{1}];
    for (std::size_t k = 1; k < place.size(); ++k) place[k] += place[k - 1];
    std::vector<std::uint32_t> order(classes.size());
    for (std::size_t pixel = 0; pixel < classes.size(); ++pixel)
        order[place[classes[pixel]]++] = static_cast<std::uint32_t>(pixel);
    return order;
}

Model::Model(Parts parts) : parts_(std::move(parts)), order_(order_of(parts_.classes)) {
    starts_.push_back(0);
    for (const std::uint32_t length : parts_.lengths) starts_.push_back(starts_.back() + length);
    if (!parts_.base.empty()) {
        subtracted_.resize(order_.size());
        for (std::size_t at = 0; at < order_.size(); ++at) subtracted_[at] = parts_.base[order_[at]];
    }
    double brightest = 0;
    std::vector<std::pair<double, std::uint8_t>> roots;
    for (const Table& table : parts_.tables) {
        encoding_.emplace_back(table);
        decoding_.push_back(std::make_unique<const DecodingTable>(table));
        const Shape shape = shape_of(table);
        roots.emplace_back(root_of(shape.mean, floor_of(parts_)), static_cast<std::uint8_t>(roots.size()));
        pixel_bits_.push_back(shape.bits);
        brightest = std::max(brightest, shape.mean);
    }
    std::sort(roots.begin(), roots.end());
    for (const auto& [root, table] : roots) {
        root_means_.push_back(root);
        by_mean_.push_back(table);
    }
    for (std::size_t pixel = 0; pixel < parts_.histograms.size(); ++pixel)
        histogram_bits_ += bits_of(parts_.histograms, pixel);
    constexpr double room = 16;
    cap_ = static_cast<std::uint32_t>(std::min(2 * brightest + room, 4294967295.0));
}

std::size_t Model::segment_from(std::size_t pixel) const {
    const auto found = std::lower_bound(starts_.begin(), starts_.end() - 1, pixel);
    return *found == pixel ? static_cast<std::size_t>(found - starts_.begin()) : segment_count();
}

std::size_t Model::table_for(double mean) const {
    const double root = root_of(mean, floor_of(parts_));
    const auto above = std::lower_bound(root_means_.begin(), root_means_.end(), root);
    auto index = static_cast<std::size_t>(above - root_means_.begin());
    if (index == root_means_.size() || (index != 0 && root - root_means_[index - 1] < root_means_[index] - root))
        --index;
    return by_mean_[index];
}

double Model::root_of(double mean, double floor) { return std::sqrt(std::max(0.0, mean - floor)); }

void Model::gather(std::span<const std::byte> frame, std::size_t first, std::span<std::byte> pixels) const {
    with_word(parts_.kind, [&](auto word) {
        using Word = decltype(word);
        const std::size_t count = pixels.size() / sizeof(Word);
        const std::uint32_t* from = &order_[first];
        const auto least = static_cast<Word>(parts_.least);
        for (std::size_t at = 0; at < count; ++at) {
            auto pixel = static_cast<Word>(load_le<Word>(&frame[from[at] * sizeof(Word)]) - least);
            if (!subtracted_.empty()) pixel = static_cast<Word>(pixel - subtracted_[first + at]);
            store_le(&pixels[at * sizeof(Word)], pixel);
        }
    });
}

void Model::scatter(std::span<const std::byte> pixels, std::size_t first, std::span<std::byte> frame) const {
    with_word(parts_.kind, [&](auto word) {
        using Word = decltype(word);
        const std::size_t count = pixels.size() / sizeof(Word);
        const std::uint32_t* to = &order_[first];
        const auto least = static_cast<Word>(parts_.least);
        for (std::size_t at = 0; at < count; ++at) {
            auto pixel = static_cast<Word>(load_le<Word>(&pixels[at * sizeof(Word)]) + least);
            if (!subtracted_.empty()) pixel = static_cast<Word>(pixel + subtracted_[first + at]);
            store_le(&frame[to[at] * sizeof(Word)], pixel);
        }
    });
}

}  // namespace mrcz::codec::rans
