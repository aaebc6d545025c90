// MRC and MRCZ files as arrays of Zarr and HDF5, and the way back.
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <chrono>

#include "binding.hpp"
#include "coding.hpp"
#include "job.hpp"
#include "mrcz/convert_file.hpp"
#include "mrcz/error.hpp"
#include "mrcz/reports.hpp"

namespace mrcz::python {
namespace {

/// Rows, columns.
using Scan = std::optional<std::pair<std::int64_t, std::int64_t>>;

std::optional<ScanShape> scan_of(const Scan& scan) {
    if (!scan) return std::nullopt;
    return ScanShape{scan->first, scan->second};
}

LinkKind link_kind_named(std::string_view name) {
    for (const auto& [known, kind] : {std::pair<std::string_view, LinkKind>{"symbolic", LinkKind::symbolic},
                                      {"hard", LinkKind::hard},
                                      {"copy", LinkKind::copy}})
        if (known == name) return kind;
    throw Error(ErrorCode::invalid_argument,
                "kind: \"" + std::string(name) + R"(", expected "symbolic", "hard" or "copy")");
}

nb::dict array_type(const Reader& reader, const Scan& scan) {
    const ArrayType type = array_type_of(reader, scan_of(scan));
    nb::dict said;
    said["shape"] = nb::tuple(nb::cast(type.shape));
    said["chunks"] = nb::tuple(nb::cast(type.chunk));
    said["axes"] = nb::tuple(nb::cast(type.axes));
    said["dtype"] = type.dtype;
    said["voxel_size_angstrom"] = nb::tuple(nb::cast(type.voxel_size_angstrom));
    return said;
}

nb::tuple stored_frame(const Reader& reader, std::int64_t index) {
    const StoredFrame place = reader.stored_frame(index);
    return nb::make_tuple(place.offset, place.bytes);
}

nb::bytes read_stored_frame(const Reader& reader, std::int64_t index) {
    std::vector<std::byte> bytes;
    {
        const nb::gil_scoped_release unlocked;
        bytes = reader.read_stored_frame(index);
    }
    return bytes_of(bytes);
}

std::string zarr_metadata(const Reader& reader, const Scan& scan, bool indented) {
    const nb::gil_scoped_release unlocked;
    return zarr_metadata_json(reader, scan_of(scan), indented);
}

std::string zarr_references(const Reader& reader, const std::string& url, const Scan& scan) {
    const nb::gil_scoped_release unlocked;
    return zarr_references_json(reader, url, scan_of(scan));
}

void zarr_link(const std::filesystem::path& path, const std::filesystem::path& folder, std::string_view kind,
               bool absolute, bool overwrite, const Scan& scan, unsigned threads) {
    ZarrLinkOptions options;
    options.kind = link_kind_named(kind);
    options.absolute = absolute;
    options.overwrite = overwrite;
    options.scan = scan_of(scan);
    run_unlocked(threads, [&](const RunContext& context) { link_as_zarr(path, folder, options, context); });
}

std::pair<std::string, std::vector<std::string>> carried(const std::filesystem::path& path) {
    const nb::gil_scoped_release unlocked;
    CarriedJson said = carried_json(path);
    return {std::move(said.text), std::move(said.left_behind)};
}

/// A Python object with `facts`, a dict, and the functions `chunk(frame)` and `pixels(frame, out)`.
class PythonArray final : public ArraySource {
  public:
    explicit PythonArray(const nb::object& object)
        : object_(object), chunk_(object.attr("chunk")), pixels_(object.attr("pixels")) {
        const auto facts = nb::cast<nb::dict>(object.attr("facts"));
        facts_.container = nb::cast<std::string>(facts["container"]);
        facts_.place = nb::cast<std::string>(facts["place"]);
        facts_.shape = nb::cast<std::vector<std::uint64_t>>(facts["shape"]);
        facts_.number = pixel_type_named(nb::cast<std::string>(facts["number"]));
        facts_.attributes = nb::cast<std::string>(facts["attributes"]);
        facts_.why_not_moved = nb::cast<std::string>(facts["why_not_moved"]);
        facts_.stored_bytes = nb::cast<std::uint64_t>(facts["stored_bytes"]);
    }

    ArraySourceFacts facts() const override { return facts_; }

