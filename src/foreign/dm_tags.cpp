#include "foreign/dm_tags.hpp"

#include <array>
#include <vector>

#include "base/checked.hpp"
#include "base/fail.hpp"
#include "foreign/source_cursor.hpp"

namespace mrcz::foreign {
namespace {

constexpr std::uint8_t group_mark = 20, values_mark = 21, end_mark = 0;
constexpr std::uint32_t values_magic = 0x25252525;  // %%%%

struct Size {
    DmType type;
    std::uint64_t bytes;
};

constexpr std::array<Size, 11> sizes{{
    {DmType::int16, 2},
    {DmType::int32, 4},
    {DmType::uint16, 2},
    {DmType::uint32, 4},
    {DmType::float32, 4},
    {DmType::float64, 8},
    {DmType::boolean, 1},
    {DmType::character, 1},
    {DmType::octet, 1},
    {DmType::int64, 8},
    {DmType::uint64, 8},
}};

/// Structure is big-endian, values are as the file says. What version 3 counts in 4 bytes, version 4 counts in 8.
class Walker {
  public:
    Walker(const ByteSource& source, unsigned most_depth, const std::function<void(DmPath, const DmValues&)>& tag)
        : cursor_(source, "Digital Micrograph tags"), most_depth_(most_depth), tag_(tag) {}

    DmFile walk() {
        version_ = cursor_.read<std::uint32_t>(ByteOrder::big, "version");
        if (version_ != 3 && version_ != 4)
            fail(ErrorCode::unsupported, "Digital Micrograph version ", version_, ", not 3 or 4");
        (void)read_count("file size");
        const auto is_little = cursor_.read<std::uint32_t>(ByteOrder::big, "byte order");
        if (is_little > 1) fail(ErrorCode::corrupt, cursor_.place("byte order"), ": ", is_little, ", not 0 or 1");
        read_group();
        return {is_little == 1 ? ByteOrder::little : ByteOrder::big};
    }

  private:
    std::uint64_t read_count(std::string_view field) {
        return version_ == 3 ? cursor_.read<std::uint32_t>(ByteOrder::big, field)
                             : cursor_.read<std::uint64_t>(ByteOrder::big, field);
    }

    void read_group() {
        if (path_.size() > most_depth_)
            fail(ErrorCode::limit_exceeded, cursor_.place("group"), ": nested more than ", most_depth_, " deep");
        cursor_.skip(2, "flags of a group");
        const std::uint64_t tags = read_count("tags of a group");
        // Each tag takes bytes, so a wrong number ends with the file.
        for (std::uint64_t index = 0; index < tags; ++index)
            if (!read_tag(index)) return;
    }

    /// False at the mark that ends a group early.
    bool read_tag(std::uint64_t index) {
        const auto mark = cursor_.read<std::uint8_t>(ByteOrder::big, "tag");
        if (mark == end_mark) return false;
        if (mark != group_mark && mark != values_mark)
            fail(ErrorCode::corrupt, cursor_.place("tag"), ": mark ", int{mark}, ", not 20 (group) or 21 (values)");
        const auto name_bytes = cursor_.read<std::uint16_t>(ByteOrder::big, "length of a tag's name");
        std::string name = cursor_.read_text(name_bytes, "name of a tag");
        path_.push_back(name.empty() ? concat('[', index, ']') : std::move(name));
        if (version_ == 4) cursor_.skip(8, "size of a tag");
        if (mark == group_mark)
            read_group();
        else
            read_values();
        path_.pop_back();
        return true;
    }

    void read_values() {
        if (cursor_.read<std::uint32_t>(ByteOrder::big, "mark of values") != values_magic)
            fail(ErrorCode::corrupt, cursor_.place("mark of values"), ": not %%%%");
        descriptors_left_ = read_count("number of descriptors");
        DmValues values = describe(read_descriptor(), true);
        if (descriptors_left_ != 0)
            fail(ErrorCode::corrupt, cursor_.place("descriptors"), ": ", descriptors_left_, " too many");
        values.offset = cursor_.position();
        cursor_.skip(values.bytes, path_.back());
        tag_(path_, values);
    }

    std::uint64_t read_descriptor() {
        if (descriptors_left_ == 0) fail(ErrorCode::corrupt, cursor_.place("descriptors"), ": too few");
        --descriptors_left_;
        return read_count("descriptor");
    }

    DmValues describe(std::uint64_t code, bool may_be_array) {
        const auto type = static_cast<DmType>(code);
        for (const Size& size : sizes)
            if (size.type == type) return {type, false, 1, 0, size.bytes};
        if (type == DmType::structure) return {type, false, 1, 0, structure_bytes()};
        if (type == DmType::text) return text();
        if (type == DmType::array && may_be_array) return array();
        fail(ErrorCode::corrupt, cursor_.place("descriptor"), ": type ", code, " of ", printable(path_.back()),
             " is not known");
    }

    DmValues text() {
        const std::uint64_t length = read_descriptor();
        return {DmType::text, false, length, 0, length};
    }

    DmValues array() {
        const DmValues element = describe(read_descriptor(), false);
        const std::uint64_t count = read_descriptor();
        return {element.type, true, count, 0, checked_mul(element.bytes, count, "array of tags")};
    }

    /// Names of fields are counted but take no bytes among the values.
    std::uint64_t structure_bytes() {
        (void)read_descriptor();
        const std::uint64_t fields = read_descriptor();
        std::uint64_t bytes = 0;
        for (std::uint64_t field = 0; field < fields; ++field) {
            (void)read_descriptor();
            const std::uint64_t code = read_descriptor();
            if (code >= static_cast<std::uint64_t>(DmType::structure))
                fail(ErrorCode::corrupt, cursor_.place("descriptor"), ": a field of type ", code);
            bytes = checked_add(bytes, describe(code, false).bytes, "structure of tags");
        }
        return bytes;
    }

    SourceCursor cursor_;
    unsigned most_depth_;
    const std::function<void(DmPath, const DmValues&)>& tag_;
    std::uint32_t version_ = 0;
    std::uint64_t descriptors_left_ = 0;
    std::vector<std::string> path_;
};

}  // namespace

DmFile walk_tags(const ByteSource& source, unsigned most_depth,
                 const std::function<void(DmPath, const DmValues&)>& tag) {
    return Walker(source, most_depth, tag).walk();
}

}  // namespace mrcz::foreign
