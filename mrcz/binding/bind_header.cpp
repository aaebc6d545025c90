#include <nanobind/stl/array.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include <cstring>

#include "binding.hpp"
#include "mrcz/error.hpp"
#include "mrcz/header.hpp"

namespace mrcz::python {
namespace {

const HeaderFieldInfo& field_named(std::string_view name) {
    for (const HeaderFieldInfo& row : header_fields())
        if (row.name == name) return row;
    throw nb::key_error(std::string(name).c_str());
}

nb::object value_of(const Header& header, const HeaderFieldInfo& row, std::size_t index) {
    switch (row.type) {
        case HeaderFieldType::f32:
            return nb::float_(double{header.real(row.field, index)});
        case HeaderFieldType::text: {
            const std::string_view text = header.text(row.field, index);
            return nb::bytes(text.data(), text.size());
        }
        default:
            return nb::int_(header.integer(row.field, index));
    }
}

nb::object get(const Header& header, std::string_view name) {
    const HeaderFieldInfo& row = field_named(name);
    if (row.count == 1) return value_of(header, row, 0);
    nb::list values;
    for (std::size_t index = 0; index < row.count; ++index) values.append(value_of(header, row, index));
    return nb::tuple(values);
}

Header from_bytes(const nb::bytes& bytes) {
    if (bytes.size() != Header::bytes_on_disk)
        throw Error(ErrorCode::invalid_argument,
                    "a header is 1024 bytes long, these are " + std::to_string(bytes.size()));
    Header header;
    std::memcpy(header.bytes().data(), bytes.data(), bytes.size());
    return header;
}

nb::tuple stated(double minimum, double maximum, double mean, double standard_deviation, std::string_view dtype,
                 std::uint64_t pixels) {
    const FrameStatistics known =
        stated_statistics({minimum, maximum, mean, standard_deviation, 0}, pixel_type_named(dtype), pixels);
    return nb::make_tuple(known.minimum, known.maximum, known.mean, known.standard_deviation);
}

}  // namespace

void bind_header(nb::module_& module) {
    module.def("header_fields", [] {
        nb::list rows;
        for (const HeaderFieldInfo& row : header_fields())
            rows.append(nb::make_tuple(row.name, row.offset, static_cast<int>(row.type), row.count, row.bytes, row.unit,
                                       row.meaning));
        return rows;
    });
    module.def("stated_statistics", &stated, nb::arg("minimum"), nb::arg("maximum"), nb::arg("mean"),
               nb::arg("standard_deviation"), nb::arg("dtype"), nb::arg("pixels"));
    nb::class_<Header>(module, "Header")
        .def_static("from_bytes", &from_bytes)
        .def("to_bytes", [](const Header& header) { return nb::bytes(header.bytes().data(), header.bytes().size()); })
        .def("get", &get)
        .def("voxel_angstrom", &Header::voxel_angstrom)
        .def("statistics", [](const Header& header) {
            const FrameStatistics known = header.statistics();
            return nb::make_tuple(known.minimum, known.maximum, known.mean, known.standard_deviation);
        });
}

}  // namespace mrcz::python
