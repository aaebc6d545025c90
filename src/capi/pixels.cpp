// Pixel types, and one turned into another.
#include <limits>

#include "capi/arguments.hpp"
#include "capi/lasting.hpp"

using namespace mrcz::capi;
using mrcz::ErrorCode;
using mrcz::fail;

const char* mrcz_pixel_type_name(std::int32_t pixel_type) {
    if (pixel_type < MRCZ_INT8 || pixel_type > MRCZ_UINT4) return nullptr;
    return lasting(mrcz::info_of(static_cast<mrcz::PixelType>(pixel_type - 1)).name);
}

std::int32_t mrcz_find_pixel_type(const char* name, std::int32_t* pixel_type) {
    return guarded(__func__, [&] {
        require(name, "name");
        require(pixel_type, "pixel_type");
        const auto found = mrcz::find_pixel_type(name);
        if (!found) fail(ErrorCode::not_found, "there is no pixel type named ", mrcz::printable(name, 40));
        *pixel_type = number_of(*found);
    });
}

namespace {

mrcz::FrameFormat format_of(std::int64_t columns, std::int64_t rows, std::int32_t type, const char* argument) {
    if (columns < 0 || rows < 0)
        fail(ErrorCode::invalid_argument, "frames of ", columns, " columns and ", rows, " rows cannot be");
    const mrcz::FrameFormat format{pixel_type_of(type, argument), columns, rows};
    if (mrcz::bytes_of(format) == std::numeric_limits<std::uint64_t>::max())
        fail(ErrorCode::invalid_argument, "frames of ", columns, " columns and ", rows, " rows are too large");
    return format;
}

void require_bytes(std::size_t bytes, const mrcz::FrameFormat& format, const char* argument) {
    if (bytes != mrcz::bytes_of(format))
        fail(ErrorCode::invalid_argument, argument, " is ", bytes, "; a frame of that type has ",
             mrcz::bytes_of(format));
}

}  // namespace

std::int32_t mrcz_frame_bytes(std::int32_t pixel_type, std::int64_t columns, std::int64_t rows, std::uint64_t* bytes) {
    return guarded(__func__, [&] {
        require(bytes, "bytes");
        *bytes = mrcz::bytes_of(format_of(columns, rows, pixel_type, "pixel_type"));
    });
}

std::int32_t mrcz_convert(std::int64_t columns, std::int64_t rows, const void* from, std::size_t from_bytes,
                          std::int32_t from_type, void* to, std::size_t to_bytes, std::int32_t to_type,
                          std::int32_t allow, mrcz_changes* changes) {
    return guarded(__func__, [&] {
        require(from, "from");
        require(to, "to");
        const mrcz::FrameFormat from_format = format_of(columns, rows, from_type, "from_type");
        const mrcz::FrameFormat to_format = format_of(columns, rows, to_type, "to_type");
        require_bytes(from_bytes, from_format, "from_bytes");
        require_bytes(to_bytes, to_format, "to_bytes");
        const mrcz::ConversionResult result =
            mrcz::convert(bytes_at(from, from_bytes), from_format, bytes_at(to, to_bytes), to_format, rules_of(allow));
        if (changes != nullptr) *changes = {result.clipped, result.rounded};
    });
}
