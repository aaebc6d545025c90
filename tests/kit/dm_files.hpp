// Files of Digital Micrograph 3 and 4, made byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace mrcz::kit {

struct DmImage {
    std::uint32_t data_type = 2;            ///< 2: float32; see the table of digital_micrograph.cpp
    std::uint64_t element = 6;              ///< type of the array's elements: 6 is float32
    std::vector<std::uint32_t> dimensions;  ///< columns first
    Bytes data;                             ///< in the file's byte order
    std::uint64_t elements = 0;             ///< as the tag says
};

struct DmFileLayout {
    unsigned version = 4;
    ByteOrder values = ByteOrder::little;
    bool has_thumbnail = true;   ///< an image of colours stands first
    unsigned nested_groups = 0;  ///< one in the other, before the images
};

[[nodiscard]] Bytes dm_file(const std::vector<DmImage>& images, const DmFileLayout& layout = {});

/// An image of numbers of type T.
template <class T>
[[nodiscard]] DmImage dm_image(std::uint32_t data_type, std::uint64_t element, std::uint32_t nx, std::uint32_t ny,
                               const std::vector<float>& values, ByteOrder order = ByteOrder::little) {
    DmImage image{data_type, element, {nx, ny}, Bytes(values.size() * sizeof(T)), values.size()};
    for (std::size_t i = 0; i < values.size(); ++i)
        store(image.data.data() + i * sizeof(T), static_cast<T>(values[i]), order);
    return image;
}

}  // namespace mrcz::kit
