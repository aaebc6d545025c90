// How well outliers are found in synthetic stacks whose outliers are known: a table over the outlier_* sets that
// tools/make_data.py of the shared folder makes.
//   bench_outlier_sets FOLDER
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mrcz/correlation.hpp"
#include "mrcz/outliers.hpp"

namespace {

using namespace mrcz;

template <class Number>
std::vector<Number> read_numbers(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error("no file " + path);
    std::vector<Number> numbers(static_cast<std::size_t>(file.tellg()) / sizeof(Number));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * sizeof(Number)));
    return numbers;
}

struct Set {
    std::vector<std::int16_t> stack;
    std::vector<std::uint8_t> mask;
    std::vector<float> z;
    ImageShape shape;

    [[nodiscard]] std::size_t frames() const { return stack.size() / mask.size(); }
    [[nodiscard]] std::span<const std::int16_t> frame(std::size_t index) const {
        return std::span(stack).subspan(index * mask.size(), mask.size());
    }
};

Set read_set(const std::string& folder, const std::string& name) {
    Set set{read_numbers<std::int16_t>(folder + "/" + name + ".raw"),
            read_numbers<std::uint8_t>(folder + "/" + name + ".mask.raw"),
            read_numbers<float>(folder + "/" + name + ".z.raw"),
            {}};
    const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(set.mask.size()))));
    set.shape = {side, side};
    return set;
}

SumImage sum_of(const Set& set) {
    FrameSummer summer({PixelType::int16, set.shape.nx, set.shape.ny});
    for (std::size_t f = 0; f < set.frames(); ++f) summer.add(std::as_bytes(set.frame(f)));
    return summer.take();
}

std::vector<float> floats(std::span<const std::int16_t> frame) { return {frame.begin(), frame.end()}; }

struct Result {
    double correlation = 0, mean = 0;
};

Result measured(const Set& set, const Outliers* outliers, OutlierFill fill) {
    FrameCorrelation correlation(set.shape);
    Result result;
    for (std::size_t f = 0; f < set.frames(); ++f) {
        auto frame = floats(set.frame(f));
        if (outliers != nullptr) fill_outliers(std::span(frame), *outliers, fill, static_cast<std::int64_t>(f), 1);
        correlation.add(frame);
        for (const float value : frame) result.mean += static_cast<double>(value);
    }
    result.correlation = correlation.mean();
    result.mean /= static_cast<double>(set.stack.size());
    return result;
}

struct Score {
    double recall = 1, precision = 1, false_rate = 0;
};

Score score_of(const Set& set, const Outliers& outliers) {
    std::vector<bool> found(set.mask.size());
    for (const OutlierPixel& pixel : outliers.pixels) found[pixel.index] = pixel.is_outlier();
    double far = 0, far_found = 0, right = 0, wrong = 0, good = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const bool is_far = set.mask[i] == 1 && set.z[i] >= 6;
        far += is_far;
        far_found += is_far && found[i];
        good += set.mask[i] == 0;
        right += set.mask[i] != 0 && found[i];
        wrong += set.mask[i] == 0 && found[i];
    }
    return {far > 0 ? far_found / far : NAN, right + wrong > 0 ? right / (right + wrong) : NAN, wrong / good};
}

void print_row(const std::string& name, const Set& set, OutlierRule rule) {
    OutlierOptions options;
    options.rule = rule;
    const Outliers outliers = find_outliers(sum_of(set), options);
    const Score score = score_of(set, outliers);
    const Result before = measured(set, nullptr, OutlierFill::mean), mean = measured(set, &outliers, OutlierFill::mean),
                 random = measured(set, &outliers, OutlierFill::random);
    fmt::print(
        "| {} | {} | {:.4f} | {:.4f} | {:.1e} | {:.2f} | {:.2f} | {} | {} | {} | {} | {:.5f} | {:.5f} | {:.5f} | "
        "{:.4f} | {:.4f} |\n",
        name, rule == OutlierRule::paper ? "paper" : "guarded", score.recall, score.precision, score.false_rate,
        outliers.dark_threshold, outliers.hot_threshold, outliers.dead, outliers.hot, outliers.singletons,
        outliers.clustered, before.correlation, mean.correlation, random.correlation, mean.mean, random.mean);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: bench_outlier_sets FOLDER\n", stderr);
        return 2;
    }
    fmt::print(
        "| set | rule | recall >= 6 sigma | precision | false rate | dark | hot | dead | hot pixels | single | "
        "clustered | R before | R mean | R random | mean, fill mean | mean, fill random |\n");
    fmt::print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (const std::string name : {"outlier_lam1", "outlier_lam4", "outlier_lam0.1", "outlier_hot5", "outlier_clean"}) {
        const Set set = read_set(argv[1], name);
        for (const OutlierRule rule : {OutlierRule::guarded, OutlierRule::paper}) print_row(name, set, rule);
    }
    return 0;
}
