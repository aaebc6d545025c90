#include <array>
#include <cstring>
#include <vector>

#include "base/cursor.hpp"
#include "base/fail.hpp"
#include "codec/blosc/backend.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/chunk.hpp"
#include "codec/blosc/filter.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::size_t formats = 8;

struct DecoderScratch final : Scratch {
    std::array<std::unique_ptr<BlockDecompressor>, formats> decompressors;
    std::vector<std::byte> filtered;

    BlockDecompressor& decompressor(unsigned format) {
        if (!decompressors[format]) decompressors[format] = backend_of_format(format).make_decompressor();
        return *decompressors[format];
    }
};

/// Streams of one block, one after another, each behind its size; a stream as large as its part is stored as it is.
void read_block(std::span<const std::byte> stored, std::size_t streams, BlockDecompressor& decompressor,
                std::size_t index, std::span<std::byte> block) {
    Cursor cursor(stored, "chunk block");
    const std::size_t part_bytes = block.size() / streams;
    for (std::size_t stream = 0; stream < streams; ++stream) {
        const auto part = block.subspan(stream * part_bytes, part_bytes);
        const auto size = cursor.read<std::uint32_t>("stream size");
        const auto bytes = cursor.take(size, "stream");
        if (size == part.size()) {
            std::memcpy(part.data(), bytes.data(), bytes.size());
        } else if (!decompressor.decompress(bytes, part)) {
            fail(ErrorCode::corrupt, "block ", index, " does not decompress to its ", part.size(), " bytes");
        }
    }
}

class Decoder final : public FrameDecoder {
  public:
    std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<DecoderScratch>(); }

    void decode(std::span<const std::byte> chunk, std::span<std::byte> frame, Scratch& scratch,
                FrameObserver& observer) const override {
        const ParsedChunk parsed = parse_chunk(chunk, frame.size());
        if ((parsed.header.flags & flag::copied) != 0) {
            std::memcpy(frame.data(), &chunk[header_bytes], frame.size());
            return observer.observe(frame);
        }
        auto& memory = static_cast<DecoderScratch&>(scratch);
        for (std::size_t index = 0; index < parsed.header.block_count(); ++index) {
            const auto block = frame.subspan(index * parsed.header.block_bytes, parsed.header.bytes_of_block(index));
            decode_block(parsed, index, chunk.first(parsed.header.chunk_bytes), block, memory);
            observer.observe(block);
        }
    }

  private:
    static void decode_block(const ParsedChunk& parsed, std::size_t index, std::span<const std::byte> chunk,
                             std::span<std::byte> block, DecoderScratch& memory) {
        const ChunkHeader& header = parsed.header;
        const Filter filter = header.filter();
        std::span<std::byte> unpacked = block;
        if (filter != Filter::none) {
            if (memory.filtered.size() < block.size()) memory.filtered.resize(block.size());
            unpacked = std::span(memory.filtered).first(block.size());
        }
        const std::size_t streams = header.streams_of_block(index);
        if (block.size() % streams != 0) fail(ErrorCode::corrupt, "block ", index, " cannot be split evenly");
        read_block(chunk.subspan(parsed.block_starts[index]), streams, memory.decompressor(header.format()), index,
                   unpacked);
        if (filter != Filter::none) undo_filter(filter, header.type_bytes, unpacked, block);
    }
};

}  // namespace

std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape&) { return std::make_unique<Decoder>(); }

}  // namespace mrcz::codec::blosc
