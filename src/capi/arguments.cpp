#include "capi/arguments.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

namespace mrcz::capi {
namespace {

constexpr std::size_t greatest_struct = 4096;  // what was never set is most often more, or less than a size

constexpr bool pixel_types_agree() {
    constexpr std::pair<PixelType, int> types[] = {
        {PixelType::int8, MRCZ_INT8},
        {PixelType::uint8, MRCZ_UINT8},
        {PixelType::int16, MRCZ_INT16},
        {PixelType::uint16, MRCZ_UINT16},
        {PixelType::int32, MRCZ_INT32},
        {PixelType::uint32, MRCZ_UINT32},
        {PixelType::float16, MRCZ_FLOAT16},
        {PixelType::float32, MRCZ_FLOAT32},
        {PixelType::complex_int16, MRCZ_COMPLEX_INT16},
        {PixelType::complex_float32, MRCZ_COMPLEX_FLOAT32},
        {PixelType::rgb8, MRCZ_RGB8},
        {PixelType::uint4, MRCZ_UINT4},
    };
    for (const auto& [type, number] : types)
        if (number_of(type) != number) return false;
    return true;
}
static_assert(pixel_types_agree());
static_assert(static_cast<int>(Filter::none) == MRCZ_FILTER_NONE &&
              static_cast<int>(Filter::byteshuffle) == MRCZ_FILTER_BYTESHUFFLE &&
              static_cast<int>(Filter::bitshuffle) == MRCZ_FILTER_BITSHUFFLE);
static_assert(static_cast<int>(Mode0::as_signed) == MRCZ_MODE0_SIGNED &&
              static_cast<int>(Mode0::as_unsigned) == MRCZ_MODE0_UNSIGNED);

}  // namespace

void require(const void* pointer, const char* argument) {
    if (pointer == nullptr) fail(ErrorCode::invalid_argument, argument, " is null");
}

void require_struct_size(std::size_t bytes, const char* argument) {
    if (bytes < sizeof(std::size_t) || bytes > greatest_struct)
        fail(ErrorCode::invalid_argument, argument, ": a structure of ", bytes,
             " bytes; call mrcz_struct_init() with its size first");
}

void take_structure(const void* given, void* known, std::size_t known_bytes, const char* argument) {
    std::size_t given_bytes = 0;
    std::memcpy(&given_bytes, given, sizeof given_bytes);
    require_struct_size(given_bytes, argument);
    std::memcpy(known, given, std::min(given_bytes, known_bytes));
    if (given_bytes <= known_bytes) return;
    const auto unknown = bytes_at(given, given_bytes).subspan(known_bytes);
    if (std::ranges::any_of(unknown, [](std::byte byte) { return byte != std::byte{0}; }))
        fail(ErrorCode::invalid_argument, argument, ": sets options that this version of mrcz does not have; ",
             mrcz_version(), " is older than the mrcz.h of the program");
}

void give_structure(const void* known, std::size_t known_bytes, void* out, const char* argument) {
    std::size_t out_bytes = 0;
    std::memcpy(&out_bytes, out, sizeof out_bytes);
    require_struct_size(out_bytes, argument);
    const std::size_t filled = std::min(out_bytes, known_bytes);
    std::memcpy(out, known, filled);
    std::memcpy(out, &out_bytes, sizeof out_bytes);
    std::memset(static_cast<std::byte*>(out) + filled, 0, out_bytes - filled);
}

std::span<const char* const> texts_at(const char* const* texts, std::int32_t count, const char* argument) {
    require(texts, argument);
    if (count < 0) fail(ErrorCode::invalid_argument, "count is ", count);
    const std::span<const char* const> all(texts, static_cast<std::size_t>(count));
    for (const char* text : all)
        if (text == nullptr) fail(ErrorCode::invalid_argument, "one of ", argument, " is null");
    return all;
}

void* allocated(std::size_t bytes) {
    void* memory = std::malloc(std::max<std::size_t>(bytes, 1));
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

char* copied(std::string_view text) {
    auto* copy = static_cast<char*>(allocated(text.size() + 1));
    std::ranges::copy(text, copy);
    copy[text.size()] = '\0';
    return copy;
}

PixelType pixel_type_of(std::int32_t number, const char* argument) {
    constexpr std::int32_t last = MRCZ_UINT4;
    if (number < 1 || number > last)
        fail(ErrorCode::invalid_argument, argument, " is ", number,
             ", no pixel type; it is MRCZ_INT8 (1) to MRCZ_UINT4 (", last, ")");
    return static_cast<PixelType>(number - 1);
}

ConversionRules rules_of(std::int32_t allow) {
    if (allow < 0 || allow > MRCZ_ALLOW_CLIP + MRCZ_ALLOW_ROUND)
        fail(ErrorCode::invalid_argument, "allow is ", allow, "; it is a sum of MRCZ_ALLOW_CLIP and MRCZ_ALLOW_ROUND");
    return {.clip = (allow & MRCZ_ALLOW_CLIP) != 0, .round = (allow & MRCZ_ALLOW_ROUND) != 0};
}

Limits limits_of(const mrcz_read_options& options) {
    Limits limits;
    if (options.most_metadata_depth < 0)
        fail(ErrorCode::invalid_argument, "most_metadata_depth is ", options.most_metadata_depth,
             "; 0 stands for the default");
    if (options.most_frame_bytes != 0) limits.frame_bytes = options.most_frame_bytes;
    if (options.most_extended_header_bytes != 0) limits.extended_header_bytes = options.most_extended_header_bytes;
    if (options.most_metadata_bytes != 0) limits.metadata_bytes = options.most_metadata_bytes;
    if (options.most_trailing_bytes != 0) limits.trailing_bytes = options.most_trailing_bytes;
    if (options.most_metadata_depth != 0) limits.metadata_depth = static_cast<unsigned>(options.most_metadata_depth);
    return limits;
}

Mode0 mode0_of(const mrcz_read_options& options) { return enumerator(options.mode0, Mode0::as_unsigned, "mode0"); }

CodecOptions coding_of(std::int32_t level, std::uint64_t block_bytes, std::int32_t filter) {
    return {.level = level, .block_bytes = block_bytes, .filter = enumerator(filter, Filter::bitshuffle, "filter")};
}

LiveOptions live_of(std::int64_t frames, double seconds) {
    LiveOptions live;
    if (frames < 0) fail(ErrorCode::invalid_argument, "live_frames is ", frames, "; 0 stands for the default");
    if (!std::isfinite(seconds) || seconds < 0)
        fail(ErrorCode::invalid_argument, "live_seconds is ", seconds, "; 0 stands for the default");
    if (frames != 0) live.frames = frames;
    if (seconds != 0) live.seconds = seconds;
    return live;
}

Metadata metadata_of(const void* document, std::size_t bytes, std::int32_t format) {
    const auto all = bytes_at(document, bytes);
    if (format == MRCZ_METADATA_MSGPACK) return Metadata::from_msgpack(all);
    if (format == MRCZ_METADATA_JSON) return Metadata::from_json({static_cast<const char*>(document), bytes});
    fail(ErrorCode::invalid_argument, "metadata_format is ", format,
         "; it is MRCZ_METADATA_JSON (1) or MRCZ_METADATA_MSGPACK (2)");
}

}  // namespace mrcz::capi
