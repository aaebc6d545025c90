#include "codec/blosc/trial.hpp"

#include <algorithm>

#include "codec/blosc/filter.hpp"

namespace mrcz::codec::blosc {

Trial::Trial(const Backend& backend, int level, std::size_t pixel_bytes)
    : bound_(backend.bound), pixel_bytes_(pixel_bytes) {
    for (std::size_t method = 0; method < backend.methods; ++method)
        compressors_.push_back(backend.make_compressor(level, method));
}

std::size_t Trial::bytes_with(const Choice& choice, std::span<const std::byte> block) {
    room_.resize(std::max(room_.size(), bound_(block.size())));
    filtered_.resize(std::max(filtered_.size(), block.size()));
    std::span<const std::byte> compressed = block;
    if (choice.filter != Filter::none) {
        const auto to = std::span(filtered_).first(block.size());
        apply_filter(choice.filter, pixel_bytes_, block, to);
        compressed = to;
    }
    const std::size_t size = compressors_[choice.method]->compress(compressed, room_);
    return size == 0 ? block.size() : size;
}

}  // namespace mrcz::codec::blosc
