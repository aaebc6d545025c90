// One set of trials that every codec goes through: whatever the row, a frame comes back as it was.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "codec/codec.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::kit {

/// What a frame is filled with.
enum class Content { zeros, constant, counts, noise, ramp, distinct };
inline constexpr std::array all_contents{Content::zeros, Content::constant, Content::counts,
                                         Content::noise, Content::ramp,     Content::distinct};
inline constexpr std::array all_filters{Filter::automatic, Filter::none, Filter::byteshuffle, Filter::bitshuffle};

[[nodiscard]] Bytes make_content(Content content, PixelType type, std::uint64_t pixels);

/// Every pixel type, those without a mode of their own too.
[[nodiscard]] std::vector<PixelType> all_pixel_types();
/// Whether the codec can code pixels of this type.
[[nodiscard]] bool takes(std::string_view codec, PixelType type);
/// Names of the lossless rows that this build writes.
[[nodiscard]] std::vector<std::string_view> writing_codecs();
/// 1 to its greatest level, or 0 alone where the codec has no levels.
[[nodiscard]] std::vector<int> levels_of(std::string_view codec);

struct CodecTrial {
    std::string_view codec;
    PixelType type = PixelType::int16;
    std::uint64_t pixels = 1;
    Content content = Content::counts;
    CodecOptions options;
};
std::ostream& operator<<(std::ostream& out, const CodecTrial& trial);

/// Sees that it is shown exactly the bytes it expects, in order.
class ExpectingObserver final : public codec::FrameObserver {
  public:
    explicit ExpectingObserver(std::span<const std::byte> expected) : expected_(expected) {}
    void observe(std::span<const std::byte> piece) override;
    [[nodiscard]] bool saw_all() const { return fine_ && seen_ == expected_.size(); }

  private:
    std::span<const std::byte> expected_;
    std::size_t seen_ = 0;
    bool fine_ = true;
};

/// Takes what it is shown.
struct IgnoringObserver final : codec::FrameObserver {
    void observe(std::span<const std::byte>) override {}
};

/// The frame's chunk.
[[nodiscard]] Bytes encoded(const CodecTrial& trial, const Bytes& frame);
/// The chunk's frame, in memory that ends where the frame does.
[[nodiscard]] Bytes decoded(std::string_view codec, PixelType type, std::span<const std::byte> chunk,
                            std::size_t frame_bytes);

/// Expects of a trial: decoding gives the frame back; the chunk stays within its bound; encoding again, in used scratch
/// and into other memory, gives the same bytes; observers of both ways see every byte once, in order.
void expect_round_trip(const CodecTrial& trial);

}  // namespace mrcz::kit
