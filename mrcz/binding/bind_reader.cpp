#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/error.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz::python {
namespace {

/// Frames that are decoded into less than this are there before anybody could press Ctrl-C.
constexpr std::size_t brief_bytes = std::size_t{64} << 20;

void open_path(Reader* place, const std::filesystem::path& path, const Limits& limits, std::string_view mode0) {
    const Mode0 sign = mode0_named(mode0);
    run_unlocked(1, [&](const RunContext& context) {
        new (place) Reader(open_reader(Input::file(path), limits, sign, context));
    });
}

Reader open_source(const nb::object& source, const Limits& limits, std::string_view mode0) {
    const Mode0 sign = mode0_named(mode0);
    std::unique_ptr<ByteSource> bytes = make_caching_source(source_of(source));
    const nb::gil_scoped_release unlocked;
    return Reader(std::move(bytes), limits, sign);
}

template <class T>
nb::object array_of(std::vector<T> values, std::initializer_list<std::size_t> shape) {
    auto* kept = new std::vector<T>(std::move(values));
    const nb::capsule owner(kept, [](void* held) noexcept { delete static_cast<std::vector<T>*>(held); });
    return nb::ndarray<nb::numpy, T>(kept->data(), shape, owner).cast();
}

nb::object statistics(const Reader& reader) {
    std::vector<FrameStatistics> rows;
    {
        const nb::gil_scoped_release unlocked;
        rows = reader.statistics();
    }
    std::vector<double> values;
    values.reserve(rows.size() * 5);
    for (const FrameStatistics& row : rows)
        values.insert(values.end(),
                      {row.minimum, row.maximum, row.mean, row.standard_deviation, static_cast<double>(row.nan_count)});
    return array_of(std::move(values), {rows.size(), 5});
}

nb::tuple combined_statistics(const Reader& reader) {
    FrameStatistics all;
    {
        const nb::gil_scoped_release unlocked;
        all = combined(reader.statistics(), pixel_count(reader.frame_format()));
    }
    return nb::make_tuple(all.minimum, all.maximum, all.mean, all.standard_deviation);
}

nb::object array_of(SumImage sum) {
    const auto rows = static_cast<std::size_t>(sum.shape.ny), columns = static_cast<std::size_t>(sum.shape.nx);
    return std::visit([&](auto& values) { return array_of(std::move(values), {rows, columns}); }, sum.values);
}

nb::object stored_sum(const Reader& reader) {
    std::optional<SumImage> sum;
    {
        const nb::gil_scoped_release unlocked;
        sum = reader.sum();
    }
    return sum ? array_of(*std::move(sum)) : nb::none();
}

nb::object sum_of_frames(const Reader& reader, unsigned threads, const nb::object& progress) {
    SumImage sum;
    run_unlocked(
        threads,
        [&](const RunContext& context) {
            const auto at_once = std::int64_t{threads} * 2;
            const auto frame_bytes = static_cast<std::size_t>(reader.frame_bytes());
            std::vector<std::byte> frames(static_cast<std::size_t>(std::min(at_once, reader.frames())) * frame_bytes);
            RunContext quiet = context;
            quiet.progress = {};
            FrameSummer summer(reader.frame_format());
            for (std::int64_t first = 0; first < reader.frames(); first += at_once) {
                const std::int64_t count = std::min(at_once, reader.frames() - first);
                const auto some = std::span(frames).first(static_cast<std::size_t>(count) * frame_bytes);
                reader.read_frames(first, count, some, quiet);
                for (std::int64_t i = 0; i < count; ++i)
                    summer.add(some.subspan(static_cast<std::size_t>(i) * frame_bytes, frame_bytes), quiet);
                if (context.progress) context.progress({first + count, reader.frames(), 0, 0});
            }
            sum = summer.take();
        },
        progress);
    return array_of(std::move(sum));
}

nb::list findings(const Reader& reader) {
    nb::list rows;
    for (const Finding& found : reader.findings())
        rows.append(
            nb::make_tuple(severity_name(found.severity), found.rule, text_of(found.field), text_of(found.message)));
    return rows;
}

nb::object info_of(const Reader& reader) {
    std::string text;
    {
        const nb::gil_scoped_release unlocked;
        text = info_json(reader);
    }
    return text_of(text);
}

nb::list sections(const Reader& reader) {
    nb::list rows;
    for (const SectionInfo& part : reader.sections())
        rows.append(nb::make_tuple(part.id, part.meaning, part.stored_bytes, part.raw_bytes));
    return rows;
}

nb::bytes extended_header_bytes(const Reader& reader) {
    std::vector<std::byte> bytes;
    {
        const nb::gil_scoped_release unlocked;
        bytes = reader.extended_header();
    }
    return bytes_of(bytes);
}

nb::object document(const Reader& reader) {
    std::optional<Metadata> found;
    {
        const nb::gil_scoped_release unlocked;
        found = reader.metadata();
    }
    return document_of(found);
}

nb::dict record_of(const ExtendedHeader& header, std::int64_t index) {
    nb::dict record;
    for (const ExtendedField& field : header.record(index))
        std::visit([&](const auto& value) { record[field.name.c_str()] = nb::cast(value); }, field.value);
    return record;
}

/// Pixels of 4 bits come out as bytes, one each.
class Unpacking {
  public:
    explicit Unpacking(const Reader& reader) : reader_(reader), packed_(reader.frame_format()), unpacked_(packed_) {
        unpacked_.type = PixelType::uint8;
        unpacked_.packing = RowPacking::padded;
    }

