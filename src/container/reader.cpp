#include "mrcz/reader.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "base/thread_shares.hpp"
#include "container/frame_loader.hpp"
#include "container/journal.hpp"
#include "header/volumes.hpp"
#include "io/sources.hpp"

namespace mrcz {

using container::FrameLoader;
using container::MrcFile;

namespace {

/// python-mrcz keeps JSON there. Text that is none says nothing; the bytes are still in extended_header().
std::optional<Metadata> metadata_in_extended_header(const MrcFile& file) {
    constexpr std::string_view padding(" \0", 2);
    if (file.layout().header.text(HeaderField::exttyp) != "json") return std::nullopt;
    if (file.layout().data_offset - Header::bytes_on_disk > file.limits().metadata_bytes) return std::nullopt;
    const Bytes bytes = file.extended_header();
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    text = text.substr(0, text.find_last_not_of(padding) + 1);
    try {
        return Metadata::from_json(text, file.limits());
    } catch (const Error&) {
        return std::nullopt;
    }
}

void require_room(std::span<const std::byte> out, std::int64_t frames, std::uint64_t frame_bytes) {
    const std::uint64_t wanted = frame_bytes * static_cast<std::uint64_t>(frames);
    if (out.size() != wanted)
        fail(ErrorCode::invalid_argument, "read_frames: room for ", out.size(), " bytes, ", frames, " frames have ",
             wanted);
}

}  // namespace

struct Reader::Impl {
    Impl(std::unique_ptr<ByteSource> source, const Limits& limits, Mode0 mode0)
        : file(std::move(source), limits, mode0), findings(file.findings()) {}

    /// Loaders are lent out, so that memory is reused whoever reads.
    template <class Work>
    void with_loader(const Work& work) {
        auto loader = borrow();
        work(*loader);
        loader->run_parts_on(nullptr);
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(loader));
    }

    std::unique_ptr<FrameLoader> borrow() {
        const std::lock_guard lock(mutex);
        if (idle.empty()) return std::make_unique<FrameLoader>(file);
        auto loader = std::move(idle.back());
        idle.pop_back();
        return loader;
    }

    MrcFile file;
    std::vector<Finding> findings;
    std::mutex mutex;
    std::vector<std::unique_ptr<FrameLoader>> idle;
};

Reader::Reader(const std::filesystem::path& path, const Limits& limits, Mode0 mode0)
    : Reader(io::open_unwrapped_source(path), limits, mode0) {
    if (codec().id == 0 && container::has_whole_journal(path))
        impl_->findings.push_back({Severity::warning, "MRCZ-D03", "file", std::string(container::unfinished_append)});
}

Reader::Reader(std::unique_ptr<ByteSource> source, const Limits& limits, Mode0 mode0) {
    const std::string name = source->name();
    in_file(name, [&] { impl_ = std::make_unique<Impl>(std::move(source), limits, mode0); });
}

Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

const std::string& Reader::name() const noexcept { return impl_->file.source().name(); }
const Header& Reader::header() const noexcept { return impl_->file.layout().header; }
std::int64_t Reader::frames() const noexcept { return impl_->file.frames(); }
std::int64_t Reader::rows() const noexcept { return impl_->file.layout().rows; }
std::int64_t Reader::columns() const noexcept { return impl_->file.layout().columns; }
std::int64_t Reader::volume_sections() const noexcept { return header::volume_sections(header()); }
PixelType Reader::pixel_type() const noexcept { return impl_->file.layout().type; }
FrameFormat Reader::frame_format() const noexcept { return impl_->file.layout().format(); }
std::uint64_t Reader::frame_bytes() const noexcept { return impl_->file.layout().frame_bytes; }
const CodecInfo& Reader::codec() const noexcept { return impl_->file.codec(); }
bool Reader::is_big_endian() const noexcept { return impl_->file.layout().order == ByteOrder::big; }
std::uint64_t Reader::file_bytes() const noexcept { return impl_->file.source().size(); }
bool Reader::has_random_access() const noexcept { return codec().id == 0 || impl_->file.has_index(); }
const std::vector<Finding>& Reader::findings() const noexcept { return impl_->findings; }

std::uint64_t Reader::stored_data_bytes() const noexcept {
    return impl_->file.data_end() - impl_->file.layout().data_offset;
}

std::optional<Header> Reader::original_header() const {
    return in_file(name(), [&]() -> std::optional<Header> {
        const auto original = impl_->file.original();
        if (!original) return std::nullopt;
        return header::read_ordered(original->header).header;
    });
}

std::vector<SectionInfo> Reader::sections() const {
    std::vector<SectionInfo> infos;
    if (!impl_->file.footer()) return infos;
    for (const container::SectionEntry& entry : impl_->file.footer()->sections) {
        const auto kind = std::ranges::find(container::section_kinds, entry.id, &container::SectionKind::id);
        infos.push_back({entry.id, kind == container::section_kinds.end() ? std::string_view{} : kind->meaning,
                         entry.stored_bytes, entry.raw_bytes});
    }
    return infos;
}

