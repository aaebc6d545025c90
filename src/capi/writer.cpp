// Files written frame by frame.
#include "mrcz/writer.hpp"

#include <memory>

#include "capi/arguments.hpp"
#include "capi/context.hpp"

struct mrcz_writer {
    enum class State { open, finished, failed };

    explicit mrcz_writer(mrcz::Writer opened) : writer(std::move(opened)) {}

    mrcz::Writer writer;
    State state = State::open;
};

namespace mrcz::capi {
namespace {

WriterOptions options_of(const mrcz_writer_options& asked) {
    WriterOptions options;
    options.nx = asked.columns;
    options.ny = asked.rows;
    options.type = pixel_type_of(asked.pixel_type, "options.pixel_type");
    options.is_volume = asked.is_volume != 0;
    options.volume_sections = asked.volume_sections;
    std::ranges::copy(asked.voxel_angstrom, options.voxel_angstrom.begin());
    options.voltage_kv = static_cast<float>(asked.voltage_kv);
    options.spherical_aberration_mm = static_cast<float>(asked.spherical_aberration_mm);
    if (asked.detector_gain != 0) options.detector_gain = static_cast<float>(asked.detector_gain);
    if (asked.label != nullptr) options.label = asked.label;
    if (asked.codec != nullptr) options.codec = asked.codec;
    options.coding = coding_of(asked.level, asked.block_bytes, asked.filter);
    if (asked.metadata != nullptr)
        options.metadata = metadata_of(asked.metadata, asked.metadata_bytes, asked.metadata_format);
    options.overwrite = asked.overwrite != 0;
    const LiveOptions live = live_of(asked.live_frames, asked.live_seconds);
    if (asked.is_live != 0) options.live = live;
    return options;
}

ExtendOptions options_of(const mrcz_extend_options& asked) {
    ExtendOptions options;
    options.coding = coding_of(asked.level, asked.block_bytes, asked.filter);
    const LiveOptions live = live_of(asked.live_frames, asked.live_seconds);
    if (asked.is_live != 0) options.live = live;
    options.limits = limits_of(taken(asked.reading, "options.reading"));
    return options;
}

Writer& open_writer(mrcz_writer* writer) {
    require(writer, "writer");
    if (writer->state == mrcz_writer::State::finished)
        fail(ErrorCode::invalid_argument, "the file is finished; mrcz_writer_extend() opens it again");
    if (writer->state == mrcz_writer::State::failed)
        fail(ErrorCode::invalid_argument, "an earlier append failed; the writer can only be closed");
    return writer->writer;
}

/// Work after whose failure no one knows which of the frames are in; wrong arguments are found before it begins.
template <class Work>
void changing(mrcz_writer& writer, Work&& work) {
    try {
        work();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::invalid_argument) writer.state = mrcz_writer::State::failed;
        throw;
    } catch (...) {
        writer.state = mrcz_writer::State::failed;
        throw;
    }
}

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_writer_create(const char* path, const mrcz_writer_options* options, mrcz_writer** writer) {
    return guarded(__func__, [&] {
        require(writer, "writer");
        *writer = nullptr;
        require(path, "path");
        require(options, "options");
        *writer = std::make_unique<mrcz_writer>(mrcz::Writer(path, options_of(taken(options, "options")))).release();
    });
}

std::int32_t mrcz_writer_extend(const char* path, const mrcz_extend_options* options, mrcz_context* context,
                                mrcz_writer** writer) {
    return guarded(__func__, [&] {
        require(writer, "writer");
        *writer = nullptr;
        require(path, "path");
        const auto asked = taken(options, "options");
        const ContextUse use(context);
        *writer = std::make_unique<mrcz_writer>(mrcz::Writer::extending(path, options_of(asked), use.get())).release();
    });
}

std::int32_t mrcz_writer_append(mrcz_writer* writer, const void* frames, std::size_t bytes, mrcz_context* context) {
    return guarded(__func__, [&] {
        mrcz::Writer& open = open_writer(writer);
        require(frames, "frames");
        const ContextUse use(context);
        changing(*writer, [&] { open.append(bytes_at(frames, bytes), use.get()); });
    });
}

std::int32_t mrcz_writer_finish(mrcz_writer* writer, std::uint64_t* file_bytes) {
    return guarded(__func__, [&] {
        mrcz::Writer& open = open_writer(writer);
        changing(*writer, [&] {
            const std::uint64_t bytes = open.finish();
            writer->state = mrcz_writer::State::finished;
            if (file_bytes != nullptr) *file_bytes = bytes;
        });
    });
}

void mrcz_writer_close(mrcz_writer* writer) { delete writer; }
