// How small a block gets in one way and another: what a way is chosen by.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "codec/blosc/backend.hpp"
#include "codec/blosc/blosc.hpp"

namespace mrcz::codec::blosc {

/// Keeps its memory from block to block; for one thread at a time.
class Trial {
  public:
    Trial(const Backend& backend, int level, std::size_t pixel_bytes);

    [[nodiscard]] std::size_t methods() const { return compressors_.size(); }
    /// Those of the block itself where it does not get smaller.
    [[nodiscard]] std::size_t bytes_with(const Choice& choice, std::span<const std::byte> block);

  private:
    std::size_t (*bound_)(std::size_t block_bytes);
    std::size_t pixel_bytes_;
    std::vector<std::byte> filtered_;
    std::vector<std::byte> room_;
    std::vector<std::unique_ptr<BlockCompressor>> compressors_;
};

}  // namespace mrcz::codec::blosc