std::vector<CodingMode> Reader::coding_modes() const {
    return in_file(name(), [&] { return impl_->file.coding_modes(); });
}

std::size_t Reader::models() const noexcept { return impl_->file.models().places().size(); }

std::uint64_t Reader::model_bytes() const noexcept {
    std::uint64_t bytes = 0;
    for (const container::Models::Place& place : impl_->file.models().places()) bytes += place.range.bytes;
    return bytes;
}

std::optional<double> Reader::entropy() const {
    return in_file(name(), [&] { return impl_->file.entropy(); });
}

std::vector<std::byte> Reader::extended_header() const {
    return in_file(name(), [&] { return impl_->file.extended_header(); });
}

ExtendedHeader Reader::decoded_extended_header() const {
    return in_file(name(), [&] {
        // A compressed file is little-endian, but the extended header stays as its source had it.
        const auto original = impl_->file.original();
        const ByteOrder order = original ? original->order : impl_->file.layout().order;
        return ExtendedHeader(header(), impl_->file.extended_header(), order == ByteOrder::big);
    });
}

std::optional<Metadata> Reader::metadata() const {
    return in_file(name(), [&]() -> std::optional<Metadata> {
        const Limits& limits = impl_->file.limits();
        const auto found = impl_->file.section(container::section::metadata, limits.metadata_bytes);
        if (!found) return metadata_in_extended_header(impl_->file);
        if (found->encoding == container::encoding::msgpack) return Metadata::from_msgpack(found->payload, limits);
        const std::string_view text(reinterpret_cast<const char*>(found->payload.data()), found->payload.size());
        return Metadata::from_json(text, limits);
    });
}

std::string Reader::provenance() const {
    return in_file(name(), [&]() -> std::string {
        const Limits& limits = impl_->file.limits();
        const auto found = impl_->file.section(container::section::provenance, limits.metadata_bytes);
        if (!found) return {};
        const std::string_view text(reinterpret_cast<const char*>(found->payload.data()), found->payload.size());
        return Metadata::from_json(text, limits).to_json();
    });
}

std::vector<FrameStatistics> Reader::statistics() const {
    return in_file(name(), [&] { return impl_->file.statistics(); });
}

std::optional<SumImage> Reader::sum() const {
    return in_file(name(), [&] { return impl_->file.sum(); });
}

void Reader::read_frame(std::int64_t index, std::span<std::byte> out) const {
    in_file(name(), [&] {
        if (out.size() != frame_bytes())
            fail(ErrorCode::invalid_argument, "read_frame: room for ", out.size(), " bytes, a frame has ",
                 frame_bytes());
        impl_->with_loader([&](FrameLoader& loader) {
            loader.fetch(index);
            loader.decode(out);
        });
    });
}

void Reader::read_frames(std::int64_t first, std::int64_t count, std::span<std::byte> out,
                         const RunContext& context) const {
    in_file(name(), [&] {
        if (first < 0 || count < 0 || first > frames() || count > frames() - first)
            fail(ErrorCode::invalid_argument, "read_frames: ", count, " frames from frame ", first,
                 " on: the file has ", frames());
        require_room(out, count, frame_bytes());
    });
    const auto size = static_cast<std::size_t>(frame_bytes());
    const ThreadShares threads(context, count, count > 0 ? impl_->file.decoder().parts() : 1);
    const auto read = [&](std::int64_t i) {
        in_file(name(), [&] {
            impl_->with_loader([&](FrameLoader& loader) {
                loader.run_parts_on(threads.of_parts());
                loader.fetch(first + i);
                loader.decode(out.subspan(static_cast<std::size_t>(i) * size, size));
            });
        });
    };
    run_frames(count, read, threads.of_frames());
}

void Reader::read_frames(std::span<const std::int64_t> indices, std::span<std::byte> out,
                         const RunContext& context) const {
    const auto count = static_cast<std::int64_t>(indices.size());
    in_file(name(), [&] { require_room(out, count, frame_bytes()); });
    const auto size = static_cast<std::size_t>(frame_bytes());
    run_frames(
        count,
        [&](std::int64_t i) {
            const auto place = static_cast<std::size_t>(i);
            read_frame(indices[place], out.subspan(place * size, size));
        },
        context);
}

StoredFrame Reader::stored_frame(std::int64_t index) const {
    return in_file(name(), [&] {
        const container::ChunkRange range = impl_->file.range_of(index);
        return StoredFrame{range.offset, range.bytes};
    });
}

std::vector<std::byte> Reader::read_stored_frame(std::int64_t index) const {
    const StoredFrame place = stored_frame(index);
    return in_file(name(), [&] {
        std::vector<std::byte> bytes(static_cast<std::size_t>(place.bytes));
        impl_->file.source().read_at(place.offset, bytes);
        return bytes;
    });
}

}  // namespace mrcz
