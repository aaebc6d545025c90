// Sequence producers and literal modes are libzstd's experimental interface, exported by its shared library from 1.5.4
// on.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/fail.hpp"
#include "codec/blosc/backend.hpp"
#include "simd/kernels.hpp"

namespace mrcz::codec::blosc {
namespace {

/// A way to fill zstd frames. Counted pixels hold no repeats worth searching for but runs, mostly of the zeros in a
/// high bit plane: finding only those is faster than any of zstd's own searches, and leaves more to its entropy coder.
struct Method {
    bool runs_only;
    int zstd_level;
    int strategy;  ///< for runs_only: how hard the entropy stage tries; 0: as the level has it
};

constexpr std::size_t methods_per_level = 2;

/// Our levels 1…9; the first method of a level is the faster one.
constexpr std::array<std::array<Method, methods_per_level>, 9> methods{{
    {{{true, 1, 0}, {false, 1, 0}}},
    {{{true, 1, ZSTD_greedy}, {false, 2, 0}}},
    {{{true, 1, ZSTD_lazy}, {false, 3, 0}}},
    {{{true, 1, ZSTD_btultra}, {false, 5, 0}}},
    {{{true, 1, ZSTD_btultra}, {false, 7, 0}}},
    {{{true, 1, ZSTD_btultra}, {false, 9, 0}}},
    {{{true, 1, ZSTD_btultra}, {false, 12, 0}}},
    {{{true, 1, ZSTD_btultra}, {false, 16, 0}}},
    {{{true, 1, ZSTD_btultra}, {false, 19, 0}}},
}};

void check(std::size_t result) {
    if (ZSTD_isError(result) != 0) fail(ErrorCode::internal, "libzstd: ", ZSTD_getErrorName(result));
}

using Runs = std::vector<simd::Run>;

/// libzstd's callback for the bytes of one of its blocks; the last sequence holds the literals behind the last run.
std::size_t produce_runs(void* state, ZSTD_Sequence* sequences, std::size_t capacity, const void* from,
                         std::size_t bytes, const void*, std::size_t, int, std::size_t) {
    Runs& runs = *static_cast<Runs*>(state);
    const auto block = std::span(static_cast<const std::byte*>(from), bytes);
    const std::size_t count = simd::kernels().find_runs(block, runs);
    if (count > runs.size() || count + 1 > capacity) return ZSTD_SEQUENCE_PRODUCER_ERROR;
    std::size_t covered = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sequences[i] = {.offset = 1, .litLength = runs[i].literals, .matchLength = runs[i].length, .rep = 0};
        covered += std::size_t{runs[i].literals} + runs[i].length;
    }
    sequences[count] = {.offset = 0, .litLength = static_cast<unsigned>(bytes - covered), .matchLength = 0, .rep = 0};
    return count + 1;
}

class ZstdCompressor final : public BlockCompressor {
  public:
    explicit ZstdCompressor(const Method& method) : context_(ZSTD_createCCtx()) {
        if (context_ == nullptr) fail(ErrorCode::out_of_memory, "libzstd cannot start");
        set(ZSTD_c_compressionLevel, method.zstd_level);
        if (!method.runs_only) return;
        if (method.strategy != 0) set(ZSTD_c_strategy, method.strategy);
        runs_.resize(ZSTD_BLOCKSIZE_MAX / simd::least_run + 1);
        set(ZSTD_c_enableSeqProducerFallback, 1);
        ZSTD_registerSequenceProducer(context_.get(), &runs_, produce_runs);
    }

    std::size_t compress(std::span<const std::byte> block, std::span<std::byte> to) override {
        const std::size_t size = ZSTD_compress2(context_.get(), to.data(), to.size(), block.data(), block.size());
        return ZSTD_isError(size) != 0 ? 0 : size;
    }

  private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };

    void set(ZSTD_cParameter parameter, int value) { check(ZSTD_CCtx_setParameter(context_.get(), parameter, value)); }

    Runs runs_;
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

std::unique_ptr<BlockCompressor> make_zstd_compressor(int level, std::size_t method) {
    return std::make_unique<ZstdCompressor>(methods[static_cast<std::size_t>(level - 1)][method]);
}
std::unique_ptr<BlockDecompressor> make_zstd_decompressor() { return std::make_unique<ZstdDecompressor>(); }
std::size_t zstd_bound(std::size_t block_bytes) { return ZSTD_compressBound(block_bytes); }

}  // namespace mrcz::codec::blosc
