// Versions, and what the numbers of statuses mean.
#include <array>
#include <cstdlib>
#include <cstring>

#include "capi/arguments.hpp"
#include "capi/guard.hpp"
#include "capi/lasting.hpp"
#include "mrcz/version.hpp"

namespace mrcz::capi {
namespace {

struct StatusRow {
    ErrorCode code;
    std::int32_t status;
    const char* meaning;
};

constexpr std::array<StatusRow, 12> statuses{{
    {ErrorCode::not_mrc, MRCZ_ERROR_NOT_MRC, "the bytes are no MRC file"},
    {ErrorCode::truncated, MRCZ_ERROR_TRUNCATED, "the file ends before its contents do"},
    {ErrorCode::corrupt, MRCZ_ERROR_CORRUPT, "the file is damaged: a hash, a size or a structure does not hold"},
    {ErrorCode::unsupported, MRCZ_ERROR_UNSUPPORTED, "the file is valid, but this build cannot handle it"},
    {ErrorCode::limit_exceeded, MRCZ_ERROR_LIMIT_EXCEEDED, "beyond the limits of mrcz_read_options"},
    {ErrorCode::invalid_argument, MRCZ_ERROR_INVALID_ARGUMENT, "an argument that cannot be, or does not fit the file"},
    {ErrorCode::target_exists, MRCZ_ERROR_TARGET_EXISTS, "the output exists, and overwriting was not asked for"},
    {ErrorCode::not_found, MRCZ_ERROR_NOT_FOUND, "there is no such file, field, codec or document"},
    {ErrorCode::io_failed, MRCZ_ERROR_IO_FAILED, "reading or writing failed"},
    {ErrorCode::out_of_memory, MRCZ_ERROR_OUT_OF_MEMORY, "not enough memory"},
    {ErrorCode::cancelled, MRCZ_ERROR_CANCELLED, "cancelled"},
    {ErrorCode::internal, MRCZ_ERROR_INTERNAL, "a bug in mrcz"},
}};

constexpr bool are_grouped() {
    constexpr std::array groups{ErrorGroup::data,   ErrorGroup::data,   ErrorGroup::data,        ErrorGroup::data,
                                ErrorGroup::data,   ErrorGroup::caller, ErrorGroup::caller,      ErrorGroup::caller,
                                ErrorGroup::system, ErrorGroup::system, ErrorGroup::interrupted, ErrorGroup::internal};
    for (std::size_t i = 0; i < statuses.size(); ++i)
        if (statuses[i].status / 100 != static_cast<int>(groups[i])) return false;
    return true;
}
static_assert(are_grouped());

const StatusRow* row_of(std::int32_t status) noexcept {
    for (const StatusRow& row : statuses)
        if (row.status == status) return &row;
    return nullptr;
}

}  // namespace

std::int32_t status_of(ErrorCode code) noexcept {
    for (const StatusRow& row : statuses)
        if (row.code == code) return row.status;
    return MRCZ_ERROR_INTERNAL;
}

}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_abi_version(void) { return MRCZ_ABI_VERSION; }
const char* mrcz_version(void) { return mrcz::version; }

const char* mrcz_strerror(std::int32_t status) {
    if (status == MRCZ_OK) return "no error";
    const StatusRow* row = row_of(status);
    return row == nullptr ? "a number that is no status of mrcz" : row->meaning;
}

const char* mrcz_error_name(std::int32_t status) {
    if (status == MRCZ_OK) return "ok";
    const StatusRow* row = row_of(status);
    return row == nullptr ? nullptr : lasting(mrcz::name_of(row->code));
}

std::int32_t mrcz_error_group(std::int32_t status) {
    if (status == MRCZ_OK) return 0;
    const StatusRow* row = row_of(status);
    return static_cast<std::int32_t>(row == nullptr ? mrcz::ErrorGroup::internal : mrcz::group_of(row->code));
}

const char* mrcz_last_error(void) { return last_error(); }

std::int32_t mrcz_struct_init(void* structure, std::size_t bytes) {
    return guarded(__func__, [&] {
        require(structure, "structure");
        require_struct_size(bytes, "bytes");
        std::memset(structure, 0, bytes);
        std::memcpy(structure, &bytes, sizeof bytes);
    });
}

void mrcz_free(void* memory) { std::free(memory); }
