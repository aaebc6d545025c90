// How one frame is coded: the mode, and what the mode needs. One row per mode; whatever knows modes walks the table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/cursor.hpp"
#include "codec/rans/block.hpp"
#include "codec/rans/table.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::codec::rans {

enum class Mode : std::uint8_t {
    raw = 0,
    constant = 1,
    fallback = 2,
    quad = 3,
    pair = 4,
    single = 5,
    segments = 6,
    palette = 7,
    histograms = 8
};

class Model;

/// Another codec that a chunk may hold where it is smaller. Both write at most `chunk.size()` bytes and return how
/// many; 0 when that is too little.
class Fallback {
  public:
    virtual ~Fallback() = default;
    [[nodiscard]] virtual std::size_t encode(std::span<const std::byte> bytes, std::span<std::byte> chunk) const = 0;
    struct Estimate {
        std::size_t bytes = 0;         ///< about as many as encode() would write of a frame that is all like these
        bool falls_with_size = false;  ///< of more bytes it would be a few per cent smaller
    };
    /// `quickly`: in the way that suited the first frame only; else all ways are tried.
    [[nodiscard]] virtual Estimate estimate(std::span<const std::byte> bytes, bool quickly) const = 0;
    /// Throws Error{corrupt, truncated} unless `chunk` holds exactly `bytes.size()` bytes.
    virtual void decode(std::span<const std::byte> chunk, std::span<std::byte> bytes) const = 0;
};

/// What all frames of a file share.
struct FrameSetup {
    PixelKind kind;
    std::size_t pixels = 0;  ///< of a frame
    const simd::RansKernels* kernels = nullptr;
    const Model* model = nullptr;
    const Fallback* fallback = nullptr;
    std::size_t block_pixels = usual_block_pixels;
    bool takes_palettes = true;
    Executor* executor = nullptr;  ///< runs the blocks of a frame side by side; null: one after another

    [[nodiscard]] std::size_t frame_bytes() const { return pixels << kind.log2_bytes; }
    [[nodiscard]] std::size_t block_count() const { return (pixels + block_pixels - 1) / block_pixels; }
    [[nodiscard]] std::size_t pixels_of_block(std::size_t index) const {
        return std::min(block_pixels, pixels - index * block_pixels);
    }
};

struct ModeRow;

struct Plan {
    const ModeRow* row = nullptr;
    std::uint64_t bytes = 0;     ///< estimated, of the whole chunk
    std::optional<Bytes> rival;  ///< the whole of fallback, where it is close; in mode fallback always
    unsigned lanes = 0;
    std::optional<Table> table;          ///< of quad, pair, single
    std::vector<std::uint8_t> table_of;  ///< by segment, of the model's
    std::uint32_t pixel = 0;             ///< of constant
    std::vector<std::uint32_t> palette;  ///< of palette
};

struct ModeRow {
    Mode mode;
    std::string_view name;
    bool has_blocks;  ///< its payload is blocks, else it is a single piece
    /// What stands between the head and the blocks.
    void (*write_part)(const Plan& plan, const FrameSetup& setup, Bytes& bytes);
    /// Reads it back into a plan. Throws Error{corrupt, truncated, unsupported}.
    void (*read_part)(Plan& plan, const FrameSetup& setup, Cursor& cursor);
};

[[nodiscard]] std::span<const ModeRow> modes() noexcept;
[[nodiscard]] const ModeRow& row_of(Mode mode) noexcept;
/// Null where there is none.
[[nodiscard]] const ModeRow* find_mode(std::uint8_t mode) noexcept;

/// A lane costs four bytes: few lanes for short streams, many for speed.
[[nodiscard]] unsigned lanes_for(std::uint64_t stream_bytes) noexcept;

/// Where all pixels are equal, and saying so is smaller than the frame.
[[nodiscard]] std::optional<Plan> plan_constant(const FrameSetup& setup, std::span<const std::byte> frame);
/// The frame as the other codec codes it.
[[nodiscard]] Plan plan_fallback(Bytes coded);
/// The plan that is estimated to be smallest without the model; of nearly equal ones the fastest.
[[nodiscard]] Plan choose_plan(const FrameSetup& setup, std::span<const std::byte> frame);

}  // namespace mrcz::codec::rans