    /// Some frames at a time: their packed form stays small.
    void read(std::span<const std::int64_t> frames, std::span<std::byte> out, const RunContext& context) const {
        const std::size_t at_once = context.executor == nullptr ? 1 : std::size_t{2} * context.executor->concurrency();
        const auto packed_bytes = static_cast<std::size_t>(reader_.frame_bytes());
        const auto unpacked_bytes = static_cast<std::size_t>(bytes_of(unpacked_));
        std::vector<std::byte> packed(std::min(at_once, frames.size()) * packed_bytes);
        for (std::size_t done = 0; done < frames.size(); done += at_once) {
            const auto some = frames.subspan(done, std::min(at_once, frames.size() - done));
            const auto bytes = std::span(packed).first(some.size() * packed_bytes);
            reader_.read_frames(some, bytes, part_of(context, done, frames.size()));
            unpack(bytes, out.subspan(done * unpacked_bytes, some.size() * unpacked_bytes), some.size(), context);
        }
    }

  private:
    static RunContext part_of(const RunContext& whole, std::size_t done, std::size_t frames) {
        RunContext part = whole;
        if (whole.progress)
            part.progress = [&tell = whole.progress, done, frames](const ProgressUpdate& update) {
                tell({static_cast<std::int64_t>(done) + update.frames_done, static_cast<std::int64_t>(frames), 0, 0});
            };
        return part;
    }

    void unpack(std::span<const std::byte> packed, std::span<std::byte> out, std::size_t count,
                const RunContext& context) const {
        std::vector<std::function<void()>> tasks;
        for (std::size_t i = 0; i < count; ++i)
            tasks.emplace_back([&, i] {
                convert(packed.subspan(i * (packed.size() / count), packed.size() / count), packed_,
                        out.subspan(i * (out.size() / count), out.size() / count), unpacked_);
            });
        if (context.executor != nullptr) return context.executor->run_all(tasks);
        for (const auto& task : tasks) task();
    }

