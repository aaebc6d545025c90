#include "codec/blosc/backend.hpp"

#include <array>

#include "base/fail.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::array<Backend, 6> table{{
    {1, 0, "blosclz", 1, make_blosclz_compressor, make_blosclz_decompressor, blosclz_bound},
    {2, 1, "lz4", 1, make_lz4_compressor, make_lz4_decompressor, lz4_bound},
    {3, 1, "lz4hc", 1, make_lz4hc_compressor, make_lz4_decompressor, lz4_bound},
    {4, 2, "snappy", 0, nullptr, make_snappy_decompressor, nullptr},
    {5, 3, "zlib", 1, make_zlib_compressor, make_zlib_decompressor, zlib_bound},
    {6, 4, "zstd", 2, make_zstd_compressor, make_zstd_decompressor, zstd_bound},
}};

}  // namespace

std::span<const Backend> backends() noexcept { return table; }

const Backend& backend_of_codec(std::uint16_t codec_id) {
    for (const Backend& backend : table)
        if (backend.codec_id == codec_id) return backend;
    fail(ErrorCode::internal, "codec ", codec_id, " is no blosc codec");
}

const Backend& backend_of_format(unsigned format) {
    for (const Backend& backend : table)
        if (backend.format == format) return backend;
    fail(ErrorCode::corrupt, "chunk header: compressor ", format, " is none that c-blosc knows");
}

}  // namespace mrcz::codec::blosc
