// The description of a Zarr array. The first byte says which version: odd for v3, even for v2.
#include <array>
#include <string_view>

#include "bounds.hpp"
#include "foreign/array_shape.hpp"
#include "foreign/zarr_codecs.hpp"
#include "foreign/zarr_description.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

constexpr std::array<std::string_view, 4> descriptions{
    R"(3{"zarr_format":3,"node_type":"array","shape":[4,6,5],"data_type":"uint16","chunk_grid":{"name":"regular",
"configuration":{"chunk_shape":[4,6,5]}},"chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},
"fill_value":0,"codecs":[{"name":"sharding_indexed","configuration":{"chunk_shape":[1,6,5],"codecs":[{"name":"bytes",
"configuration":{"endian":"little"}},{"name":"blosc","configuration":{"cname":"zstd"}}],"index_codecs":[{"name":"bytes",
"configuration":{"endian":"little"}},{"name":"crc32c"}],"index_location":"end"}}],"attributes":{"a":[1.5,null]}})",
    R"(3{"zarr_format":3,"node_type":"array","shape":[2,3,6,5],"data_type":"complex64","chunk_grid":{"name":"regular",
"configuration":{"chunk_shape":[1,2,4,5]}},"chunk_key_encoding":{"name":"v2"},"fill_value":["NaN",-1.5],
"codecs":[{"name":"bytes","configuration":{"endian":"big"}},{"name":"gzip"},{"name":"crc32c"}]})",
    R"(2{"zarr_format":2,"shape":[4,6,5],"chunks":[1,6,5],"dtype":"<i2","compressor":{"id":"blosc","cname":"lz4"},
"fill_value":7,"filters":null,"order":"C"})",
    R"(2{"zarr_format":2,"shape":[6,5],"chunks":[3,3],"dtype":">f4","compressor":null,"fill_value":"Infinity",
"filters":[{"id":"shuffle","elementsize":4}],"order":"C","dimension_separator":"/"})",
};

}  // namespace

void run_zarr(std::span<const std::byte> input) {
    if (input.empty()) return;
    Limits limits = small_limits;
    limits.metadata_bytes = std::uint64_t{1} << 16;
    const std::string_view json(reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1);
    const bool is_v3 = (std::to_integer<unsigned>(input.front()) & 1U) != 0;
    const auto description = is_v3 ? foreign::parse_zarr_3(json, limits) : foreign::parse_zarr_2(json, json, limits);
    foreign::require_known(description.codecs);
    (void)foreign::frame_axes(description.shape, description.number, description.attributes, limits);
}

std::vector<Bytes> zarr_seeds() {
    std::vector<Bytes> seeds;
    for (const std::string_view description : descriptions) {
        const auto bytes = std::as_bytes(std::span(description));
        seeds.emplace_back(bytes.begin(), bytes.end());
        run_zarr(seeds.back());  // none is refused
    }
    return seeds;
}

}  // namespace mrcz::fuzz
