#include <snappy-c.h>

#include "codec/blosc/backend.hpp"

namespace mrcz::codec::blosc {
namespace {

const char* text(std::span<const std::byte> bytes) { return reinterpret_cast<const char*>(bytes.data()); }
char* text(std::span<std::byte> bytes) { return reinterpret_cast<char*>(bytes.data()); }

class SnappyDecompressor final : public BlockDecompressor {
  public:
    bool decompress(std::span<const std::byte> stream, std::span<std::byte> block) override {
        // Asked first: the library writes as many bytes as the stream claims.
        std::size_t size = 0;
        if (::snappy_uncompressed_length(text(stream), stream.size(), &size) != SNAPPY_OK || size != block.size())
            return false;
        return ::snappy_uncompress(text(stream), stream.size(), text(block), &size) == SNAPPY_OK &&
               size == block.size();
    }
};

}  // namespace

std::unique_ptr<BlockDecompressor> make_snappy_decompressor() { return std::make_unique<SnappyDecompressor>(); }

}  // namespace mrcz::codec::blosc
