// What mrcz.mrcfile needs beside Reader and Header: MRCZ files made of plain MRC that comes through a pipe, and the
// header of the plain file that a compressed one stands for.
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include "binding.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reader.hpp"

namespace mrcz::python {
namespace {

/// `like`: the file of which this is a changed copy, whose metadata and record of steps the new one gets.
void compress_stream(int descriptor, const std::string& name, const std::filesystem::path& path,
                     const std::string& codec, bool overwrite, const Reader* like, unsigned threads) {
    CompressOptions options;
    options.codec = codec;
    run_unlocked(threads, [&](const RunContext& context) {
        if (like != nullptr) {
            options.metadata = like->metadata();
            options.provenance = like->provenance();
        }
        (void)compress(Input::stream(descriptor, name), Output::file(path, overwrite), options, context);
    });
}

nb::dict verify_file(const std::filesystem::path& path, unsigned threads) {
    VerifyResult result;
    run_unlocked(threads, [&](const RunContext& context) { result = verify(Input::file(path), {}, context); });
    nb::list findings;
    for (const Finding& found : result.findings)
        findings.append(nb::make_tuple(severity_name(found.severity), found.rule, found.field, found.message));
    nb::dict said;
    said["frames"] = result.frames;
    said["frames_hashed"] = result.frames_hashed;
    said["original_matched"] = result.original_matched;
    said["findings"] = findings;
    return said;
}

bool is_compressed(const nb::bytes& start) {
    if (start.size() != Header::bytes_on_disk) return false;
    const auto* bytes = static_cast<const std::byte*>(start.data());
    return is_compressed_header(std::span<const std::byte, Header::bytes_on_disk>(bytes, start.size()));
}

}  // namespace

void bind_mrcfile(nb::module_& module) {
    module.def("compress_stream", &compress_stream, nb::arg("descriptor"), nb::kw_only(), nb::arg("name"),
               nb::arg("path"), nb::arg("codec"), nb::arg("overwrite"), nb::arg("like") = nb::none(),
               nb::arg("threads"));
    module.def("verify_file", &verify_file, nb::arg("path"), nb::kw_only(), nb::arg("threads"));
    module.def("is_compressed_header", &is_compressed, nb::arg("start"));
    module.def("restored_header", &restored_header, nb::arg("reader"));
}

}  // namespace mrcz::python
