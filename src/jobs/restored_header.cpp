#include "header/byte_order_of.hpp"
#include "header/compose.hpp"
#include "header/modes.hpp"
#include "mrcz/error.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {

Header restored_header(const Reader& reader) {
    if (reader.codec().id == 0) return reader.header();
    if (auto original = reader.original_header()) return *std::move(original);
    const header::Layout layout = header::read_layout(reader.header().bytes(), Limits{});
    Header header = header::plain_header(layout, reader.frames());
    if (const auto frames = reader.statistics(); !frames.empty())
        header::set_statistics(header, combined(frames, pixel_count(reader.frame_format())));
    return header;
}

bool is_compressed_header(std::span<const std::byte, Header::bytes_on_disk> start) {
    try {
        return header::read_ordered(start).header.integer(HeaderField::mode) >= header::codec_factor;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace mrcz
