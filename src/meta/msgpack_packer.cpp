#include "meta/msgpack_packer.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <msgpack/pack.hpp>
#include <optional>
#include <span>

#include "base/byte_order.hpp"
#include "base/fail.hpp"
#include "meta/json_document.hpp"
#include "meta/json_number.hpp"

namespace mrcz::meta {

namespace {

constexpr unsigned any_depth = std::numeric_limits<unsigned>::max();

std::uint32_t checked_count(std::size_t count) {
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    if (count > most) fail(ErrorCode::limit_exceeded, "MessagePack holds at most ", most, " bytes or items in a value");
    return static_cast<std::uint32_t>(count);
}

template <class Integer>
std::optional<Integer> integer(std::string_view digits) {
    Integer value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return read.ec == std::errc{} ? std::optional(value) : std::nullopt;
}

/// The sizes of all containers in the order they begin: MessagePack wants them first, JSON tells them last.
class SizeCounter final : public JsonEvents {
  public:
    void begin_object() override { begin(); }
    void begin_array() override { begin(); }
    void end_object(std::size_t members) override { end(members); }
    void end_array(std::size_t items) override { end(items); }

    std::vector<std::uint32_t> sizes;

  private:
    void begin() {
        open_.push_back(sizes.size());
        sizes.push_back(0);
    }
    void end(std::size_t size) {
        sizes[open_.back()] = checked_count(size);
        open_.pop_back();
    }

    std::vector<std::size_t> open_;
};

struct Output {
    std::vector<std::byte> bytes;
    void write(std::span<const std::byte> added) { bytes.insert(bytes.end(), added.begin(), added.end()); }
    void write(const char* data, std::size_t size) { write(std::as_bytes(std::span(data, size))); }
};

class Packer final : public JsonEvents {
  public:
    Packer(Output& out, std::span<const std::uint32_t> sizes) : out_(out), pack_(out), sizes_(sizes) {}

    void null() override { pack_.pack_nil(); }
    void boolean(bool flag) override { flag ? pack_.pack_true() : pack_.pack_false(); }
    void number(std::string_view digits, const DocumentPath& path) override {
        if (!is_integer(digits)) {
            pack_double(to_double(digits).value());
        } else if (!pack_integer(digits)) {
            fail(ErrorCode::invalid_argument, path.text(),
                 ": MessagePack has no integers beyond 64 bits; store as json");
        }
    }
    void text(std::string_view text) override {
        const std::uint32_t size = checked_count(text.size());
        pack_.pack_str(size).pack_str_body(text.data(), size);
    }
    void key(std::string_view name) override { text(name); }
    void begin_object() override { pack_.pack_map(next_size()); }
    void begin_array() override { pack_.pack_array(next_size()); }

  private:
    // The library's pack_double() makes integers of doubles that are whole: 1.0 would come back as 1, -0.0 as 0.
    void pack_double(double number) {
        std::array<std::byte, 9> packed{std::byte{0xcb}};
        store(packed.data() + 1, number, ByteOrder::big);
        out_.write(packed);
    }

    bool pack_integer(std::string_view digits) {
        if (const auto positive = integer<std::uint64_t>(digits)) {
            pack_.pack_uint64(*positive);
        } else if (const auto negative = integer<std::int64_t>(digits)) {
            pack_.pack_int64(*negative);
        } else {
            return false;
        }
        return true;
    }

    std::uint32_t next_size() {
        const std::uint32_t size = sizes_.front();
        sizes_ = sizes_.subspan(1);
        return size;
    }

    Output& out_;
    msgpack::packer<Output> pack_;
    std::span<const std::uint32_t> sizes_;
};

}  // namespace

std::vector<std::byte> json_to_msgpack(std::string_view json) {
    SizeCounter counter;
    walk_json(json, any_depth, counter);
    Output out;
    Packer packer(out, counter.sizes);
    walk_json(json, any_depth, packer);
    return std::move(out.bytes);
}

}  // namespace mrcz::meta
