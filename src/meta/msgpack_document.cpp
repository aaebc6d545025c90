#include "meta/msgpack_document.hpp"

#include <cmath>
#include <cstdint>
#include <deque>
#include <msgpack/null_visitor.hpp>
#include <msgpack/unpack.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fail.hpp"
#include "meta/base64.hpp"
#include "meta/document_path.hpp"
#include "meta/json_writer.hpp"
#include "meta/msgpack_values.hpp"
#include "meta/utf8.hpp"

namespace mrcz::meta {

namespace {

/// Walks over the first value in `bytes` and leaves in `position` where the walk ended.
template <class Visitor>
bool walk(std::span<const std::byte> bytes, std::size_t& position, Visitor& visitor) {
    position = 0;
    return msgpack::parse(reinterpret_cast<const char*>(bytes.data()), bytes.size(), position, visitor);
}

/// Counts nesting, and remembers why the walk ended early.
class Checker : public msgpack::null_visitor {
  public:
    explicit Checker(unsigned most_depth) : most_depth_(most_depth) {}

    bool start_array(std::uint32_t) { return enter(); }
    bool start_map(std::uint32_t) { return enter(); }
    bool end_array() { return leave(); }
    bool end_map() { return leave(); }
    // An extension's size includes its type byte; 2^32 - 1 bytes of payload wrap to none at all in the library.
    bool visit_ext(const char*, std::uint32_t size) { return size > 0; }
    void insufficient_bytes(std::size_t, std::size_t) { truncated_ = true; }

    [[nodiscard]] bool too_deep() const { return depth_ > most_depth_; }
    [[nodiscard]] bool truncated() const { return truncated_; }

  private:
    bool enter() {
        ++depth_;
        return !too_deep();
    }
    bool leave() {
        --depth_;
        return true;
    }

    std::uint64_t depth_ = 0;
    unsigned most_depth_;
    bool truncated_ = false;
};

std::span<const std::byte> as_bytes(const char* data, std::size_t size) { return std::as_bytes(std::span(data, size)); }

/// Writes what it visits as JSON. Keys that are no text are collected by a writer of their own, as they may nest.
class Converter : public msgpack::null_visitor {
  public:
    Converter(JsonWriter& out, JsonFidelity fidelity) : out_(out), fidelity_(fidelity) {}

    bool visit_nil() {
        begin_value().null();
        return true;
    }
    bool visit_boolean(bool flag) {
        begin_value().value(flag);
        return true;
    }
    bool visit_positive_integer(std::uint64_t number) {
        begin_value().value(number);
        return true;
    }
    bool visit_negative_integer(std::int64_t number) {
        begin_value().value(number);
        return true;
    }
    bool visit_float32(float number) { return visit_float64(number); }
    bool visit_float64(double number);
    bool visit_str(const char* data, std::uint32_t size);
    bool visit_bin(const char* data, std::uint32_t size);
    bool visit_ext(const char* data, std::uint32_t size);

    bool start_array(std::uint32_t) {
        begin_value().begin_array();
        path_.enter_array();
        return true;
    }
    bool end_array() {
        writer().end_array();
        path_.leave();
        return true;
    }
    bool start_map(std::uint32_t) {
        begin_value().begin_object();
        path_.enter_object();
        return true;
    }
    bool start_map_key() {
        at_key_ = true;
        path_.forget_key();
        key_has_writer_.push_back(false);
        return true;
    }
    bool end_map_key();
    bool end_map() {
        writer().end_object();
        path_.leave();
        return true;
    }

  private:
    JsonWriter& writer() { return key_writers_.empty() ? out_ : key_writers_.back(); }
    JsonWriter& begin_value();
    void only_if_readable(std::string_view what) const;

    JsonWriter& out_;
    JsonFidelity fidelity_;
    DocumentPath path_;
    std::deque<JsonWriter> key_writers_;
    std::vector<bool> key_has_writer_;  ///< of each map whose key is being visited
    bool at_key_ = false;
};

/// The writer that the coming value goes to.
JsonWriter& Converter::begin_value() {
    path_.begin_value();
    if (!at_key_) return writer();
    only_if_readable("a key that is no text");
    at_key_ = false;
    key_has_writer_.back() = true;
    return key_writers_.emplace_back();
}

bool Converter::end_map_key() {
    if (key_has_writer_.back()) {
        const std::string key = key_writers_.back().take();
        key_writers_.pop_back();
        writer().key(key);
    }
    key_has_writer_.pop_back();
    return true;
}

void Converter::only_if_readable(std::string_view what) const {
    if (fidelity_ == JsonFidelity::readable) return;
    fail(ErrorCode::invalid_argument, path_.text(), ": ", what, " has no JSON form; MessagePack has one");
}

bool Converter::visit_float64(double number) {
    JsonWriter& to = begin_value();
    if (std::isfinite(number)) {
        to.value(number);
        return true;
    }
    const char* name = std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    only_if_readable(name);
    to.value(name);
    return true;
}

bool Converter::visit_str(const char* data, std::uint32_t size) {
    const std::string_view text(data, size);
    if (at_key_) {
        at_key_ = false;
        if (!is_utf8(text)) only_if_readable("a key that is not UTF-8");
        path_.key(text);
        writer().key(text);
        return true;
    }
    JsonWriter& to = begin_value();
    if (!is_utf8(text)) only_if_readable("text that is not UTF-8");
    to.value(text);
    return true;
}

bool Converter::visit_bin(const char* data, std::uint32_t size) {
    JsonWriter& to = begin_value();
    only_if_readable("binary");
    to.begin_object().member("$binary", base64(as_bytes(data, size))).end_object();
    return true;
}

bool Converter::visit_ext(const char* data, std::uint32_t size) {
    JsonWriter& to = begin_value();
    const auto type = static_cast<std::int8_t>(*data);
    const auto payload = as_bytes(data, size).subspan(1);
    only_if_readable(type == timestamp_type ? std::string("a timestamp") : concat("extension type ", int{type}));
    if (const auto time = type == timestamp_type ? timestamp_text(payload) : std::nullopt) {
        to.value(*time);
    } else {
        to.begin_object().member("$ext", int{type}).member("$binary", base64(payload)).end_object();
    }
    return true;
}

}  // namespace

void check_msgpack(std::span<const std::byte> bytes, unsigned most_depth) {
    Checker checker(most_depth);
    std::size_t position = 0;
    const bool complete = walk(bytes, position, checker);
    const std::string place = concat("MessagePack, offset ", hex(position), ": ");
    if (checker.too_deep()) {
        const auto levels = concat(most_depth, " levels (Limits::metadata_depth)");
        fail(ErrorCode::limit_exceeded, place, "nested deeper than ", levels);
    }
    if (checker.truncated()) fail(ErrorCode::corrupt, place, "the document ends inside a value");
    if (!complete) fail(ErrorCode::corrupt, place, "no MessagePack value starts here");
    if (position < bytes.size()) {
        fail(ErrorCode::corrupt, place, bytes.size() - position, " bytes follow the document");
    }
}

std::string msgpack_to_json(std::span<const std::byte> bytes, bool indented, JsonFidelity fidelity) {
    JsonWriter out(indented);
    Converter converter(out, fidelity);
    std::size_t position = 0;
    walk(bytes, position, converter);
    return out.take();
}

}  // namespace mrcz::meta