    const Reader& reader_;
    FrameFormat packed_, unpacked_;
};

void require_room(const Reader& reader, std::size_t frames, std::size_t bytes) {
    FrameFormat shown = reader.frame_format();
    if (shown.type == PixelType::uint4) shown.type = PixelType::uint8;
    if (bytes != frames * bytes_of(shown))
        throw Error(ErrorCode::invalid_argument, "room for " + std::to_string(bytes) + " bytes, " +
                                                     std::to_string(frames) + " frames have " +
                                                     std::to_string(frames * bytes_of(shown)));
}

using FrameNumbers = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void read_frames(const Reader& reader, const FrameNumbers& numbers, const Buffer& out, unsigned threads,
                 const nb::object& progress, bool is_far) {
    const std::span<const std::int64_t> frames(numbers.data(), numbers.size());
    const std::span<std::byte> bytes = writable_bytes(out);
    require_room(reader, frames.size(), bytes.size());
    const Work work = [&](const RunContext& context) {
        if (reader.pixel_type() == PixelType::uint4) return Unpacking(reader).read(frames, bytes, context);
        reader.read_frames(frames, bytes, context);
    };
    // Nobody knows how long a server takes.
    if (bytes.size() < brief_bytes && progress.is_none() && !is_far)
        return run_briefly(frames.size() < 2 ? 1 : threads, work);
    run_unlocked(threads, work, progress);
}

void bind_limits(nb::module_& module) {
    nb::class_<Limits>(module, "Limits",
                       "What is allocated at most on the word of a file: bytes of a frame, of the extended header, of "
                       "metadata and their depth, and of what follows a source's pixels.")
        .def(nb::init<>())
        .def_rw("frame_bytes", &Limits::frame_bytes)
        .def_rw("extended_header_bytes", &Limits::extended_header_bytes)
        .def_rw("metadata_bytes", &Limits::metadata_bytes)
        .def_rw("metadata_depth", &Limits::metadata_depth)
        .def_rw("trailing_bytes", &Limits::trailing_bytes);
}

void bind_extended_header(nb::module_& module) {
    nb::class_<ExtendedHeader>(module, "ExtendedHeader")
        .def_prop_ro("kind", [](const ExtendedHeader& header) { return kind_name(header.kind()); })
        .def_prop_ro("bytes", &ExtendedHeader::bytes)
        .def_prop_ro("record_bytes", &ExtendedHeader::record_bytes)
        .def_prop_ro("record_count", &ExtendedHeader::record_count)
        .def("record", &record_of, nb::arg("index"));
}

}  // namespace

void bind_reader(nb::module_& module) {
    using Unlocked = nb::call_guard<nb::gil_scoped_release>;
    bind_limits(module);
    bind_extended_header(module);
    nb::class_<Reader>(module, "Reader")
        .def("__init__", &open_path, nb::arg("path"), nb::arg("limits"), nb::arg("mode0"))
        .def_static("from_source", &open_source, nb::arg("source"), nb::arg("limits"), nb::arg("mode0"))
        .def_prop_ro("name", [](const Reader& reader) { return text_of(reader.name()); })
        .def_prop_ro("header", &Reader::header)
        .def_prop_ro("original_header", &Reader::original_header, Unlocked())
        .def_prop_ro("frames", &Reader::frames)
        .def_prop_ro("rows", &Reader::rows)
        .def_prop_ro("columns", &Reader::columns)
        .def_prop_ro("volume_sections", &Reader::volume_sections)
        .def_prop_ro("pixel_type", [](const Reader& reader) { return info_of(reader.pixel_type()).name; })
        .def_prop_ro("frame_bytes", &Reader::frame_bytes)
        .def_prop_ro("codec", [](const Reader& reader) { return reader.codec().name; })
        .def_prop_ro("is_big_endian", &Reader::is_big_endian)
        .def_prop_ro("file_bytes", &Reader::file_bytes)
        .def_prop_ro("stored_data_bytes", &Reader::stored_data_bytes)
        .def_prop_ro("has_random_access", &Reader::has_random_access)
        .def_prop_ro("findings", &findings)
        .def_prop_ro("sections", &sections)
        .def("extended_header_bytes", &extended_header_bytes)
        .def("extended_header", &Reader::decoded_extended_header, Unlocked())
        .def("metadata", &document)
        .def("provenance", &Reader::provenance, Unlocked())
        .def("statistics", &statistics)
        .def("combined_statistics", &combined_statistics)
        .def("sum", &stored_sum)
        .def("sum_of_frames", &sum_of_frames, nb::arg("threads"), nb::arg("progress") = nb::none())
        .def("info_json", &info_of)
        .def("read_frames", &read_frames, nb::arg("frames"), nb::arg("out"), nb::arg("threads"),
             nb::arg("progress") = nb::none(), nb::arg("is_far") = false);
}

}  // namespace mrcz::python
