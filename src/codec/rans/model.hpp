// The model that the chunks of a file share: pixels put into the order of their brightness, cut into segments, and a
// bank of tables of which each frame names one per segment.
#pragma once

#include <memory>

#include "codec/rans/plan.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::codec::rans {

class Model {
  public:
    struct Parts {
        PixelKind kind;
        std::size_t pixels = 0;
        std::size_t segment_pixels = 0;
        std::vector<Table> tables;            ///< 1 to 256
        std::vector<std::uint8_t> usual;      ///< by segment: its table where a frame does not say otherwise
        std::vector<std::uint8_t> classes;    ///< by pixel; pixels of a class stand together, classes in rising order
        std::vector<std::uint32_t> base;      ///< by pixel, is subtracted; empty: nothing is
    };
    explicit Model(Parts parts);

    [[nodiscard]] const Parts& parts() const { return parts_; }
    [[nodiscard]] std::size_t segment_count() const { return parts_.usual.size(); }
    /// Pixels of a segment; the last may be shorter.
    [[nodiscard]] std::size_t pixels_of(std::size_t segment) const {
        return std::min(parts_.segment_pixels, parts_.pixels - segment * parts_.segment_pixels);
    }
    [[nodiscard]] const EncodingTable& encoding(std::size_t table) const { return encoding_[table]; }
    [[nodiscard]] const DecodingTable& decoding(std::size_t table) const { return *decoding_[table]; }

    /// The pixels at `first` … of the model's order, base subtracted, and back.
    void gather(std::span<const std::byte> frame, std::size_t first, std::span<std::byte> pixels) const;
    void scatter(std::span<const std::byte> pixels, std::size_t first, std::span<std::byte> frame) const;

  private:
    Parts parts_;
    std::vector<std::uint32_t> order_;  ///< pixels of the frame in the order they are coded
    std::vector<EncodingTable> encoding_;
    std::vector<std::unique_ptr<const DecodingTable>> decoding_;
};

[[nodiscard]] Bytes write_model(const Model& model);
/// Trusts nothing in `payload`; throws Error{corrupt, truncated, limit_exceeded}.
[[nodiscard]] std::shared_ptr<const Model> read_model(std::span<const std::byte> payload, PixelType type,
                                                      std::size_t pixels);

/// The model that makes the sampled frames small; null where a model cannot pay. `frames` is how many will share it.
[[nodiscard]] std::shared_ptr<const Model> learn_model(PixelType type, std::size_t pixels,
                                                       std::span<const std::span<const std::byte>> samples,
                                                       std::uint64_t frames);

/// A row of the table of modes.
[[nodiscard]] Plan plan_segments(const Setup& setup, std::span<const std::byte> frame);
void write_table_choice(const Plan& plan, const Setup& setup, Bytes& bytes);
void read_table_choice(Plan& plan, const Setup& setup, Cursor& cursor);

}  // namespace mrcz::codec::rans
