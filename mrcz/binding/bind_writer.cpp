#include <nanobind/stl/array.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "coding.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/error.hpp"
#include "mrcz/header.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/writer.hpp"
#include "process_values.hpp"

namespace mrcz::python {
namespace {

constexpr std::size_t brief_bytes = std::size_t{4} << 20;

/// A Writer that takes pixels of 4 bits as bytes, one each, and that can be given up.
class FrameWriter {
  public:
    FrameWriter(Writer writer, const FrameFormat& format) : writer_(std::move(writer)), format_(format) {}

    void append(std::span<const std::byte> frames, const RunContext& context) {
        if (format_.type == PixelType::uint4) return append_packed(frames, context);
        opened().append(frames, context);
    }
    void record_step(const std::string& step) { opened().record_step(step); }
    std::uint64_t finish() {
        const std::uint64_t bytes = opened().finish();
        writer_.reset();
        return bytes;
    }
    void discard() { writer_.reset(); }
    [[nodiscard]] bool is_open() const noexcept { return writer_.has_value(); }
    [[nodiscard]] const FrameFormat& format() const noexcept { return format_; }

  private:
    Writer& opened() {
        if (!writer_) throw Error(ErrorCode::invalid_argument, "the writer is closed");
        return *writer_;
    }

    void append_packed(std::span<const std::byte> frames, const RunContext& context) {
        const FrameFormat bytes{PixelType::uint8, format_.nx, format_.ny};
        const auto frame_bytes = static_cast<std::size_t>(bytes_of(bytes));
        const std::size_t count = frames.size() / frame_bytes;
        std::vector<std::byte> packed(count * static_cast<std::size_t>(bytes_of(format_)));
        for (std::size_t i = 0; i < count; ++i)
            convert(frames.subspan(i * frame_bytes, frame_bytes), bytes,
                    std::span(packed).subspan(i * packed.size() / count, packed.size() / count), format_);
        opened().append(packed, context);
    }

    std::optional<Writer> writer_;
    FrameFormat format_;
};

// NOLINTNEXTLINE(readability-function-size): the options of WriterOptions, one argument each
void create(FrameWriter* place, const std::filesystem::path& path, std::int64_t nx, std::int64_t ny,
            const std::string& type, bool is_volume, std::int64_t volume_sections,
            const std::array<double, 3>& voxel_angstrom, float voltage_kv, float spherical_aberration_mm,
            float detector_gain, const std::string& label, const std::string& codec, int level,
            std::uint64_t block_bytes, const std::string& filter, const std::optional<Document>& metadata,
            bool overwrite, const std::optional<Live>& live, std::int64_t slices_per_item, bool cell_spans_stack,
            const nb::bytes& extended_header, const std::string& extended_type, bool big_endian,
            const std::string& earlier_steps, const Header* like, bool like_is_big_endian) {
    const auto* extended = static_cast<const std::byte*>(extended_header.data());
    WriterOptions options{.nx = nx,
                          .ny = ny,
                          .type = pixel_type_named(type),
                          .is_volume = is_volume,
                          .volume_sections = volume_sections,
                          .voxel_angstrom = voxel_angstrom,
                          .voltage_kv = voltage_kv,
                          .spherical_aberration_mm = spherical_aberration_mm,
                          .detector_gain = detector_gain,
                          .label = label,
                          .slices_per_item = slices_per_item,
                          .cell_spans_stack = cell_spans_stack,
                          .extended_header = {extended, extended + extended_header.size()},
                          .extended_type = extended_type,
                          .big_endian = big_endian,
                          .codec = codec,
                          .coding = coding_of(level, block_bytes, filter),
                          .metadata = {},
                          .earlier_steps = earlier_steps,
                          .like = {},
                          .overwrite = overwrite,
                          .live = live_of(live)};
    if (like != nullptr) options.like = HeaderToInherit{*like, like_is_big_endian};
    if (metadata) options.metadata = metadata_from(*metadata);
    const nb::gil_scoped_release unlocked;
    new (place) FrameWriter(Writer(path, options), {options.type, nx, ny});
}

FrameWriter extend(const std::filesystem::path& path, int level, std::uint64_t block_bytes, const std::string& filter,
                   const std::optional<Live>& live, const Limits& limits, unsigned threads,
                   const std::optional<std::int64_t>& replace_from, const nb::object& tell) {
    const ExtendOptions options{coding_of(level, block_bytes, filter), live_of(live), limits, replace_from};
    std::optional<FrameWriter> writer;
    const auto silent = [](const std::string&) {};
    run_telling(threads, tell.is_none() ? nb::cpp_function(silent) : tell, [&](const RunContext& context) {
        Writer opened = Writer::extending(path, options, context);
        writer.emplace(std::move(opened), Reader(path, limits).frame_format());
    });
    return *std::move(writer);
}

void append(FrameWriter& writer, const ReadOnlyBuffer& frames, unsigned threads, const nb::object& progress) {
    const std::span<const std::byte> bytes = bytes_in(frames);
    const Work work = [&](const RunContext& context) { writer.append(bytes, context); };
    if (bytes.size() < brief_bytes && progress.is_none()) return run_briefly(threads, work);
    run_unlocked(threads, work, progress);
}

}  // namespace

void bind_writer(nb::module_& module) {
    using Unlocked = nb::call_guard<nb::gil_scoped_release>;
    nb::class_<FrameWriter>(module, "Writer")
        .def("__init__", &create, nb::arg("path"), nb::kw_only(), nb::arg("nx"), nb::arg("ny"), nb::arg("type"),
             nb::arg("is_volume") = false, nb::arg("volume_sections") = 0,
             nb::arg("voxel_angstrom") = std::array<double, 3>{}, nb::arg("voltage_kv") = 0.0F,
             nb::arg("spherical_aberration_mm") = 0.0F, nb::arg("detector_gain") = 1.0F, nb::arg("label") = "",
             nb::arg("codec") = "zstd", nb::arg("level") = 0, nb::arg("block_bytes") = 0, nb::arg("filter") = "auto",
             nb::arg("metadata") = nb::none(), nb::arg("overwrite") = false, nb::arg("live") = nb::none(),
             nb::arg("slices_per_item") = 0, nb::arg("cell_spans_stack") = false,
             nb::arg("extended_header") = nb::bytes("", 0), nb::arg("extended_type") = "",
             nb::arg("big_endian") = false, nb::arg("earlier_steps") = "", nb::arg("like").none() = nb::none(),
             nb::arg("like_is_big_endian") = false)
        .def_static("extending", &extend, nb::arg("path"), nb::kw_only(), nb::arg("level") = 0,
                    nb::arg("block_bytes") = 0, nb::arg("filter") = "auto", nb::arg("live") = nb::none(),
                    nb::arg("limits") = Limits{}, nb::arg("threads") = 1, nb::arg("replace_from") = nb::none(),
                    nb::arg("tell") = nb::none())
        .def("append", &append, nb::arg("frames"), nb::arg("threads"), nb::arg("progress") = nb::none())
        .def("record_step", &FrameWriter::record_step, nb::arg("step"))
        .def("finish", &FrameWriter::finish, Unlocked())
        .def("discard", &FrameWriter::discard, Unlocked())
        .def_prop_ro("is_open", &FrameWriter::is_open)
        .def_prop_ro("rows", [](const FrameWriter& writer) { return writer.format().ny; })
        .def_prop_ro("columns", [](const FrameWriter& writer) { return writer.format().nx; })
        .def_prop_ro("pixel_type",
                     [](const FrameWriter& writer) { return std::string(info_of(writer.format().type).name); });
}

}  // namespace mrcz::python
