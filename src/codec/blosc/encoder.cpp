#include <algorithm>
#include <cstring>
#include <vector>

#include "base/byte_order.hpp"
#include "base/fail.hpp"
#include "codec/blosc/backend.hpp"
#include "codec/blosc/block_size.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/chunk.hpp"
#include "codec/blosc/filter.hpp"

namespace mrcz::codec::blosc {
namespace {

struct EncoderScratch final : Scratch {
    std::unique_ptr<BlockCompressor> compressor;
    std::vector<std::byte> filtered;
};

constexpr unsigned flag_of(Filter filter) {
    if (filter == Filter::bitshuffle) return flag::bitshuffle;
    return filter == Filter::byteshuffle ? flag::byteshuffle : 0;
}

class Encoder final : public FrameEncoder {
  public:
    Encoder(const Backend& backend, int level, const Choice& choice, std::size_t pixel_bytes, std::size_t frame_bytes,
            std::size_t block_bytes)
        : backend_(backend), level_(level), choice_(choice) {
        layout_.flags = static_cast<std::uint8_t>(flag::whole_blocks | (backend.format << flag::format_shift) |
                                                  flag_of(choice.filter));
        layout_.type_bytes = static_cast<std::uint8_t>(pixel_bytes);
        layout_.frame_bytes = static_cast<std::uint32_t>(frame_bytes);
        layout_.block_bytes = static_cast<std::uint32_t>(block_bytes);
    }

    std::unique_ptr<Scratch> make_scratch() const override {
        auto scratch = std::make_unique<EncoderScratch>();
        scratch->compressor = backend_.make_compressor(level_, choice_.method);
        scratch->filtered.resize(choice_.filter == Filter::none ? 0 : layout_.block_bytes);
        return scratch;
    }

    std::size_t chunk_bound() const override {
        return first_block() + layout_.block_count() * (4 + backend_.bound(layout_.block_bytes));
    }

    std::size_t encode(std::span<const std::byte> frame, std::span<std::byte> chunk, Scratch& scratch,
                       FrameObserver& observer) const override {
        auto& memory = static_cast<EncoderScratch&>(scratch);
        std::size_t end = first_block();
        for (std::size_t index = 0; index < layout_.block_count(); ++index) {
            const auto block = frame.subspan(index * layout_.block_bytes, layout_.bytes_of_block(index));
            observer.observe(block);
            store_le(&chunk[header_bytes + 4 * index], static_cast<std::uint32_t>(end));
            end += encode_block(block, chunk.subspan(end), memory);
        }
        if (end > copied_bytes()) return copy(frame, chunk);
        ChunkHeader header = layout_;
        header.chunk_bytes = static_cast<std::uint32_t>(end);
        write_header(header, chunk);
        return end;
    }

  private:
    std::size_t first_block() const { return header_bytes + 4 * layout_.block_count(); }
    std::size_t copied_bytes() const { return header_bytes + layout_.frame_bytes; }

    std::size_t encode_block(std::span<const std::byte> block, std::span<std::byte> to, EncoderScratch& memory) const {
        std::span<const std::byte> filtered = block;
        if (choice_.filter != Filter::none) {
            apply_filter(choice_.filter, layout_.type_bytes, block, std::span(memory.filtered).first(block.size()));
            filtered = std::span(memory.filtered).first(block.size());
        }
        std::size_t size = memory.compressor->compress(filtered, to.subspan(4));
        if (size == 0 || size >= block.size()) {
            std::memcpy(&to[4], filtered.data(), filtered.size());
            size = filtered.size();
        }
        store_le(to.data(), static_cast<std::uint32_t>(size));
        return 4 + size;
    }

    std::size_t copy(std::span<const std::byte> frame, std::span<std::byte> chunk) const {
        ChunkHeader header = layout_;
        header.flags |= flag::copied;
        header.chunk_bytes = static_cast<std::uint32_t>(copied_bytes());
        write_header(header, chunk);
        std::memcpy(&chunk[header_bytes], frame.data(), frame.size());
        return copied_bytes();
    }

    const Backend& backend_;
    int level_;
    Choice choice_;
    ChunkHeader layout_;
};

std::vector<std::span<const std::byte>> blocks_of(const CodecInfo& info, const FrameShape& shape,
                                                  const CodecOptions& options, const Samples& samples) {
    std::vector<std::span<const std::byte>> blocks(samples.parts.begin(), samples.parts.end());
    if (!blocks.empty() || samples.first_frame.empty()) return blocks;
    for (const FramePart& part : parts_to_measure(info, shape, options, 1, 1))
        blocks.push_back(samples.first_frame.subspan(static_cast<std::size_t>(part.offset), part.bytes));
    return blocks;
}

}  // namespace

std::unique_ptr<const FrameEncoder> prepare_encoder(const CodecInfo& info, const FrameShape& shape,
                                                    const CodecOptions& options, const Samples& samples) {
    if (shape.frame_bytes > largest_frame)
        fail(ErrorCode::invalid_argument, "a frame of ", shape.frame_bytes, " bytes is more than a blosc chunk holds (",
             largest_frame, "); it needs a codec without that limit, such as rans");
    const std::size_t pixel_bytes = info_of(shape.type).pixel_bytes;
    const int level = options.level == 0 ? info.default_level : options.level;
    if (level < info.least_level || level > info.greatest_level)
        fail(ErrorCode::invalid_argument, "level ", level, ": ", info.name, " has levels ", info.least_level, " to ",
             info.greatest_level);
    if (options.block_bytes > largest_frame)
        fail(ErrorCode::invalid_argument, "block size ", options.block_bytes, ": at most ", largest_frame);
    const auto frame_bytes = static_cast<std::size_t>(shape.frame_bytes);
    const std::size_t block_bytes = choose_block_bytes(frame_bytes, pixel_bytes, options.block_bytes);
    const Choice choice = choose(info, level, options.filter, pixel_bytes, blocks_of(info, shape, options, samples));
    return std::make_unique<Encoder>(backend_of_codec(info.id), level, choice, pixel_bytes, frame_bytes, block_bytes);
}

}  // namespace mrcz::codec::blosc
