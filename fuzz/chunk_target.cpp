// A chunk of the blosc codecs, of whatever compressor and version its own bytes say. The frame it is decoded into is as
// large as the chunk claims, up to a bound, or else as large as the first two bytes say.
#include <vector>

#include "base/fail.hpp"
#include "bounds.hpp"
#include "codec/codec.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

class CountingObserver final : public codec::FrameObserver {
  public:
    void observe(std::span<const std::byte> piece) override { seen += piece.size(); }
    std::size_t seen = 0;
};

std::size_t frame_bytes_for(std::span<const std::byte> input) {
    const auto otherwise = load_le<std::uint16_t>(input.data());
    if (input.size() < 10) return otherwise;
    const auto claimed = load_le<std::uint32_t>(&input[6]);
    return claimed <= small_limits.frame_bytes ? claimed : otherwise;
}

}  // namespace

void run_chunk(std::span<const std::byte> input) {
    if (input.size() < 2) return;
    const auto chunk = input.subspan(2);
    const codec::CodecRow& row = codec::reading_row(find_codec("zstd")->id);
    if (chunk.size() >= codec::chunk_head_bytes) (void)row.chunk_size(chunk.first(codec::chunk_head_bytes));
    std::vector<std::byte> frame(std::max<std::size_t>(1, frame_bytes_for(input)));
    const auto decoder = row.prepare_decoder({PixelType::int8, frame.size()});
    // In memory that ends where the chunk does, so that a read beyond it is seen.
    const std::vector<std::byte> alone(chunk.begin(), chunk.end());
    CountingObserver observer;
    decoder->decode(alone, frame, *decoder->make_scratch(), observer);
    if (observer.seen != frame.size()) fail(ErrorCode::internal, "the observer saw ", observer.seen, " bytes");
}

}  // namespace mrcz::fuzz
