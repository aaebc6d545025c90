#include "jobs/foreign_feed.hpp"

#include <algorithm>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "codec/blosc/backend.hpp"
#include "codec/blosc/chunk.hpp"
#include "container/metadata_section.hpp"
#include "header/compose.hpp"
#include "header/mode0.hpp"
#include "jobs/header_json.hpp"
#include "jobs/own_attributes.hpp"

namespace mrcz::jobs {
namespace {

class ForeignSlot final : public FeedSlot {
  public:
    ForeignSlot(std::unique_ptr<foreign::FrameReader> reader, std::uint64_t frame_bytes)
        : reader_(std::move(reader)), frame_bytes_(static_cast<std::size_t>(frame_bytes)) {}

    void fetch(std::int64_t frame) override { reader_->fetch(frame); }
    std::span<const std::byte> pixels() override {
        const auto frame = memory_.first(frame_bytes_);
        reader_->pixels(frame);
        return frame;
    }
    std::span<const std::byte> chunk() const override { return reader_->chunk(); }

  private:
    std::unique_ptr<foreign::FrameReader> reader_;
    std::size_t frame_bytes_;
    Buffer memory_;
};

/// Along x, y, z, of an attribute that counts axes as the array does; 0 where it does not say.
std::array<double, 3> voxel_of(const meta::JsonValue& attributes) {
    std::array<double, 3> voxel{0, 0, 0};
    const meta::JsonValue* const sizes = attributes.find("voxel_size_angstrom");
    const auto items = sizes == nullptr ? std::span<const meta::JsonValue>() : sizes->items();
    for (std::size_t axis = 0; axis < std::min<std::size_t>(3, items.size()); ++axis)
        voxel[axis] = std::clamp(items[items.size() - 1 - axis].number().value_or(0), 0.0, 1e12);
    return voxel;
}

}  // namespace

ForeignFeed::ForeignFeed(std::unique_ptr<foreign::FrameArray> array, const Limits& limits)
    : array_(std::move(array)), limits_(limits) {
    if (const meta::JsonValue* const mrc = facts().attributes.find("mrc"); mrc != nullptr)
        carried_ = read_carried(*mrc, limits);
    has_header_ = carried_.header && take_carried_header(limits);
    if (!has_header_) {
        carried_.extended_header.clear();
        make_header(limits);
    }
}

/// False for a header of other frames than the array's.
bool ForeignFeed::take_carried_header(const Limits& limits) {
    try {
        Header header = *carried_.header;
        if (header.nz() != facts().frames) header::set_frames(header, facts().frames);
        layout_ = header::read_layout(header.bytes(), limits);
    } catch (const Error&) {
        return false;
    }
    if (layout_.order == ByteOrder::big || layout_.frames != facts().frames) return false;
    // The caller's word on the sign of bytes went along as the array's type.
    const PixelType type = facts().format.type;
    if (layout_.type != type && (type == PixelType::int8 || type == PixelType::uint8))
        header::read_mode0_as(layout_, type == PixelType::int8 ? Mode0::as_signed : Mode0::as_unsigned);
    return layout_.format() == facts().format;
}

void ForeignFeed::make_header(const Limits& limits) {
    const FrameFormat& format = facts().format;
    const bool unsigned_bytes = format.type == PixelType::uint8;
    const auto voxel = voxel_of(facts().attributes);
    Header header = header::fresh_header(
        {.nx = format.nx, .ny = format.ny, .type = unsigned_bytes ? PixelType::int8 : format.type, .label = {}}, 0);
    header::set_extent(header, facts().frames, voxel);
    layout_ = header::read_layout(header.bytes(), limits);
    if (unsigned_bytes) header::read_mode0_as(layout_, Mode0::as_unsigned);
    if (layout_.type == PixelType::uint8 && !unsigned_bytes) header::read_mode0_as(layout_, Mode0::as_signed);
}

std::unique_ptr<FeedSlot> ForeignFeed::make_slot() {
    return std::make_unique<ForeignSlot>(array_->make_reader(), layout_.frame_bytes);
}

std::vector<container::Section> ForeignFeed::sections() {
    std::vector<container::Section> sections = carried_.sections;
    left_behind_ = facts().left_behind;
    if (has_header_) tell_unused_voxel_size(facts().attributes, layout_.header, left_behind_);
    tell_edited_header();
    const auto place = std::ranges::find(sections, container::section::metadata, &container::Section::id);
    std::optional<Metadata> carried;
    if (place != sections.end()) carried = container::metadata_in(*place, limits_);
    if (const meta::JsonValue* const mrc = facts().attributes.find("mrc"); mrc != nullptr)
        tell_lost_kinds(*mrc, carried ? &*carried : nullptr, left_behind_);
    const auto metadata = with_attributes(carried ? &*carried : nullptr, facts(), limits_, left_behind_);
    if (place != sections.end()) sections.erase(place);
    if (metadata) sections.insert(sections.begin(), container::metadata_section(*metadata));
    return sections;
}

/// Its bytes are taken; the readable form beside them is for people.
void ForeignFeed::tell_edited_header() {
    const meta::JsonValue* const mrc = facts().attributes.find("mrc");
    if (mrc != nullptr && !mrc->is(meta::JsonValue::Kind::object))
        left_behind_.emplace_back("attribute mrc: no JSON object");
    const meta::JsonValue* const readable = mrc == nullptr ? nullptr : mrc->find("header");
    if (readable == nullptr || !carried_.header) return;
    meta::JsonWriter json;
    write_header(json, *carried_.header);
    if (meta::JsonValue::parse(json.take(), limits_).to_json() != readable->to_json())
        left_behind_.emplace_back("what was changed in attribute mrc: header");
}

std::uint64_t ForeignFeed::bytes_read() const { return facts().stored_bytes; }

const CodecInfo* ForeignFeed::codec_of_chunks() {
    if (!facts().why_not_moved.empty()) return nullptr;
    const auto reader = array_->make_reader();
    reader->fetch(0);
    const auto chunk = reader->chunk();
    if (chunk.empty()) return nullptr;
    const auto header = codec::blosc::parse_chunk(chunk, layout_.frame_bytes).header;
    const CodecInfo* const codec = find_codec(codec::blosc::backend_of_format(header.format()).codec_id);
    return codec != nullptr && codec->writes ? codec : nullptr;
}

}  // namespace mrcz::jobs
