// What every file of the binding needs. Python names and shapes are decided in mrcz/*.py; nothing here knows the
// format.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "mrcz/byte_source.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/mode0.hpp"
#include "mrcz/pixel_type.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::python {

namespace nb = nanobind;

/// Any array of NumPy's (or another library's) whose values lie in memory without gaps, C order.
using Buffer = nb::ndarray<nb::c_contig, nb::device::cpu>;
using ReadOnlyBuffer = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;

/// Its bytes, to be filled. A read-only array is a TypeError before this is reached.
[[nodiscard]] std::span<std::byte> writable_bytes(const Buffer& array);
[[nodiscard]] std::span<const std::byte> bytes_in(const ReadOnlyBuffer& array);
[[nodiscard]] nb::bytes bytes_of(std::span<const std::byte> bytes);
/// A str of names of files and what is said of them. Bytes that are no UTF-8 become what os.fsdecode() makes of them.
[[nodiscard]] nb::object text_of(std::string_view text);

// Names of Python's side. Throw Error{invalid_argument} naming what there is.
[[nodiscard]] PixelType pixel_type_named(std::string_view name);
[[nodiscard]] Mode0 mode0_named(std::string_view name);

/// A document as it crosses over: ("json" or "msgpack", its bytes).
using Document = std::pair<std::string, nb::bytes>;
[[nodiscard]] Metadata metadata_from(const Document& document);
[[nodiscard]] nb::object document_of(const std::optional<Metadata>& metadata);

using Work = std::function<void(const RunContext&)>;
/// Runs `work` without the interpreter's lock, on `threads` threads. `progress`, a callable or None, is told (frames
/// done, frames in all) a few times a second and at the end. In the main thread Ctrl-C cancels the work: what the
/// signal's handler raises, KeyboardInterrupt, is then raised here. Pools are kept between calls; a process that was
/// forked makes its own.
void run_unlocked(unsigned threads, const Work& work, const nb::object& progress = nb::none());
/// Whether the work that this thread does, for run_unlocked, was cancelled: what Python code that it calls waits for is
/// wanted no more.
[[nodiscard]] bool is_cancelled();
/// As run_unlocked, for work that is over before anybody would interrupt it.
void run_briefly(unsigned threads, const Work& work);

/// Bytes that a Python object hands out: `name` (str), `size` (int), `read_into(offset, memoryview)`.
[[nodiscard]] std::unique_ptr<ByteSource> source_of(const nb::object& object);

void bind_errors(nb::module_& module);
void bind_codecs(nb::module_& module);
void bind_header(nb::module_& module);
void bind_reader(nb::module_& module);
void bind_writer(nb::module_& module);
void bind_jobs(nb::module_& module);
void bind_images(nb::module_& module);
void bind_process(nb::module_& module);
void bind_mrcfile(nb::module_& module);
void bind_containers(nb::module_& module);

}  // namespace mrcz::python
