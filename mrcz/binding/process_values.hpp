// Options, images and results of processing as they cross between the languages.
#pragma once

#include <memory>

#include "binding.hpp"
#include "mrcz/process.hpp"

namespace mrcz::python {

using FloatArray = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using MaskArray = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

[[nodiscard]] ImageShape shape_of(const FloatArray& array);
[[nodiscard]] FloatImage image_of(const FloatArray& array);
[[nodiscard]] nb::object array_of(FloatImage image);
[[nodiscard]] nb::object array_of(SumImage sum);
/// Of an array [y, x] of uint32, int64 or float64.
[[nodiscard]] SumImage sum_of(const ReadOnlyBuffer& array, std::int64_t frames);

/// What mrcz/processing.py makes of its arguments: a dict of plain values, all of them there. Sections that nothing was
/// said of are None.
[[nodiscard]] ProcessOptions process_options(const nb::dict& options);
[[nodiscard]] OutlierOptions outlier_options(const nb::dict& options);
[[nodiscard]] KomaOptions koma_options(const nb::dict& options);
[[nodiscard]] GainOrientation orientation_of(const nb::object& turns_and_flip);
[[nodiscard]] nb::tuple tuple_of(const GainOrientation& orientation);
[[nodiscard]] OutlierFill fill_named(std::string_view name);
[[nodiscard]] GainKind gain_kind_named(std::string_view name);
[[nodiscard]] GammaLaw law_of(const nb::object& numbers);
[[nodiscard]] nb::tuple tuple_of(const GammaLaw& law);

/// As run_unlocked; what the work says for people goes to the callable `tell`, a message each, when it is over.
void run_telling(unsigned threads, const nb::object& tell, const Work& work, const nb::object& progress = nb::none());

}  // namespace mrcz::python
