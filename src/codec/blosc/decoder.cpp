#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
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

/// c-blosc2 writes a stream of one byte over and over as a size that is no size: 0 for zeros, else minus the byte and
/// then a token.
bool is_repeated_byte(std::uint32_t size) { return static_cast<std::int32_t>(size) <= 0; }

std::byte read_repeated_byte(Cursor& cursor, std::uint32_t size, std::size_t index) {
    if (size == 0) return std::byte{0};
    const std::uint32_t value = ~size + 1;
    const auto token = cursor.read<std::uint8_t>("stream token");
    if (value > 0xff || token != 1)
        fail(ErrorCode::corrupt, "block ", index, ": stream size ", static_cast<std::int32_t>(size), " with token ",
             token);
    return static_cast<std::byte>(value);
}

/// Streams of one block, one after another, each behind its size; a stream as large as its part is stored as it is.
void read_block(const ChunkHeader& header, std::span<const std::byte> stored, BlockDecompressor& decompressor,
                std::size_t index, std::span<std::byte> block) {
    const std::size_t streams = header.streams_of_block(index);
    if (block.size() % streams != 0) fail(ErrorCode::corrupt, "block ", index, " cannot be split evenly");
    Cursor cursor(stored, "chunk block");
    const std::size_t part_bytes = block.size() / streams;
    for (std::size_t stream = 0; stream < streams; ++stream) {
        const auto part = block.subspan(stream * part_bytes, part_bytes);
        const auto size = cursor.read<std::uint32_t>("stream size");
        if (header.is_blosc2() && is_repeated_byte(size)) {
            std::memset(part.data(), std::to_integer<int>(read_repeated_byte(cursor, size, index)), part.size());
            continue;
        }
        const auto bytes = cursor.take(size, "stream");
        if (size == part.size()) {
            std::memcpy(part.data(), bytes.data(), bytes.size());
        } else if (!decompressor.decompress(bytes, part)) {
            fail(ErrorCode::corrupt, "block ", index, " does not decompress to its ", part.size(), " bytes");
        }
    }
}

/// The one value that a whole frame is made of, little-endian.
std::vector<std::byte> repeated_value(const ParsedChunk& parsed, std::span<const std::byte> chunk) {
    const std::size_t size = parsed.header.type_bytes;
    std::vector<std::byte> value(size);
    if (parsed.repeated == Repeated::value) {
        const auto stored = chunk.subspan(blosc2_header_bytes, size);
        value.assign(stored.begin(), stored.end());
    } else if (parsed.repeated == Repeated::nans) {
        if (size == sizeof(float)) {
            store_le(value.data(), std::bit_cast<std::uint32_t>(std::numeric_limits<float>::quiet_NaN()));
        } else if (size == sizeof(double)) {
            store_le(value.data(), std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN()));
        } else {
            fail(ErrorCode::corrupt, "chunk header: NaN as a pixel of ", size, " bytes");
        }
    }
    return value;
}

void fill(std::span<std::byte> frame, std::span<const std::byte> value) {
    for (std::size_t at = 0; at < frame.size(); at += value.size())
        std::memcpy(&frame[at], value.data(), std::min(value.size(), frame.size() - at));
}

class Decoder final : public FrameDecoder {
  public:
    std::unique_ptr<Scratch> make_scratch() const override { return std::make_unique<DecoderScratch>(); }

    void decode(std::span<const std::byte> chunk, std::span<std::byte> frame, Scratch& scratch,
                FrameObserver& observer) const override {
        const ParsedChunk parsed = parse_chunk(chunk, frame.size());
        const ChunkHeader& header = parsed.header;
        if (parsed.repeated != Repeated::nothing) {
            fill(frame, repeated_value(parsed, chunk));
            return observer.observe(frame);
        }
        if (header.is_copied()) {
            std::memcpy(frame.data(), &chunk[header.bytes_of_header()], frame.size());
            return observer.observe(frame);
        }
        auto& memory = static_cast<DecoderScratch&>(scratch);
        for (std::size_t index = 0; index < header.block_count(); ++index) {
            const auto block = frame.subspan(index * header.block_bytes, header.bytes_of_block(index));
            decode_block(parsed, index, chunk.first(header.chunk_bytes), block, memory);
            observer.observe(block);
        }
    }

  private:
    static void decode_block(const ParsedChunk& parsed, std::size_t index, std::span<const std::byte> chunk,
                             std::span<std::byte> block, DecoderScratch& memory) {
        const ChunkHeader& header = parsed.header;
        std::span<std::byte> unpacked = block;
        if (parsed.filter != Filter::none) {
            if (memory.filtered.size() < block.size()) memory.filtered.resize(block.size());
            unpacked = std::span(memory.filtered).first(block.size());
        }
        read_block(header, chunk.subspan(parsed.block_starts[index]), memory.decompressor(header.format()), index,
                   unpacked);
        if (parsed.filter == Filter::none) return;
        const auto undo = header.is_blosc2() ? undo_blosc2_filter : undo_filter;
        undo(parsed.filter, header.type_bytes, unpacked, block);
    }
};

}  // namespace

std::unique_ptr<const FrameDecoder> prepare_decoder(const FrameShape&) { return std::make_unique<Decoder>(); }

}  // namespace mrcz::codec::blosc
