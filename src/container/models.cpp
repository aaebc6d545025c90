#include "container/models.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "codec/own_chunk.hpp"

namespace mrcz::container {

Bytes Models::chunk(const Place& place) const {
    Bytes bytes(static_cast<std::size_t>(place.range.bytes));
    source_.read_at(place.range.offset, bytes);
    (void)codec::open_own_chunk(bytes, row_);
    return bytes;
}

Models::Loaded Models::load(std::uint16_t number) const {
    Loaded loaded;
    const auto place = std::ranges::find(places_, number, &Place::number);
    if (place == places_.end()) {
        loaded.trouble = Error(ErrorCode::corrupt, concat("model ", number, ", which it needs, is not in the file"));
        return loaded;
    }
    try {
        const Bytes bytes = chunk(*place);
        codec::FrameShape shape = shape_;
        shape.model = row_.models->read(codec::open_own_chunk(bytes, row_).payload, shape_);
        loaded.model = shape.model;
        loaded.decoder = row_.prepare_decoder(shape);
    } catch (const Error& error) {
        loaded.trouble = Error(error.code(),
                               concat("model ", number, " (offset ", hex(place->range.offset), "): ", error.message()));
    }
    return loaded;
}

Models::Loaded Models::loaded(std::uint16_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(kept_, number, &Kept::number);
    if (found == kept_.end()) {
        if (kept_.size() == most_kept) kept_.pop_back();
        kept_.push_front({number, load(number)});
    } else {
        kept_.splice(kept_.begin(), kept_, found);
    }
    const Loaded& here = kept_.front().loaded;
    if (here.trouble) throw Error(*here.trouble);
    return here;
}

std::shared_ptr<const codec::FrameDecoder> Models::decoder(std::uint16_t number) const {
    return loaded(number).decoder;
}

void Models::require_sound() const {
    for (const Place& place : places_) (void)loaded(place.number);
}

bool Models::is_sound(const Place& place) const {
    try {
        (void)loaded(place.number);
        return true;
    } catch (const Error&) {
        return false;
    }
}

std::optional<NumberedModel> Models::newest() const {
    if (places_.empty()) return std::nullopt;
    const std::uint16_t number = std::ranges::max_element(places_, {}, &Place::number)->number;
    return NumberedModel{number, loaded(number).model};
}

}  // namespace mrcz::container
