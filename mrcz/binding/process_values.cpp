#include "process_values.hpp"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <mutex>

#include "mrcz/error.hpp"

namespace mrcz::python {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_argument, why); }

template <class T>
nb::object array_of_values(std::vector<T> values, const ImageShape& shape) {
    auto* kept = new std::vector<T>(std::move(values));
    const nb::capsule owner(kept, [](void* held) noexcept { delete static_cast<std::vector<T>*>(held); });
    const std::size_t extents[2] = {static_cast<std::size_t>(shape.ny), static_cast<std::size_t>(shape.nx)};
    return nb::ndarray<nb::numpy, T>(kept->data(), 2, extents, owner).cast();
}

template <class T>
bool copy_values(const ReadOnlyBuffer& array, SumImage& sum) {
    if (array.dtype() != nb::dtype<T>()) return false;
    const auto* const from = static_cast<const T*>(array.data());
    const std::size_t count = array.size();
    const nb::gil_scoped_release unlocked;
    sum.values = std::vector<T>(from, from + count);
    return true;
}

/// A value of a dict, by its name; nothing for None.
template <class T>
std::optional<T> optional_of(const nb::dict& options, const char* name) {
    const nb::object value = options[name];
    if (value.is_none()) return std::nullopt;
    return nb::cast<T>(value);
}

template <class T>
T value_of(const nb::dict& options, const char* name) {
    return nb::cast<T>(nb::object(options[name]));
}

OutlierRule rule_named(std::string_view name) {
    if (name == "guarded") return OutlierRule::guarded;
    if (name == "paper") return OutlierRule::paper;
    refuse("outliers: rule \"" + std::string(name) + R"(", expected "guarded" or "paper")");
}

OutlierTransform transform_named(std::string_view name) {
    if (name == "automatic") return OutlierTransform::automatic;
    if (name == "none") return OutlierTransform::none;
    if (name == "anscombe") return OutlierTransform::anscombe;
    refuse("outliers: transform \"" + std::string(name) + R"(", expected "automatic", "none" or "anscombe")");
}

std::optional<GainRequest> gain_request(const nb::dict& options) {
    const nb::object given = options["gain"];
    if (given.is_none()) return std::nullopt;
    const auto gain = nb::cast<nb::dict>(given);
    GainRequest request;
    request.file = value_of<std::filesystem::path>(gain, "file");
    request.kind = gain_kind_named(value_of<std::string>(gain, "kind"));
    const nb::object orientation = gain["orientation"];
    request.is_oriented_automatically = orientation.is_none();
    if (!orientation.is_none()) request.orientation = orientation_of(orientation);
    request.gamma = optional_of<double>(gain, "gamma");
    const nb::object law = gain["law"];
    if (!law.is_none()) request.gamma_law = law_of(law);
    request.gamma_law_file = value_of<std::filesystem::path>(gain, "law_file");
    return request;
}

std::optional<BarePixels> bare_pixels(const nb::dict& options) {
    const nb::object given = options["bare"];
    if (given.is_none()) return std::nullopt;
    const auto bare = nb::cast<nb::dict>(given);
    return BarePixels{.shape = {value_of<std::int64_t>(bare, "columns"), value_of<std::int64_t>(bare, "rows")},
                      .type = pixel_type_named(value_of<std::string>(bare, "dtype")),
                      .offset_bytes = value_of<std::uint64_t>(bare, "offset"),
                      .is_big_endian = value_of<bool>(bare, "big_endian")};
}

}  // namespace

ImageShape shape_of(const FloatArray& array) {
    return {static_cast<std::int64_t>(array.shape(1)), static_cast<std::int64_t>(array.shape(0))};
}

FloatImage image_of(const FloatArray& array) {
    const ImageShape shape = shape_of(array);
    const float* const from = array.data();
    const std::size_t count = array.size();
    const nb::gil_scoped_release unlocked;
    return {shape, std::vector<float>(from, from + count)};
}

nb::object array_of(FloatImage image) { return array_of_values(std::move(image.values), image.shape); }

nb::object array_of(SumImage sum) {
    return std::visit([&](auto& values) { return array_of_values(std::move(values), sum.shape); }, sum.values);
}

SumImage sum_of(const ReadOnlyBuffer& array, std::int64_t frames) {
    if (array.ndim() != 2) refuse("sum: an array of " + std::to_string(array.ndim()) + " axes, expected [y, x]");
    SumImage sum{.shape = {static_cast<std::int64_t>(array.shape(1)), static_cast<std::int64_t>(array.shape(0))},
                 .frames = frames,
                 .values = {}};
    if (!copy_values<std::uint32_t>(array, sum) && !copy_values<std::int64_t>(array, sum) &&
        !copy_values<double>(array, sum))
        refuse("sum: expected uint32, int64 or float64");
    if (frames < 1) refuse("frames: " + std::to_string(frames) + ", a sum is of at least 1");
    return sum;
}

