// The compressors inside blosc chunks, one row each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace mrcz::codec::blosc {

/// Compresses blocks, reusing its memory.
class BlockCompressor {
  public:
    virtual ~BlockCompressor() = default;
    /// Bytes written to `to`, or 0 when the block does not get smaller.
    [[nodiscard]] virtual std::size_t compress(std::span<const std::byte> block, std::span<std::byte> to) = 0;
};

/// Decompresses streams of any format, reusing its memory.
class BlockDecompressor {
  public:
    virtual ~BlockDecompressor() = default;
    /// Whether `stream` held exactly as many bytes as `block` takes.
    [[nodiscard]] virtual bool decompress(std::span<const std::byte> stream, std::span<std::byte> block) = 0;
};

struct Backend {
    std::uint16_t codec_id;  ///< of the MRCZ file
    unsigned format;         ///< of the blosc chunk, flags bits 5-7; lz4 and lz4hc share one
    std::string_view name;
    std::size_t methods;  ///< ways to compress at one level, the fastest first; which is best depends on the data
    std::unique_ptr<BlockCompressor> (*make_compressor)(int level, std::size_t method);  ///< null: only read
    std::unique_ptr<BlockDecompressor> (*make_decompressor)();
    std::size_t (*bound)(std::size_t block_bytes);  ///< room a compressor wants for its output
};

[[nodiscard]] std::span<const Backend> backends() noexcept;
[[nodiscard]] const Backend& backend_of_codec(std::uint16_t codec_id);
/// Throws Error{corrupt} when c-blosc has no such format.
[[nodiscard]] const Backend& backend_of_format(unsigned format);

std::unique_ptr<BlockCompressor> make_blosclz_compressor(int level, std::size_t method);
std::unique_ptr<BlockDecompressor> make_blosclz_decompressor();
std::size_t blosclz_bound(std::size_t block_bytes);

std::unique_ptr<BlockDecompressor> make_snappy_decompressor();

std::unique_ptr<BlockCompressor> make_zstd_compressor(int level, std::size_t method);
std::unique_ptr<BlockDecompressor> make_zstd_decompressor();
std::size_t zstd_bound(std::size_t block_bytes);

std::unique_ptr<BlockCompressor> make_lz4_compressor(int level, std::size_t method);
std::unique_ptr<BlockCompressor> make_lz4hc_compressor(int level, std::size_t method);
std::unique_ptr<BlockDecompressor> make_lz4_decompressor();
std::size_t lz4_bound(std::size_t block_bytes);

std::unique_ptr<BlockCompressor> make_zlib_compressor(int level, std::size_t method);
std::unique_ptr<BlockDecompressor> make_zlib_decompressor();
std::size_t zlib_bound(std::size_t block_bytes);

}  // namespace mrcz::codec::blosc
