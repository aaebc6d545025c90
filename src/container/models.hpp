// The models that frames of a file share: where their chunks stand, and decoders that know them, made when a frame
// first needs them. A few are kept: each takes many bytes a pixel, and a file may say that it has thousands.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "codec/codec.hpp"
#include "container/chunk_index.hpp"
#include "mrcz/error.hpp"

namespace mrcz::container {

/// A model and its number in the file.
struct NumberedModel {
    std::uint16_t number = 0;
    std::shared_ptr<const codec::SharedModel> model;
};

/// Safe to use from several threads once all places are added. `source` and `row` must outlive it.
class Models {
  public:
    struct Place {
        std::uint16_t number = 0;
        ChunkRange range;
    };

    Models(const ByteSource& source, const codec::CodecRow& row, const codec::FrameShape& shape)
        : source_(source), row_(row), shape_(shape) {}

    void add(const Place& place) { places_.push_back(place); }
    [[nodiscard]] const std::vector<Place>& places() const noexcept { return places_; }

    /// For frames that need model `number`. Throws Error{corrupt, ...} when it is missing or damaged.
    [[nodiscard]] std::shared_ptr<const codec::FrameDecoder> decoder(std::uint16_t number) const;
    /// Throws what is wrong with the first that is damaged.
    void require_sound() const;
    [[nodiscard]] bool is_sound(const Place& place) const;
    /// What frames that come are to be coded with; nothing where there is none.
    [[nodiscard]] std::optional<NumberedModel> newest() const;
    /// A model's chunk as stored. Throws Error{corrupt} when it is damaged.
    [[nodiscard]] Bytes chunk(const Place& place) const;

  private:
    struct Loaded {
        std::shared_ptr<const codec::SharedModel> model;
        std::shared_ptr<const codec::FrameDecoder> decoder;
        std::optional<Error> trouble;
    };
    struct Kept {
        std::uint16_t number = 0;
        Loaded loaded;
    };
    static constexpr std::size_t most_kept = 4;

    [[nodiscard]] Loaded loaded(std::uint16_t number) const;
    [[nodiscard]] Loaded load(std::uint16_t number) const;

    const ByteSource& source_;
    const codec::CodecRow& row_;
    codec::FrameShape shape_;
    std::vector<Place> places_;
    mutable std::mutex mutex_;
    mutable std::list<Kept> kept_;  ///< the one used last comes first
};

}  // namespace mrcz::container
