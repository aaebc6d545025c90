// A gain reference of another format, whatever its own bytes say it is.
#include <vector>

#include "base/fail.hpp"
#include "bounds.hpp"
#include "kit/dm_files.hpp"
#include "mrcz/gain_file.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

struct TiffEntry {
    std::uint16_t tag, type;
    std::uint32_t count, value;
};

/// 6 x 4 pixels of 16 bits without compression, in one strip or one tile of 16 x 16.
Bytes tiff_file(bool is_tiled) {
    constexpr std::uint16_t shorts = 3, longs = 4;
    std::vector<TiffEntry> entries{{256, shorts, 1, 6}, {257, shorts, 1, 4}, {258, shorts, 1, 16},
                                   {259, shorts, 1, 1}, {262, shorts, 1, 1}, {277, shorts, 1, 1}};
    if (is_tiled)
        entries.insert(entries.end(),
                       {{322, shorts, 1, 16}, {323, shorts, 1, 16}, {324, longs, 1, 8}, {325, longs, 1, 512}});
    else
        entries.insert(entries.end(), {{278, shorts, 1, 4}, {279, longs, 1, 48}});
    if (!is_tiled) entries.insert(entries.begin() + 5, {273, longs, 1, 8});
    const std::uint32_t pixel_bytes = is_tiled ? 512 : 48;
    Bytes file;
    append_le(file, std::uint32_t{0x002a4949});
    append_le(file, 8 + pixel_bytes);
    for (std::uint32_t pixel = 0; pixel < pixel_bytes / 2; ++pixel)
        append_le(file, static_cast<std::uint16_t>(7 * pixel));
    append_le(file, static_cast<std::uint16_t>(entries.size()));
    for (const TiffEntry& entry : entries) {
        append_le(file, entry.tag);
        append_le(file, entry.type);
        append_le(file, entry.count);
        append_le(file, entry.value);
    }
    append_le(file, std::uint32_t{0});
    return file;
}

}  // namespace

void run_reference(std::span<const std::byte> input) {
    ReferenceOptions options;
    options.limits = small_limits;
    const auto source = make_memory_source({input.begin(), input.end()}, "reference");
    const FloatImage image = read_reference(*source, options);
    if (image.values.size() != image.shape.pixels()) fail(ErrorCode::internal, "pixels do not fill the shape");
}

std::vector<Bytes> reference_seeds() {
    kit::DmFileLayout layout;
    layout.has_thumbnail = false;
    std::vector<Bytes> seeds{tiff_file(false), tiff_file(true)};
    for (const unsigned version : {3U, 4U}) {
        layout.version = version;
        seeds.push_back(kit::dm_file({kit::dm_image<float>(2, 6, 3, 2, {1, 2, 3, 4, 5, 6})}, layout));
        seeds.push_back(kit::dm_file({kit::dm_image<std::int16_t>(1, 2, 2, 1, {1, 2})}, layout));
    }
    for (const Bytes& seed : seeds) run_reference(seed);  // none is refused
    return seeds;
}

}  // namespace mrcz::fuzz
