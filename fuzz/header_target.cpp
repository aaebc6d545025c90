// The 1024 bytes that begin a file: byte order, layout, rules, every field.
#include <algorithm>
#include <array>

#include "base/fail.hpp"
#include "bounds.hpp"
#include "header/layout.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

void read_every_field(const Header& header) {
    for (const HeaderFieldInfo& info : header_fields())
        for (std::size_t i = 0; i < info.count; ++i) {
            if (info.type == HeaderFieldType::text) {
                (void)header.text(info.field, i);
            } else if (info.type == HeaderFieldType::f32) {
                (void)header.real(info.field, i);
            } else {
                (void)header.integer(info.field, i);
            }
        }
    for (std::size_t i = 0; i < Header::label_count; ++i) (void)header.label(i);
    (void)header.voxel_angstrom();
    (void)header.pixels_along_axes();
}

}  // namespace

void run_header(std::span<const std::byte> input) {
    std::array<std::byte, Header::bytes_on_disk> bytes{};
    std::ranges::copy(input.first(std::min(input.size(), bytes.size())), bytes.begin());
    const header::OrderedHeader ordered = header::read_ordered(bytes);
    read_every_field(ordered.header);
    if (header::swapped(header::swapped(ordered.header)).bytes() != ordered.header.bytes())
        fail(ErrorCode::internal, "swapping twice changed the header");
    const header::Layout layout = header::read_layout(bytes, small_limits);
    if (layout.frame_bytes == 0 || layout.frame_bytes > small_limits.frame_bytes || layout.frames < 0)
        fail(ErrorCode::internal, "layout of ", layout.frames, " frames of ", layout.frame_bytes, " bytes");
}

}  // namespace mrcz::fuzz
