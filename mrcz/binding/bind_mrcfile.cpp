// What mrcz.mrcfile needs beside Reader and Header: MRCZ files made of plain MRC that comes through a pipe, and the
// header of the plain file that a compressed one stands for.
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include "binding.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reader.hpp"

namespace mrcz::python {
namespace {

/// `like`: the file of which this is a changed copy, whose metadata and record of steps the new one gets.
/// `keep_sum`: as CompressOptions has it.
void compress_stream(int descriptor, const std::string& name, const std::filesystem::path& path,
                     const std::string& codec, bool overwrite, const Reader* like, bool keep_sum, unsigned threads) {
    CompressOptions options;
    options.codec = codec;
    options.keep_sum = keep_sum;
    run_unlocked(threads, [&](const RunContext& context) {
        if (like != nullptr) {
            options.metadata = like->metadata();
            options.provenance = like->provenance();
        }
        (void)compress(Input::stream(descriptor, name), Output::file(path, overwrite), options, context);
    });
}

nb::bytes footer(const Reader& like, const Header& header) {
    std::vector<std::byte> bytes;
    {
        const nb::gil_scoped_release unlocked;
        bytes = footer_of_copy(like, header);
    }
    return bytes_of(bytes);
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
               nb::arg("keep_sum") = false, nb::arg("threads"));
    module.def("footer_of_copy", &footer, nb::arg("like"), nb::arg("header"));
    module.def("is_compressed_header", &is_compressed, nb::arg("start"));
    module.def("restored_header", &restored_header, nb::arg("reader"));
}

}  // namespace mrcz::python
