// What corrections are made of: sums, outliers, gain references, patterns. Arrays in and out.
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "mrcz/correlation.hpp"
#include "mrcz/error.hpp"
#include "process_values.hpp"

namespace mrcz::python {
namespace {

namespace fs = std::filesystem;
using FloatFrames = nb::ndarray<const float, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using WritableFrames = nb::ndarray<float, nb::ndim<3>, nb::c_contig, nb::device::cpu>;
using Numbers = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

/// Work that nothing is told of.
template <class Work>
auto unlocked(unsigned threads, const Work& work) {
    std::optional<decltype(work(RunContext{}))> result;
    run_unlocked(threads, [&](const RunContext& context) { result.emplace(work(context)); });
    return *std::move(result);
}

std::span<const double> span_of(const Numbers& numbers) { return {numbers.data(), numbers.size()}; }

std::span<const std::uint8_t> span_of(const std::optional<MaskArray>& mask) {
    return mask ? std::span(mask->data(), mask->size()) : std::span<const std::uint8_t>();
}

// Sums.

nb::object sum_of_file(const fs::path& path, std::string_view mode0, unsigned threads, const nb::object& progress) {
    const Mode0 sign = mode0_named(mode0);
    SumImage sum;
    run_unlocked(
        threads, [&](const RunContext& context) { sum = sum_frames(Reader(path, {}, sign), context); }, progress);
    return array_of(std::move(sum));
}

nb::object sum_of_array(const ReadOnlyBuffer& frames, std::string_view type, unsigned threads) {
    const FrameFormat format{pixel_type_named(type), static_cast<std::int64_t>(frames.shape(2)),
                             static_cast<std::int64_t>(frames.shape(1))};
    const std::span<const std::byte> bytes = bytes_in(frames);
    return array_of(unlocked(threads, [&](const RunContext& context) {
        FrameSummer summer(format);
        const auto size = static_cast<std::size_t>(bytes_of(format));
        for (std::size_t at = 0; at + size <= bytes.size() && size > 0; at += size)
            summer.add(bytes.subspan(at, size), context);
        return summer.take();
    }));
}

// Outliers.

nb::object weights(const Outliers& found) {
    return array_of(unlocked(1, [&](const RunContext&) {
        FloatImage image{found.shape, std::vector<float>(found.shape.pixels(), 1.0F)};
        for (const OutlierPixel& pixel : found.pixels)
            image.values[static_cast<std::size_t>(pixel.index)] = pixel.weight;
        return image;
    }));
}

nb::tuple histogram(const Outliers& found) {
    nb::list counts;
    for (const std::uint64_t count : found.histogram.counts) counts.append(count);
    return nb::make_tuple(found.histogram.width, found.histogram.first, counts, found.histogram.below,
                          found.histogram.above);
}

nb::list pixels(const Outliers& found) {
    nb::list rows;
    for (const OutlierPixel& pixel : found.pixels)
        rows.append(nb::make_tuple(static_cast<std::int64_t>(pixel.index) / found.shape.nx,
                                   static_cast<std::int64_t>(pixel.index) % found.shape.nx, pixel.weight, pixel.fill,
                                   pixel.is_clustered));
    return rows;
}

void fill(const WritableFrames& frames, const Outliers& found, std::string_view name, std::int64_t first,
          std::uint64_t seed) {
    const OutlierFill by = fill_named(name);
    const std::size_t pixels_a_frame = frames.shape(1) * frames.shape(2);
    const std::size_t count = frames.shape(0);
    float* const data = frames.data();
    run_unlocked(1, [&](const RunContext&) {
        for (std::size_t i = 0; i < count; ++i)
            fill_outliers(std::span(data + i * pixels_a_frame, pixels_a_frame), found, by,
                          first + static_cast<std::int64_t>(i), seed);
    });
}

void bind_outliers(nb::module_& module) {
    nb::class_<Outliers>(module, "Outliers")
        .def_prop_ro("shape", [](const Outliers& found) { return nb::make_tuple(found.shape.ny, found.shape.nx); })
        .def_ro("frames", &Outliers::frames)
        .def_ro("counts_per_electron", &Outliers::values_per_electron)
        .def_ro("is_transformed", &Outliers::is_transformed)
        .def_ro("mean", &Outliers::mean)
        .def_ro("sigma", &Outliers::sigma)
        .def_ro("dark_threshold", &Outliers::dark_threshold)
        .def_ro("hot_threshold", &Outliers::hot_threshold)
        .def_ro("dead", &Outliers::dead)
        .def_ro("hot", &Outliers::hot)
        .def_ro("singletons", &Outliers::singletons)
        .def_ro("clustered", &Outliers::clustered)
        .def_ro("spared", &Outliers::spared)
        .def_ro("frame_mean", &Outliers::frame_mean)
        .def("weights", &weights)
        .def("histogram", &histogram)
        .def("pixels", &pixels)
        .def("pack",
             [](const Outliers& found) {
                 return bytes_of(unlocked(1, [&](const RunContext&) { return pack_outliers(found); }));
             })
        .def_static("unpack", [](const nb::bytes& packed) {
            const std::span bytes(static_cast<const std::byte*>(packed.data()), packed.size());
            return unlocked(1, [&](const RunContext&) { return unpack_outliers(bytes); });
        });
    module.def(
        "find_outliers",
        [](const ReadOnlyBuffer& sum, std::int64_t frames, const nb::dict& options, std::optional<double> fano_factor,
           const std::optional<MaskArray>& known_bad, unsigned threads) {
            const SumImage image = sum_of(sum, frames);
            OutlierOptions chosen = outlier_options(options);
            chosen.fano_factor = fano_factor;
            if (known_bad && known_bad->size() != image.shape.pixels())
                throw Error(ErrorCode::invalid_argument, "known_bad: another shape than the sum");
            const auto bad = span_of(known_bad);
            return unlocked(threads,
                            [&](const RunContext& context) { return find_outliers(image, chosen, bad, context); });
        },
        nb::arg("sum"), nb::arg("frames"), nb::arg("options"), nb::arg("fano_factor").none(),
        nb::arg("known_bad").none(), nb::arg("threads"));
    module.def("filled_sum", [](const ReadOnlyBuffer& sum, std::int64_t frames, const Outliers& found) {
        const SumImage image = sum_of(sum, frames);
        if (!(image.shape == found.shape))
            throw Error(ErrorCode::invalid_argument, "sum: another shape than the outliers were found in");
        return array_of(unlocked(1, [&](const RunContext&) { return filled(image, found); }));
    });
    module.def("fill_outliers", &fill);
}

// Gain.

nb::object read(const fs::path& path, const nb::dict& options) {
    const ProcessOptions chosen = process_options(options);
    return array_of(unlocked(1, [&](const RunContext&) { return read_image(path, chosen); }));
}

/// Zeros where it is bad.
nb::object gain_factors(const FloatArray& reference, std::string_view kind, const std::optional<FloatArray>& dark,
                        const nb::object& orientation, std::optional<double> gamma) {
    const GainKind by = gain_kind_named(kind);
    const GainOrientation turned = orientation_of(orientation);
    FloatImage image = image_of(reference);
    std::optional<FloatImage> subtracted;
    if (dark) subtracted = image_of(*dark);
    return array_of(unlocked(1, [&](const RunContext&) {
        if (by == GainKind::flat_field && subtracted) image = difference(image, *subtracted);
        GainReference gain = make_gain(image, by);
        if (!(turned == GainOrientation{})) gain = make_gain(oriented(gain.factors, turned));
        return (gamma ? raised(gain, *gamma) : gain).factors;
    }));
}

void apply(const WritableFrames& frames, const std::optional<FloatArray>& gain, const std::optional<FloatArray>& dark) {
    const std::size_t pixels_a_frame = frames.shape(1) * frames.shape(2), count = frames.shape(0);
    std::optional<FloatImage> image, subtracted;
    if (gain) image = image_of(*gain);
    if (dark) subtracted = image_of(*dark);
    float* const data = frames.data();
    run_unlocked(1, [&](const RunContext&) {
        std::optional<GainReference> factors;
        if (image) factors = make_gain(*std::move(image));
        for (std::size_t i = 0; i < count; ++i)
            apply_gain(std::span(data + i * pixels_a_frame, pixels_a_frame), subtracted ? &*subtracted : nullptr,
                       factors ? &*factors : nullptr);
    });
}

nb::list scores(const ReadOnlyBuffer& sum, std::int64_t frames, const FloatArray& gain, unsigned threads) {
    const SumImage image = sum_of(sum, frames);
    FloatImage factors = image_of(gain);
    const auto found = unlocked(threads, [&](const RunContext& context) {
        return score_orientations(image, make_gain(std::move(factors)), context);
    });
    nb::list rows;
    for (const OrientationScore& score : found)
        rows.append(nb::make_tuple(tuple_of(score.orientation), score.deviation));
    return rows;
}

nb::tuple calibrated(const std::vector<fs::path>& flats, const nb::dict& options, unsigned threads,
                     const nb::object& tell) {
    const ProcessOptions chosen = process_options(options);
    GammaCalibration calibration;
    run_telling(threads, tell,
                [&](const RunContext& context) { calibration = calibrate_gamma(flats, chosen, context); });
    nb::list points;
    for (const GammaPoint& point : calibration.points) points.append(nb::make_tuple(point.dose_rate, point.gamma));
    return nb::make_tuple(tuple_of(calibration.law), points, text_of(json_of(calibration)));
}

void bind_gain(nb::module_& module) {
    module.def("read_image", &read);
    module.def("gain_factors", &gain_factors, nb::arg("reference"), nb::arg("kind"), nb::arg("dark").none(),
               nb::arg("orientation"), nb::arg("gamma").none());
    module.def("apply_gain", &apply, nb::arg("frames"), nb::arg("gain").none(), nb::arg("dark").none());
    module.def("score_orientations", &scores);
    module.def("oriented", [](const FloatArray& image, const nb::object& orientation) {
        const GainOrientation turned = orientation_of(orientation);
        const FloatImage as_given = image_of(image);
        return array_of(unlocked(1, [&](const RunContext&) { return oriented(as_given, turned); }));
    });
    module.def("describe_orientation",
               [](const nb::object& orientation) { return description_of(orientation_of(orientation)); });
    module.def("find_gamma",
               [](const ReadOnlyBuffer& flat, std::int64_t frames, const FloatArray& gain, unsigned threads) {
                   const SumImage image = sum_of(flat, frames);
                   FloatImage factors = image_of(gain);
                   return unlocked(threads, [&](const RunContext& context) {
                       return find_gamma(image, make_gain(std::move(factors)), context);
                   });
               });
    module.def("gamma_at", [](const nb::object& law, double dose_rate) { return law_of(law).at(dose_rate); });
    module.def("k2_gamma_law", [] { return tuple_of(GammaLaw{}); });
    module.def("parse_gamma_law", [](const std::string& text, const fs::path& name) {
        return tuple_of(parse_gamma_law(text, name.string()));
    });
    module.def("calibrate_gamma", &calibrated);
    module.def("read_defects",
               [](const std::string& text, const std::string& name, std::int64_t rows, std::int64_t columns) {
                   const ImageShape shape{columns, rows};
                   return array_of(unlocked(1, [&](const RunContext&) {
                       FloatImage image{shape, {}};
                       const auto mask = defect_mask(parse_defects(text, name, shape), shape);
                       image.values.assign(mask.begin(), mask.end());
                       return image;
                   }));
               });
}

// KOMA.

void bind_koma(nb::module_& module) {
    module.def(
        "koma_window",
        [](std::int64_t movie, std::int64_t movies, const nb::dict& options,
           const std::optional<std::vector<std::uint8_t>>& excluded) {
            return koma_window(movie, movies, koma_options(options),
                               excluded ? std::span<const std::uint8_t>(*excluded) : std::span<const std::uint8_t>());
        },
        nb::arg("movie"), nb::arg("movies"), nb::arg("options"), nb::arg("excluded").none());
    module.def("koma_pattern", [](const ReadOnlyBuffer& others, std::int64_t frames, double own_frame_mean,
                                  const nb::dict& options) {
        const SumImage image = sum_of(others, frames);
        const KomaOptions chosen = koma_options(options);
        return array_of(unlocked(1, [&](const RunContext&) { return koma_pattern(image, own_frame_mean, chosen); }));
    });
    module.def("block_contrast", [](const ReadOnlyBuffer& sum, std::int64_t frames) {
        const SumImage image = sum_of(sum, frames);
        return unlocked(1, [&](const RunContext&) { return block_contrast(image); });
    });
    module.def("high_contrast", [](const Numbers& contrasts, double deviations) {
        return high_contrast(span_of(contrasts), deviations);
    });
}

// Correlation.

void bind_correlation(nb::module_& module) {
    nb::class_<FrameCorrelation>(module, "FrameCorrelation")
        .def("__init__",
             [](FrameCorrelation* place, std::int64_t rows, std::int64_t columns, std::int64_t lag) {
                 new (place) FrameCorrelation({columns, rows}, lag);
             })
        .def("add",
             [](FrameCorrelation& correlation, const FloatFrames& frames) {
                 const std::size_t pixels_a_frame = frames.shape(1) * frames.shape(2), count = frames.shape(0);
                 const float* const data = frames.data();
                 run_unlocked(1, [&](const RunContext&) {
                     for (std::size_t i = 0; i < count; ++i)
                         correlation.add(std::span(data + i * pixels_a_frame, pixels_a_frame));
                 });
             })
        .def("mean", &FrameCorrelation::mean, nb::call_guard<nb::gil_scoped_release>());
    nb::class_<FanoFactor>(module, "FanoFactor")
        .def(nb::init<>())
        .def("add",
             [](FanoFactor& factor, const FloatArray& one, const FloatArray& next) {
                 const std::span first(one.data(), one.size()), second(next.data(), next.size());
                 run_unlocked(1, [&](const RunContext&) { factor.add(first, second); });
             })
        .def("value", &FanoFactor::value);
    module.def("correlation", [](const FloatArray& one, const FloatArray& other) {
        const std::span first(one.data(), one.size()), second(other.data(), other.size());
        return unlocked(1, [&](const RunContext&) { return correlation(first, second); });
    });
    module.def("fit_power_law", [](const Numbers& x, const Numbers& y) {
        const PowerLaw law = fit_power_law(span_of(x), span_of(y));
        return nb::make_tuple(law.offset, law.scale, law.exponent, law.rms);
    });
}

}  // namespace

void bind_images(nb::module_& module) {
    bind_outliers(module);
    bind_gain(module);
    bind_koma(module);
    bind_correlation(module);
    module.def("sum_of_file", &sum_of_file, nb::arg("path"), nb::arg("mode0"), nb::arg("threads"),
               nb::arg("progress") = nb::none());
    module.def("sum_of_array", &sum_of_array, nb::arg("frames"), nb::arg("pixel_type"), nb::arg("threads"));
}

}  // namespace mrcz::python