    std::vector<std::byte> chunk(std::int64_t frame) override {
        const nb::gil_scoped_acquire locked;
        const auto found = nb::cast<nb::bytes>(chunk_(frame));
        const auto* bytes = static_cast<const std::byte*>(found.data());
        return {bytes, bytes + found.size()};
    }
    void pixels(std::int64_t frame, std::span<std::byte> out) override {
        const nb::gil_scoped_acquire locked;
        const auto view = nb::steal(PyMemoryView_FromMemory(reinterpret_cast<char*>(out.data()),
                                                            static_cast<Py_ssize_t>(out.size()), PyBUF_WRITE));
        if (!view.is_valid()) throw nb::python_error();
        pixels_(frame, view);
        // The memory goes away; a view of it that somebody kept must not lead there.
        view.attr("release")();
    }

  private:
    nb::object object_, chunk_, pixels_;
    ArraySourceFacts facts_;
};

/// `convert` is given the context; its report, with the time it took.
template <class Convert>
Outcome converted(const std::string& input, const std::string& output, unsigned threads, const nb::object& progress,
                  const Convert& convert) {
    return run_job(threads, progress, [&](const RunContext& context) {
        const auto start = std::chrono::steady_clock::now();
        const ConvertFileResult result = convert(context);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        return json_report(input, output, result, taken.count());
    });
}

// NOLINTNEXTLINE(readability-function-size): the options of ConvertFileOptions, one argument each
Outcome convert_paths(const std::filesystem::path& input, const std::filesystem::path& output,
                      const std::string& dataset, const Scan& scan, const std::string& codec, int level,
                      std::uint64_t block_bytes, const std::string& filter, const std::optional<std::string>& dtype,
                      bool clip, bool round, bool overwrite, const std::string& mode0, const Limits& limits,
                      unsigned threads, const nb::object& progress) {
    ConvertFileOptions options;
    options.dataset = dataset;
    options.scan = scan_of(scan);
    options.codec = codec;
    options.coding = coding_of(level, block_bytes, filter);
    if (dtype) options.dtype = pixel_type_named(*dtype);
    options.allowed = {clip, round};
    options.overwrite = overwrite;
    options.mode0 = mode0_named(mode0);
    options.limits = limits;
    return converted(input.string(), output.string(), threads, progress,
                     [&](const RunContext& context) { return convert_file(input, output, options, context); });
}

Outcome convert_python_array(const nb::object& array, const std::filesystem::path& name,
                             const std::filesystem::path& output, const std::string& codec, bool overwrite,
                             const Limits& limits, unsigned threads, const nb::object& progress) {
    ConvertFileOptions options;
    options.codec = codec;
    options.overwrite = overwrite;
    options.limits = limits;
    PythonArray source(array);
    return converted(name.string(), output.string(), threads, progress,
                     [&](const RunContext& context) { return convert_array(source, output, options, context); });
}

}  // namespace

void bind_containers(nb::module_& module) {
    module.def("array_type", &array_type, nb::arg("reader"), nb::arg("scan") = nb::none());
    module.def("stored_frame", &stored_frame, nb::arg("reader"), nb::arg("index"));
    module.def("read_stored_frame", &read_stored_frame, nb::arg("reader"), nb::arg("index"));
    module.def("zarr_metadata_json", &zarr_metadata, nb::arg("reader"), nb::arg("scan") = nb::none(),
               nb::arg("indented") = false);
    module.def("zarr_references_json", &zarr_references, nb::arg("reader"), nb::arg("url"),
               nb::arg("scan") = nb::none());
    module.def("zarr_link", &zarr_link, nb::arg("path"), nb::arg("folder"), nb::kw_only(), nb::arg("kind"),
               nb::arg("absolute"), nb::arg("overwrite"), nb::arg("scan"), nb::arg("threads"));
    module.def("carried_json", &carried, nb::arg("path"));
    module.def("convert", &convert_paths, nb::arg("input"), nb::arg("output"), nb::kw_only(), nb::arg("dataset"),
               nb::arg("scan"), nb::arg("codec"), nb::arg("level"), nb::arg("block_bytes"), nb::arg("filter"),
               nb::arg("dtype"), nb::arg("clip"), nb::arg("round"), nb::arg("overwrite"), nb::arg("mode0"),
               nb::arg("limits"), nb::arg("threads"), nb::arg("progress") = nb::none());
    module.def("convert_array", &convert_python_array, nb::arg("array"), nb::kw_only(), nb::arg("name"),
               nb::arg("output"), nb::arg("codec"), nb::arg("overwrite"), nb::arg("limits"), nb::arg("threads"),
               nb::arg("progress") = nb::none());
}

}  // namespace mrcz::python
