#include <zstd.h>

#include "base/fail.hpp"
#include "container/section.hpp"

namespace mrcz::container {
namespace {
constexpr std::size_t least_worth_compressing = 4096;  // small metadata stay readable in a hex dump
constexpr int level = 3;
}  // namespace

Bytes compress_section(std::span<const std::byte> raw) {
    if (raw.size() < least_worth_compressing) return {};
    Bytes stored(ZSTD_compressBound(raw.size()));
    const std::size_t size = ZSTD_compress(stored.data(), stored.size(), raw.data(), raw.size(), level);
    if (ZSTD_isError(size) != 0 || size >= raw.size() - raw.size() / 16) return {};
    stored.resize(size);
    return stored;
}

Bytes decompress_section(std::span<const std::byte> stored, std::uint64_t raw_bytes) {
    // What the zstd frame itself claims, before anything is allocated on the footer's word.
    if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != raw_bytes)
        fail(ErrorCode::corrupt, "does not hold the ", raw_bytes, " bytes it claims");
    Bytes raw(static_cast<std::size_t>(raw_bytes));
    const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), stored.data(), stored.size());
    if (size != raw.size()) fail(ErrorCode::corrupt, "does not decompress");
    return raw;
}

}  // namespace mrcz::container
