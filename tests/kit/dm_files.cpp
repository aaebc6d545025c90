#include "kit/dm_files.hpp"

#include <algorithm>

namespace mrcz::kit {
namespace {

class Builder {
  public:
    explicit Builder(const DmFileLayout& layout) : layout_(layout) {}

    template <class T>
    void big(T value) {
        bytes.resize(bytes.size() + sizeof(T));
        store(bytes.data() + bytes.size() - sizeof(T), value, ByteOrder::big);
    }
    void count(std::uint64_t value) {
        if (layout_.version == 3)
            big(static_cast<std::uint32_t>(value));
        else
            big(value);
    }
    void group(std::uint64_t tags) {
        big(std::uint8_t{1});
        big(std::uint8_t{0});
        count(tags);
    }
    void tag(std::uint8_t mark, const std::string& name) {
        big(mark);
        big(static_cast<std::uint16_t>(name.size()));
        std::ranges::transform(name, std::back_inserter(bytes), [](char c) { return static_cast<std::byte>(c); });
        if (layout_.version == 4) big(std::uint64_t{0});
    }
    void descriptors(std::initializer_list<std::uint64_t> values) {
        big(std::uint32_t{0x25252525});
        count(values.size());
        for (const std::uint64_t value : values) count(value);
    }
    void number(const std::string& name, std::uint32_t value) {
        tag(21, name);
        descriptors({5});
        bytes.resize(bytes.size() + 4);
        store(bytes.data() + bytes.size() - 4, value, layout_.values);
    }
    void image(const DmImage& image) {
        tag(20, "");
        group(1);
        tag(20, "ImageData");
        group(3);
        tag(21, "Data");
        descriptors({20, image.element, image.elements});
        append(bytes, image.data);
        number("DataType", image.data_type);
        tag(20, "Dimensions");
        group(image.dimensions.size());
        for (const std::uint32_t size : image.dimensions) number("", size);
    }

    Bytes bytes;

  private:
    DmFileLayout layout_;
};

}  // namespace

Bytes dm_file(const std::vector<DmImage>& images, const DmFileLayout& layout) {
    Builder file(layout);
    file.big(static_cast<std::uint32_t>(layout.version));
    file.count(0);
    file.big(static_cast<std::uint32_t>(layout.values == ByteOrder::little));
    file.group(3 + (layout.nested_groups > 0));
    file.tag(21, "ApplicationBounds");  // a structure of four int32
    file.descriptors({15, 0, 4, 0, 3, 0, 3, 0, 3, 0, 3});
    file.bytes.resize(file.bytes.size() + 16);
    file.tag(21, "Points");  // an array of structures
    file.descriptors({20, 15, 0, 2, 0, 4, 0, 7, 3});
    file.bytes.resize(file.bytes.size() + 30);
    if (layout.nested_groups > 0) {
        for (unsigned depth = 0; depth < layout.nested_groups; ++depth) {
            file.tag(20, "deeper");
            file.group(depth + 1 < layout.nested_groups);
        }
    }
    file.tag(20, "ImageList");
    file.group(images.size() + layout.has_thumbnail);
    if (layout.has_thumbnail) file.image({23, 5, {200, 200}, Bytes(160000), 40000});
    for (const DmImage& image : images) file.image(image);
    for (int end = 0; end < 8; ++end) file.big(std::uint8_t{0});
    return file.bytes;
}

}  // namespace mrcz::kit
