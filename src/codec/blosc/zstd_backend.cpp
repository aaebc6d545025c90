// Literal compression mode is part of libzstd's experimental interface.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <array>

#include "base/fail.hpp"
#include "codec/blosc/backend.hpp"

namespace mrcz::codec::blosc {
namespace {

struct Settings {
    int zstd_level;
    bool always_entropy_code_literals;
};

/// Our levels 1…9.
constexpr std::array<Settings, 9> settings{{
    {1, false},
    {2, false},
    {3, false},
    {5, false},
    {7, false},
    {9, false},
    {12, false},
    {16, false},
    {19, false},
}};

void check(std::size_t result) {
    if (ZSTD_isError(result) != 0) fail(ErrorCode::internal, "libzstd: ", ZSTD_getErrorName(result));
}

class ZstdCompressor final : public BlockCompressor {
  public:
    explicit ZstdCompressor(int level) : context_(ZSTD_createCCtx()) {
        if (context_ == nullptr) fail(ErrorCode::out_of_memory, "libzstd cannot start");
        const Settings& chosen = settings[static_cast<std::size_t>(level - 1)];
        check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, chosen.zstd_level));
        if (chosen.always_entropy_code_literals)
            check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_literalCompressionMode, ZSTD_ps_enable));
    }

    std::size_t compress(std::span<const std::byte> block, std::span<std::byte> to) override {
        const std::size_t size = ZSTD_compress2(context_.get(), to.data(), to.size(), block.data(), block.size());
        return ZSTD_isError(size) != 0 ? 0 : size;
    }

  private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    std::unique_ptr<ZSTD_CCtx, Free> context_;
};

class ZstdDecompressor final : public BlockDecompressor {
  public:
    ZstdDecompressor() : context_(ZSTD_createDCtx()) {
        if (context_ == nullptr) fail(ErrorCode::out_of_memory, "libzstd cannot start");
    }

    bool decompress(std::span<const std::byte> stream, std::span<std::byte> block) override {
        return ZSTD_decompressDCtx(context_.get(), block.data(), block.size(), stream.data(), stream.size()) ==
               block.size();
    }

  private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context_;
};

}  // namespace

std::unique_ptr<BlockCompressor> make_zstd_compressor(int level) { return std::make_unique<ZstdCompressor>(level); }
std::unique_ptr<BlockDecompressor> make_zstd_decompressor() { return std::make_unique<ZstdDecompressor>(); }
std::size_t zstd_bound(std::size_t block_bytes) { return ZSTD_compressBound(block_bytes); }

}  // namespace mrcz::codec::blosc
