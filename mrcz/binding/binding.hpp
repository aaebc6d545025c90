// What every file of the binding needs. Python names and shapes are decided in mrcz/*.py; nothing here knows the
// format.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <functional>
#include <span>

#include "mrcz/run_context.hpp"

namespace mrcz::python {

namespace nb = nanobind;

/// Any array of NumPy's (or another library's) whose values lie in memory without gaps, C order.
using Buffer = nb::ndarray<nb::c_contig, nb::device::cpu>;

/// Its bytes, to be filled. Throws Error{invalid_argument} where the array may not be written.
[[nodiscard]] std::span<std::byte> writable_bytes(const Buffer& array);
[[nodiscard]] std::span<const std::byte> bytes_in(const nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>& array);

/// Runs `work` without the interpreter's lock, on `threads` threads, the calling one included. Ctrl-C cancels it:
/// Python then raises KeyboardInterrupt. Pools are kept between calls; a process that was forked makes its own.
void run_unlocked(unsigned threads, const std::function<void(const RunContext&)>& work);

void bind_errors(nb::module_& module);
void bind_codecs(nb::module_& module);
void bind_header(nb::module_& module);
void bind_reader(nb::module_& module);

}  // namespace mrcz::python
