// What the tests of reader and writer share: files made in a folder, taken apart and read whole.
#pragma once

#include <gtest/gtest.h>

#include "kit/damage.hpp"
#include "kit/files.hpp"
#include "kit/images.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/writer.hpp"

namespace mrcz::container_test {

inline WriterOptions options_of(PixelType type, std::string codec, std::int64_t nx = 31, std::int64_t ny = 17) {
    WriterOptions options;
    options.nx = nx;
    options.ny = ny;
    options.type = type;
    options.codec = std::move(codec);
    return options;
}

inline std::size_t frame_bytes_of(const WriterOptions& options) {
    return static_cast<std::size_t>(options.nx * options.ny) * info_of(options.type).pixel_bytes;
}

inline Bytes pixels_for(const WriterOptions& options, std::int64_t frames, std::uint32_t seed = 1) {
    return kit::make_pixels(options.type, static_cast<std::uint64_t>(options.nx * options.ny * frames), seed);
}

/// Writes `frames` frames and gives back the file's bytes.
inline Bytes written(const WriterOptions& options, std::int64_t frames, std::uint32_t seed = 1,
                     const RunContext& context = {}) {
    const kit::TemporaryFolder folder;
    Writer writer(folder / "file", options);
    writer.append(pixels_for(options, frames, seed), context);
    const std::uint64_t bytes = writer.finish();
    EXPECT_EQ(bytes, std::filesystem::file_size(folder / "file"));
    return kit::read_file(folder / "file");
}

inline Reader reader_of(Bytes bytes, const Limits& limits = {}) {
    return Reader(make_memory_source(std::move(bytes), "memory.mrcz"), limits);
}

inline Bytes all_pixels(const Reader& reader, const RunContext& context = {}) {
    Bytes pixels(static_cast<std::size_t>(reader.frame_bytes() * static_cast<std::uint64_t>(reader.frames())));
    reader.read_frames(0, reader.frames(), pixels, context);
    return pixels;
}

inline bool has_finding(const Reader& reader, std::string_view rule) {
    for (const Finding& finding : reader.findings())
        if (finding.rule == rule) return true;
    return false;
}

inline Metadata some_metadata() {
    return Metadata::from_json(R"({"detector":{"name":"K2","gain":[1.5,2]},"note":"Größe"})");
}

}  // namespace mrcz::container_test
