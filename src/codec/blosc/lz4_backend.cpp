#include <lz4.h>
#include <lz4hc.h>

#include <vector>

#include "codec/blosc/backend.hpp"

namespace mrcz::codec::blosc {
namespace {

const char* text(std::span<const std::byte> bytes) { return reinterpret_cast<const char*>(bytes.data()); }
char* text(std::span<std::byte> bytes) { return reinterpret_cast<char*>(bytes.data()); }
int count(std::span<const std::byte> bytes) { return static_cast<int>(bytes.size()); }

class Lz4Compressor final : public BlockCompressor {
  public:
    explicit Lz4Compressor(int level)
        : acceleration_(10 - level), state_(static_cast<std::size_t>(LZ4_sizeofState())) {}

    std::size_t compress(std::span<const std::byte> block, std::span<std::byte> to) override {
        const int written =
            LZ4_compress_fast_extState(state_.data(), text(block), text(to), count(block), count(to), acceleration_);
        return static_cast<std::size_t>(written);
    }

  private:
    int acceleration_;
    std::vector<std::byte> state_;
};

class Lz4HcCompressor final : public BlockCompressor {
  public:
    explicit Lz4HcCompressor(int level) : level_(level), state_(static_cast<std::size_t>(LZ4_sizeofStateHC())) {}

    std::size_t compress(std::span<const std::byte> block, std::span<std::byte> to) override {
        const int written =
            LZ4_compress_HC_extStateHC(state_.data(), text(block), text(to), count(block), count(to), level_);
        return static_cast<std::size_t>(written);
    }

  private:
    int level_;
    std::vector<std::byte> state_;
};

class Lz4Decompressor final : public BlockDecompressor {
  public:
    bool decompress(std::span<const std::byte> stream, std::span<std::byte> block) override {
        return LZ4_decompress_safe(text(stream), text(block), count(stream), count(block)) == count(block);
    }
};

}  // namespace

std::unique_ptr<BlockCompressor> make_lz4_compressor(int level, std::size_t) {
    return std::make_unique<Lz4Compressor>(level);
}
std::unique_ptr<BlockCompressor> make_lz4hc_compressor(int level, std::size_t) {
    return std::make_unique<Lz4HcCompressor>(level);
}
std::unique_ptr<BlockDecompressor> make_lz4_decompressor() { return std::make_unique<Lz4Decompressor>(); }
std::size_t lz4_bound(std::size_t block_bytes) { return block_bytes + block_bytes / 255 + 16; }

}  // namespace mrcz::codec::blosc
