// The model that the chunks of a file share: pixels put into the order of their brightness, cut into segments, and a
// bank of tables of which each frame names one per segment.
#pragma once

#include <memory>

#include "codec/rans/histograms.hpp"
#include "codec/rans/plan.hpp"

namespace mrcz::codec::rans {

class Model {
  public:
    struct Parts {
        PixelKind kind;
        std::size_t pixels = 0;
        std::size_t row_pixels = 0;          ///< neighbours in the maps below; at least 1
        std::vector<std::uint32_t> lengths;  ///< of the segments, in pixels; their sum is `pixels`
        std::uint32_t least = 0;             ///< is subtracted from every pixel, wrapping
        std::vector<std::uint32_t> base;     ///< by pixel, is subtracted, too; empty: nothing is
        std::vector<std::uint8_t> classes;   ///< by pixel: those of a class stand together, classes in rising order
        std::vector<Table> tables;           ///< 1 to 255
        std::vector<std::uint8_t> usual;     ///< by segment: its table where a frame does not say otherwise
        Histograms histograms;               ///< of every pixel; empty: none
    };
    /// Parts that agree with each other.
    explicit Model(Parts parts);

    [[nodiscard]] const Parts& parts() const { return parts_; }
    [[nodiscard]] std::size_t segment_count() const { return parts_.usual.size(); }
    /// Number in the model's order of a segment's first pixel; of the one behind the last, the number of pixels.
    [[nodiscard]] std::size_t first_of(std::size_t segment) const { return starts_[segment]; }
    [[nodiscard]] std::size_t pixels_of(std::size_t segment) const { return parts_.lengths[segment]; }
    /// The segment that begins with this pixel; segment_count() where none does.
    [[nodiscard]] std::size_t segment_from(std::size_t pixel) const;
    [[nodiscard]] const EncodingTable& encoding(std::size_t table) const { return encoding_[table]; }
    [[nodiscard]] const DecodingTable& decoding(std::size_t table) const { return *decoding_[table]; }
    /// Where a base is subtracted, `least` leaves as much below for noise.
    static constexpr std::uint32_t base_room = 32;
    /// Tables are told apart by the square root of the mean above the floor: noise is alike all along it.
    [[nodiscard]] static double floor_of(const Parts& parts) { return parts.base.empty() ? 0 : base_room; }
    [[nodiscard]] static double root_of(double mean, double floor);

    /// The table made for pixels of about this mean.
    [[nodiscard]] std::size_t table_for(double mean) const;
    /// Bits that a pixel of such a mean takes.
    [[nodiscard]] std::span<const double> pixel_bits() const { return pixel_bits_; }
    /// Bits of a frame coded with the histograms.
    [[nodiscard]] double histogram_bits() const { return histogram_bits_; }
    /// Pixels above count as this much in means: single bright ones say nothing about their segment.
    [[nodiscard]] std::uint32_t cap() const { return cap_; }

    /// As many pixels of the model's order as `pixels` holds, from number `first` on, with what is to be subtracted
    /// subtracted; and back.
    void gather(std::span<const std::byte> frame, std::size_t first, std::span<std::byte> pixels) const;
    void scatter(std::span<const std::byte> pixels, std::size_t first, std::span<std::byte> frame) const;

  private:
    Parts parts_;
    std::vector<std::size_t> starts_;
    std::vector<std::uint32_t> order_;       ///< pixels of the frame in the order they are coded
    std::vector<std::uint32_t> subtracted_;  ///< in that order; empty where there is no base
    std::vector<EncodingTable> encoding_;
    std::vector<std::unique_ptr<const DecodingTable>> decoding_;
    std::vector<double> root_means_;  ///< rising, those of by_mean_
    std::vector<std::uint8_t> by_mean_;
    std::vector<double> pixel_bits_;
    double histogram_bits_ = 0;
    std::uint32_t cap_ = 0;
};

/// Numbers of the pixels in the order of their classes; those of a class stay in the order of the frame.
[[nodiscard]] std::vector<std::uint32_t> order_of(std::span<const std::uint8_t> classes);

[[nodiscard]] Bytes write_model(const Model::Parts& parts);
[[nodiscard]] inline Bytes write_model(const Model& model) { return write_model(model.parts()); }
/// Trusts nothing in `payload`; throws Error{corrupt, truncated, unsupported}. Takes memory in proportion to `pixels`
/// only, which the caller has checked.
[[nodiscard]] std::shared_ptr<const Model> read_model(std::span<const std::byte> payload, PixelType type,
                                                      std::size_t pixels);

struct LearningSet {
    PixelType type = PixelType::uint16;
    std::size_t pixels = 0;      ///< of a frame
    std::size_t row_pixels = 0;  ///< of a row; 0 where that is not known
    std::span<const std::span<const std::byte>> samples;
    std::uint64_t frames = 0;       ///< that will share the model
    bool needs_histograms = false;  ///< one for each pixel, whether that pays or not
};

/// The model that makes the sampled frames small; null where none pays for its own size.
[[nodiscard]] std::shared_ptr<const Model> learn_model(const LearningSet& set);

/// Of the row in the table of modes. `gathered` is the frame in the model's order.
[[nodiscard]] Plan plan_segments(const FrameSetup& setup, std::span<const std::byte> gathered);
[[nodiscard]] Plan plan_histograms(const FrameSetup& setup);
void check_histograms(Plan& plan, const FrameSetup& setup, Cursor& cursor);
void write_table_choice(const Plan& plan, const FrameSetup& setup, Bytes& bytes);
void read_table_choice(Plan& plan, const FrameSetup& setup, Cursor& cursor);

}  // namespace mrcz::codec::rans