OutlierFill fill_named(std::string_view name) {
    if (name == "random") return OutlierFill::random;
    if (name == "frame") return OutlierFill::frame;
    if (name == "mean") return OutlierFill::mean;
    refuse("fill: \"" + std::string(name) + R"(", expected "random", "frame" or "mean")");
}

GainKind gain_kind_named(std::string_view name) {
    if (name == "multiplicative") return GainKind::multiplicative;
    if (name == "flat_field") return GainKind::flat_field;
    refuse("gain_kind: \"" + std::string(name) + R"(", expected "multiplicative" or "flat_field")");
}

GainOrientation orientation_of(const nb::object& turns_and_flip) {
    const auto numbers = nb::cast<std::vector<int>>(turns_and_flip);
    if (numbers.size() != 2 || numbers[0] < 0 || numbers[0] > 3 || numbers[1] < 0 || numbers[1] > 2)
        refuse("gain_orient: expected quarter turns, 0 to 3, and flip: 0 none, 1 upside down, 2 left to right");
    constexpr GainFlip flips[] = {GainFlip::none, GainFlip::upside_down, GainFlip::left_right};
    return {numbers[0], flips[numbers[1]]};
}

nb::tuple tuple_of(const GainOrientation& orientation) {
    const int flip = orientation.flip == GainFlip::none ? 0 : orientation.flip == GainFlip::upside_down ? 1 : 2;
    return nb::make_tuple(orientation.quarter_turns, flip);
}

GammaLaw law_of(const nb::object& numbers) {
    const auto values = nb::cast<std::vector<double>>(numbers);
    if (values.size() != 6) refuse("gamma: a law has six numbers: a1, b1, a2, a3, least rate, greatest rate");
    return {.a1 = values[0],
            .b1 = values[1],
            .a2 = values[2],
            .a3 = values[3],
            .least_rate = values[4],
            .greatest_rate = values[5]};
}

nb::tuple tuple_of(const GammaLaw& law) {
    return nb::make_tuple(law.a1, law.b1, law.a2, law.a3, law.least_rate, law.greatest_rate);
}

OutlierOptions outlier_options(const nb::dict& given) {
    OutlierOptions options;
    options.rule = rule_named(value_of<std::string>(given, "rule"));
    options.transform = transform_named(value_of<std::string>(given, "transform"));
    options.values_per_electron = optional_of<double>(given, "counts_per_electron");
    options.least_threshold = value_of<double>(given, "least_threshold");
    options.steepness = value_of<double>(given, "steepness");
    options.threshold_share = value_of<double>(given, "threshold_share");
    options.kernel_taps = value_of<std::vector<double>>(given, "kernel_taps");
    options.is_sparing_patches = value_of<bool>(given, "spare_patches");
    options.is_decorrelated = value_of<bool>(given, "decorrelate");
    return options;
}

KomaOptions koma_options(const nb::dict& given) {
    KomaOptions options;
    options.radius = value_of<std::int64_t>(given, "radius");
    options.is_trailing = value_of<bool>(given, "trailing");
    options.is_dose_scaled = value_of<bool>(given, "dose_scaled");
    options.is_divided = value_of<bool>(given, "divided");
    return options;
}

ProcessOptions process_options(const nb::dict& given) {
    ProcessOptions options;
    options.gain = gain_request(given);
    options.dark = value_of<std::filesystem::path>(given, "dark");
    options.bare = bare_pixels(given);
    options.defects = value_of<std::filesystem::path>(given, "defects");
    if (const nb::object outliers = given["outliers"]; !outliers.is_none())
        options.outliers = outlier_options(nb::cast<nb::dict>(outliers));
    if (const auto fill = optional_of<std::string>(given, "fill")) options.fill = fill_named(*fill);
    if (const nb::object koma = given["koma"]; !koma.is_none()) options.koma = koma_options(nb::cast<nb::dict>(koma));
    options.frame_seconds = optional_of<double>(given, "frame_time");
    if (const auto dtype = optional_of<std::string>(given, "dtype")) options.dtype = pixel_type_named(*dtype);
    options.seed = value_of<std::uint64_t>(given, "seed");
    options.may_repeat = value_of<bool>(given, "again");
    options.is_plain = value_of<bool>(given, "plain");
    options.coding.level = value_of<int>(given, "level");
    options.measures_correlation = value_of<bool>(given, "measure");
    options.correlation_lag = value_of<std::int64_t>(given, "lag");
    options.mode0 = mode0_named(value_of<std::string>(given, "mode0"));
    return options;
}

void run_telling(unsigned threads, const nb::object& tell, const Work& work, const nb::object& progress) {
    std::mutex mutex;
    std::vector<std::string> said;
    const auto pass_on = [&] {
        for (const std::string& message : said) tell(text_of(message));
    };
    try {
        run_unlocked(
            threads,
            [&](const RunContext& context) {
                RunContext heard = context;
                heard.log = [&](std::string_view message) {
                    const std::lock_guard lock(mutex);
                    said.emplace_back(message);
                };
                work(heard);
            },
            progress);
    } catch (const Error&) {
        pass_on();
        throw;
    }
    pass_on();
}

}  // namespace mrcz::python
