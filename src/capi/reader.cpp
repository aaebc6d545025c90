// Opening files, and what their shape is.
#include "mrcz/reader.hpp"

#include "capi/arguments.hpp"
#include "capi/caller_source.hpp"
#include "capi/handles.hpp"

namespace mrcz::capi {
namespace {

template <class From>
mrcz_reader* opened(From&& from, const mrcz_read_options* options) {
    const auto reading = taken(options, "options");
    auto handle = std::make_unique<mrcz_reader>();
    handle->own = std::make_unique<Reader>(std::forward<From>(from), limits_of(reading), mode0_of(reading));
    handle->reader = handle->own.get();
    return handle.release();
}

}  // namespace

mrcz_stack stack_of(const Reader& reader) noexcept {
    static_assert(static_cast<int>(RowPacking::contiguous) == MRCZ_ROWS_CONTIGUOUS);
    mrcz_stack stack{};
    const FrameFormat format = reader.frame_format();
    stack.frames = reader.frames();
    stack.rows = reader.rows();
    stack.columns = reader.columns();
    stack.volume_sections = reader.volume_sections();
    stack.frame_bytes = reader.frame_bytes();
    stack.file_bytes = reader.file_bytes();
    stack.stored_bytes = reader.stored_data_bytes();
    std::ranges::copy(reader.header().voxel_angstrom(), stack.voxel_angstrom);
    stack.pixel_type = number_of(format.type);
    stack.row_packing = static_cast<std::int32_t>(format.packing);
    stack.codec_id = reader.codec().id;
    stack.is_big_endian = reader.is_big_endian() ? 1 : 0;
    stack.has_random_access = reader.has_random_access() ? 1 : 0;
    stack.findings = static_cast<std::int32_t>(reader.findings().size());
    return stack;
}

}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_reader_open(const char* path, const mrcz_read_options* options, mrcz_reader** reader) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        *reader = nullptr;
        require(path, "path");
        *reader = opened(std::filesystem::path(path), options);
    });
}

std::int32_t mrcz_reader_open_memory(const void* bytes, std::size_t size, const char* name,
                                     const mrcz_read_options* options, mrcz_reader** reader) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        *reader = nullptr;
        require(bytes, "bytes");
        *reader = opened(source_over(bytes, size, name == nullptr ? "memory" : name), options);
    });
}

std::int32_t mrcz_reader_open_source(const mrcz_source* source, const mrcz_read_options* options,
                                     mrcz_reader** reader) {
    return guarded(__func__, [&] {
        if (reader != nullptr) *reader = nullptr;
        require(source, "source");
        const auto functions = taken(source, "source");
        auto bytes = source_calling(functions);
        require(reader, "reader");
        require_function(functions.read_at, "source.read_at");
        *reader = opened(std::move(bytes), options);
    });
}

void mrcz_reader_close(mrcz_reader* reader) { delete reader; }

const char* mrcz_reader_name(const mrcz_reader* reader) {
    return reader == nullptr ? nullptr : reader->reader->name().c_str();
}

std::int32_t mrcz_reader_stack(const mrcz_reader* reader, mrcz_stack* stack) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        require(stack, "stack");
        give(stack_of(*reader->reader), stack, "stack");
    });
}
