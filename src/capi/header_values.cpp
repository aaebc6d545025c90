// Header fields by name.
#include "mrcz/header.hpp"

#include <algorithm>
#include <memory>

#include "capi/arguments.hpp"
#include "capi/handles.hpp"
#include "capi/statistics.hpp"

namespace mrcz::capi {
namespace {

Header header_of(const mrcz_reader* reader, std::int32_t which) {
    require(reader, "reader");
    if (which == MRCZ_HEADER_CURRENT) return reader->reader->header();
    if (which != MRCZ_HEADER_ORIGINAL)
        fail(ErrorCode::invalid_argument, "which is ", which, "; it is MRCZ_HEADER_CURRENT or MRCZ_HEADER_ORIGINAL");
    const auto original = reader->reader->original_header();
    if (!original) throw Error(ErrorCode::not_found, "keeps no header of an original file", reader->reader->name());
    return *original;
}

const HeaderFieldInfo& field_named(const char* name, std::int32_t index) {
    require(name, "name");
    const auto fields = header_fields();
    const auto found = std::ranges::find(fields, std::string_view(name), &HeaderFieldInfo::name);
    if (found == fields.end())
        fail(ErrorCode::not_found, "there is no header field named ", printable(name, 40),
             "; mrcz_header_field() lists them");
    if (index < 0 || index >= found->count)
        fail(ErrorCode::invalid_argument, "index is ", index, "; ", found->name, " has ", int{found->count}, " values");
    return *found;
}

[[noreturn]] void fail_type(const HeaderFieldInfo& field, const char* function) {
    fail(ErrorCode::invalid_argument, field.name, " is read with ", function, "()");
}

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;
using mrcz::HeaderFieldType;

std::int32_t mrcz_header_integer(const mrcz_reader* reader, std::int32_t which, const char* name, std::int32_t index,
                                 std::int64_t* value) {
    return guarded(__func__, [&] {
        require(value, "value");
        const mrcz::Header header = header_of(reader, which);
        const mrcz::HeaderFieldInfo& field = field_named(name, index);
        if (field.type == HeaderFieldType::f32) fail_type(field, "mrcz_header_real");
        if (field.type == HeaderFieldType::text) fail_type(field, "mrcz_header_text");
        *value = header.integer(field.field, static_cast<std::size_t>(index));
    });
}

std::int32_t mrcz_header_real(const mrcz_reader* reader, std::int32_t which, const char* name, std::int32_t index,
                              double* value) {
    return guarded(__func__, [&] {
        require(value, "value");
        const mrcz::Header header = header_of(reader, which);
        const mrcz::HeaderFieldInfo& field = field_named(name, index);
        if (field.type == HeaderFieldType::text) fail_type(field, "mrcz_header_text");
        const auto at = static_cast<std::size_t>(index);
        *value = field.type == HeaderFieldType::f32 ? static_cast<double>(header.real(field.field, at))
                                                    : static_cast<double>(header.integer(field.field, at));
    });
}

std::int32_t mrcz_header_text(const mrcz_reader* reader, std::int32_t which, const char* name, std::int32_t index,
                              char** text, std::size_t* bytes) {
    return guarded(__func__, [&] {
        require(text, "text");
        *text = nullptr;
        const mrcz::Header header = header_of(reader, which);
        const mrcz::HeaderFieldInfo& field = field_named(name, index);
        if (field.type == HeaderFieldType::f32) fail_type(field, "mrcz_header_real");
        if (field.type != HeaderFieldType::text) fail_type(field, "mrcz_header_integer");
        const std::string_view found = header.text(field.field, static_cast<std::size_t>(index));
        *text = copied(found);
        if (bytes != nullptr) *bytes = found.size();
    });
}

std::int32_t mrcz_header_bytes(const mrcz_reader* reader, std::int32_t which, void* out, std::size_t bytes) {
    return guarded(__func__, [&] {
        const mrcz::Header header = header_of(reader, which);
        require(out, "out");
        if (bytes != mrcz::Header::bytes_on_disk)
            mrcz::fail(mrcz::ErrorCode::invalid_argument, "bytes is ", bytes, "; a header has ",
                       mrcz::Header::bytes_on_disk);
        std::ranges::copy(header.bytes(), static_cast<std::byte*>(out));
    });
}

std::int32_t mrcz_header_statistics(const mrcz_reader* reader, mrcz_statistics* statistics) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        require(statistics, "statistics");
        *statistics = in_c(reader->reader->header().statistics());
    });
}
