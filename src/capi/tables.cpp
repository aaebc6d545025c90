// The tables of codecs and header fields, row by row.
#include "capi/arguments.hpp"
#include "capi/lasting.hpp"
#include "mrcz/header.hpp"

namespace mrcz::capi {
namespace {

static_assert(static_cast<int>(Loss::bounded) == MRCZ_BOUNDED_LOSS && static_cast<int>(Loss::lossy) == MRCZ_LOSSY);
static_assert(static_cast<int>(HeaderFieldType::i32) == MRCZ_FIELD_INT32 &&
              static_cast<int>(HeaderFieldType::i64) == MRCZ_FIELD_INT64 &&
              static_cast<int>(HeaderFieldType::f32) == MRCZ_FIELD_FLOAT32 &&
              static_cast<int>(HeaderFieldType::text) == MRCZ_FIELD_TEXT);

template <class Row>
const Row& row_at(std::span<const Row> rows, std::int32_t index) {
    if (index < 0 || static_cast<std::size_t>(index) >= rows.size())
        fail(ErrorCode::invalid_argument, "index is ", index, "; the table has ", rows.size(), " rows");
    return rows[static_cast<std::size_t>(index)];
}

mrcz_codec_info described(const CodecInfo& row) {
    mrcz_codec_info info{};
    info.name = lasting(row.name);
    info.summary = lasting(row.summary);
    info.why_not = lasting(row.why_not);
    info.id = row.id;
    info.loss = static_cast<std::int32_t>(row.loss);
    info.frames_per_chunk = static_cast<std::int32_t>(row.frames_per_chunk);
    info.needs_model = row.needs_model ? 1 : 0;
    info.reads = row.reads ? 1 : 0;
    info.writes = row.writes ? 1 : 0;
    info.least_level = row.least_level;
    info.default_level = row.default_level;
    info.greatest_level = row.greatest_level;
    return info;
}

mrcz_header_field_info described(const HeaderFieldInfo& row) {
    mrcz_header_field_info info{};
    info.name = lasting(row.name);
    info.unit = lasting(row.unit);
    info.meaning = lasting(row.meaning);
    info.type = static_cast<std::int32_t>(row.type);
    info.count = row.count;
    info.offset = row.offset;
    info.value_bytes = row.bytes;
    return info;
}

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_codec_count(void) { return static_cast<std::int32_t>(mrcz::codecs().size()); }

std::int32_t mrcz_codec(std::int32_t index, mrcz_codec_info* codec) {
    return guarded(__func__, [&] {
        require(codec, "codec");
        give(described(row_at(mrcz::codecs(), index)), codec, "codec");
    });
}

std::int32_t mrcz_find_codec(const char* name, mrcz_codec_info* codec) {
    return guarded(__func__, [&] {
        require(name, "name");
        require(codec, "codec");
        const mrcz::CodecInfo* row = mrcz::find_codec(std::string_view(name));
        if (row == nullptr)
            mrcz::fail(mrcz::ErrorCode::not_found, "there is no codec named ", mrcz::printable(name, 40),
                       "; mrcz_codec() lists them");
        give(described(*row), codec, "codec");
    });
}

std::int32_t mrcz_header_field_count(void) { return static_cast<std::int32_t>(mrcz::header_fields().size()); }

std::int32_t mrcz_header_field(std::int32_t index, mrcz_header_field_info* field) {
    return guarded(__func__, [&] {
        require(field, "field");
        give(described(row_at(mrcz::header_fields(), index)), field, "field");
    });
}
