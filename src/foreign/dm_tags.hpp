// The tree of tags that a file of Digital Micrograph 3 or 4 is: groups of tags, and tags of values.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/byte_order.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::foreign {

/// What the values of a tag are made of, as Digital Micrograph numbers it.
enum class DmType : std::uint64_t {
    int16 = 2,
    int32 = 3,
    uint16 = 4,
    uint32 = 5,
    float32 = 6,
    float64 = 7,
    boolean = 8,
    character = 9,
    octet = 10,
    int64 = 11,
    uint64 = 12,
    structure = 15,
    text = 18,
    array = 20,
};

/// The values of one tag and where they lie.
struct DmValues {
    DmType type = DmType::int16;  ///< of the elements when it is an array
    bool is_array = false;
    std::uint64_t count = 1;
    std::uint64_t offset = 0;  ///< in the file
    std::uint64_t bytes = 0;
};

/// Names of the groups and of the tag itself; `[0]`, `[1]`, … where there is none.
using DmPath = std::span<const std::string>;

struct DmFile {
    ByteOrder values = ByteOrder::little;
};

/// Calls `tag` for every tag with values, in the order of the file. All numbers were checked against the file's size.
/// Throws Error{truncated}, Error{corrupt} or Error{limit_exceeded}.
DmFile walk_tags(const ByteSource& source, unsigned most_depth,
                 const std::function<void(DmPath path, const DmValues& values)>& tag);

}  // namespace mrcz::foreign
