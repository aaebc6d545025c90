#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <memory>

#include "binding.hpp"
#include "mrcz/error.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reader.hpp"

namespace mrcz::python {

std::span<std::byte> writable_bytes(const Buffer& array) {
    return {static_cast<std::byte*>(array.data()), array.nbytes()};
}

std::span<const std::byte> bytes_in(const nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>& array) {
    return {static_cast<const std::byte*>(array.data()), array.nbytes()};
}

namespace {

void open(Reader* place, const std::filesystem::path& path) {
    const nb::gil_scoped_release unlocked;
    new (place) Reader(path);
}

void read_frames(const Reader& reader, std::int64_t first, std::int64_t count, const Buffer& out, unsigned threads) {
    const std::span<std::byte> bytes = writable_bytes(out);
    run_unlocked(threads, [&](const RunContext& context) { reader.read_frames(first, count, bytes, context); });
}

nb::list findings(const Reader& reader) {
    nb::list rows;
    for (const Finding& found : reader.findings())
        rows.append(nb::make_tuple(severity_name(found.severity), found.rule, found.field, found.message));
    return rows;
}

}  // namespace

void bind_reader(nb::module_& module) {
    nb::class_<Reader>(module, "Reader")
        .def("__init__", &open, nb::arg("path"))
        .def_prop_ro("name", &Reader::name)
        .def_prop_ro("header", &Reader::header)
        .def_prop_ro("frames", &Reader::frames)
        .def_prop_ro("rows", &Reader::rows)
        .def_prop_ro("columns", &Reader::columns)
        .def_prop_ro("volume_sections", &Reader::volume_sections)
        .def_prop_ro("pixel_type", [](const Reader& reader) { return info_of(reader.pixel_type()).name; })
        .def_prop_ro("frame_bytes", &Reader::frame_bytes)
        .def_prop_ro("codec", [](const Reader& reader) { return reader.codec().name; })
        .def_prop_ro("findings", &findings)
        .def("info_json", [](const Reader& reader) { return info_json(reader); })
        .def("read_frames", &read_frames, nb::arg("first"), nb::arg("count"), nb::arg("out"), nb::arg("threads"));
}

}  // namespace mrcz::python
