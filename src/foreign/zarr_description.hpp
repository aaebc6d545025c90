// What `zarr.json` (Zarr v3) and `.zarray` (v2) say of an array, checked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/byte_order.hpp"
#include "base/bytes.hpp"
#include "meta/json_value.hpp"
#include "mrcz/limits.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::foreign {

/// From bytes to bytes.
struct ZarrCodec {
    std::string name;
    std::uint64_t element_bytes = 0;  ///< of shuffle
};

struct ZarrDescription {
    int version = 3;
    std::vector<std::uint64_t> shape;
    std::vector<std::uint64_t> shard;  ///< what one key holds
    std::vector<std::uint64_t> chunk;  ///< what is coded together
    bool is_sharded = false;
    bool index_at_start = false;
    bool index_has_crc = false;
    PixelType number = PixelType::int8;
    ByteOrder order = ByteOrder::little;
    std::vector<ZarrCodec> codecs;  ///< in the order of encoding
    std::string prefix;             ///< of keys: `c`, or empty
    char separator = '/';
    Bytes fill;  ///< one number, little-endian
    meta::JsonValue attributes;
};

/// Throws Error{corrupt, unsupported}.
[[nodiscard]] ZarrDescription parse_zarr_3(std::string_view json, const Limits& limits);
/// `attributes` is the text of `.zattrs`; empty: there is none.
[[nodiscard]] ZarrDescription parse_zarr_2(std::string_view json, std::string_view attributes, const Limits& limits);

}  // namespace mrcz::foreign
