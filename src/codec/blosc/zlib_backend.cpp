#include <zlib.h>

#include "base/fail.hpp"
#include "codec/blosc/backend.hpp"

namespace mrcz::codec::blosc {
namespace {

const Bytef* bytes_of(std::span<const std::byte> bytes) { return reinterpret_cast<const Bytef*>(bytes.data()); }
Bytef* bytes_of(std::span<std::byte> bytes) { return reinterpret_cast<Bytef*>(bytes.data()); }

class ZlibCompressor final : public BlockCompressor {
  public:
    explicit ZlibCompressor(int level) {
        if (::deflateInit(&state_, level) != Z_OK) fail(ErrorCode::out_of_memory, "zlib cannot start");
    }
    ~ZlibCompressor() override { ::deflateEnd(&state_); }
    ZlibCompressor(const ZlibCompressor&) = delete;
    ZlibCompressor& operator=(const ZlibCompressor&) = delete;

    std::size_t compress(std::span<const std::byte> block, std::span<std::byte> to) override {
        ::deflateReset(&state_);
        state_.next_in = const_cast<Bytef*>(bytes_of(block));
        state_.avail_in = static_cast<uInt>(block.size());
        state_.next_out = bytes_of(to);
        state_.avail_out = static_cast<uInt>(to.size());
        return ::deflate(&state_, Z_FINISH) == Z_STREAM_END ? to.size() - state_.avail_out : 0;
    }

  private:
    z_stream state_{};
};

class ZlibDecompressor final : public BlockDecompressor {
  public:
    bool decompress(std::span<const std::byte> stream, std::span<std::byte> block) override {
        uLongf size = block.size();
        return ::uncompress(bytes_of(block), &size, bytes_of(stream), stream.size()) == Z_OK && size == block.size();
    }
};

}  // namespace

std::unique_ptr<BlockCompressor> make_zlib_compressor(int level, std::size_t) {
    return std::make_unique<ZlibCompressor>(level);
}
std::unique_ptr<BlockDecompressor> make_zlib_decompressor() { return std::make_unique<ZlibDecompressor>(); }
std::size_t zlib_bound(std::size_t block_bytes) { return ::compressBound(block_bytes); }

}  // namespace mrcz::codec::blosc
