#include "mrcz/writer.hpp"

#include <limits>
#include <vector>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/file_assembler.hpp"
#include "container/frame_coder.hpp"
#include "container/metadata_section.hpp"
#include "header/compose.hpp"

namespace mrcz {
namespace {

const CodecInfo& codec_named(std::string_view name) {
    const CodecInfo* info = find_codec(name);
    if (info == nullptr) fail(ErrorCode::invalid_argument, "there is no codec named ", name);
    return *info;
}

header::FreshImage image_of(const WriterOptions& options) {
    return {options.nx,
            options.ny,
            options.type,
            options.is_volume,
            options.volume_sections,
            options.voltage_kv,
            options.spherical_aberration_mm,
            options.detector_gain,
            options.label};
}

FrameFormat format_of(const WriterOptions& options) { return {options.type, options.nx, options.ny}; }

std::size_t frame_bytes_of(const WriterOptions& options) {
    const std::uint64_t bytes = bytes_of(format_of(options));
    if (bytes == std::numeric_limits<std::uint64_t>::max())
        fail(ErrorCode::invalid_argument, "frames of ", options.nx, " x ", options.ny, " pixels cannot be written");
    return static_cast<std::size_t>(bytes);
}

}  // namespace

struct Writer::Impl {
    Impl(const std::filesystem::path& path, const WriterOptions& chosen)
        : name(path.string()),
          options(chosen),
          row(codec::writing_row(codec_named(chosen.codec))),
          header(header::fresh_header(image_of(chosen), row.info.id)),
          pixels(pixel_count(format_of(chosen))),
          frame_bytes(frame_bytes_of(chosen)),
          sink(io::open_file_sink(path, {.overwrite = chosen.overwrite, .like = {}})),
          assembler(*sink, header, {}, row.info, pixels) {}

    void append(std::span<const std::byte> frames, const RunContext& context) {
        if (frames.size() % frame_bytes != 0)
            fail(ErrorCode::invalid_argument, "append: ", frames.size(), " bytes are no whole number of frames of ",
                 frame_bytes);
        if (frames.empty()) return;
        if (!encoder)
            encoder =
                row.prepare_encoder(row.info, {options.type, frame_bytes}, options.coding, frames.first(frame_bytes));
        while (coders.size() < pipeline_slots(context)) coders.emplace_back(*encoder, format_of(options));
        const auto count = static_cast<std::int64_t>(frames.size() / frame_bytes);
        const PipelineStages stages{
            .take = [count](std::int64_t item, std::size_t) { return item < count; },
            .work =
                [&](std::int64_t item, std::size_t slot) {
                    coders[slot].encode(frames.subspan(static_cast<std::size_t>(item) * frame_bytes, frame_bytes));
                },
            .put = [&](std::int64_t item, std::size_t slot) { put(coders[slot].coded(), item + 1, count, context); },
        };
        run_ordered(stages, context);
    }

    void put(const container::CodedFrame& frame, std::int64_t done, std::int64_t total, const RunContext& context) {
        assembler.add(frame);
        if (context.progress)
            context.progress({done, total, static_cast<std::uint64_t>(done) * frame_bytes, sink->written()});
    }

    std::uint64_t finish() {
        header::set_extent(assembler.header(), assembler.frames(), options.voxel_angstrom);
        std::vector<container::Section> sections;
        if (options.metadata) sections.push_back(container::metadata_section(*options.metadata));
        if (options.metadata || row.info.id != 0)
            sections.push_back(container::provenance_section("write", row.info.name));
        assembler.finish(std::move(sections));
        sink->commit();
        return sink->written();
    }

    std::string name;
    WriterOptions options;
    const codec::CodecRow& row;
    Header header;
    std::uint64_t pixels;
    std::size_t frame_bytes;
    std::unique_ptr<io::ByteSink> sink;
    container::FileAssembler assembler;
    std::unique_ptr<const codec::FrameEncoder> encoder;
    std::vector<container::FrameCoder> coders;
};

Writer::Writer(const std::filesystem::path& path, const WriterOptions& options) {
    in_file(path.string(), [&] { impl_ = std::make_unique<Impl>(path, options); });
}

Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

void Writer::append(std::span<const std::byte> frames, const RunContext& context) {
    in_file(impl_->name, [&] { impl_->append(frames, context); });
}

std::uint64_t Writer::finish() {
    return in_file(impl_->name, [&] { return impl_->finish(); });
}

}  // namespace mrcz
