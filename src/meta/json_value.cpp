#include "meta/json_value.hpp"

#include <algorithm>
#include <charconv>

#include "base/fail.hpp"
#include "meta/json_document.hpp"
#include "meta/json_number.hpp"

namespace mrcz::meta {

class JsonTreeBuilder final : public JsonEvents {
  public:
    void null() override { (void)put({}); }
    void boolean(bool flag) override {
        JsonValue value = of(JsonValue::Kind::boolean);
        value.flag_ = flag;
        (void)put(std::move(value));
    }
    void number(std::string_view written, const DocumentPath&) override {
        put_scalar(JsonValue::Kind::number, written);
    }
    void text(std::string_view content) override { put_scalar(JsonValue::Kind::text, content); }
    void key(std::string_view name) override { open_.back()->keys_.emplace_back(name); }
    void begin_object() override { open_.push_back(put(of(JsonValue::Kind::object))); }
    void end_object(std::size_t) override { open_.pop_back(); }
    void begin_array() override { open_.push_back(put(of(JsonValue::Kind::array))); }
    void end_array(std::size_t) override { open_.pop_back(); }

    [[nodiscard]] JsonValue take() { return std::move(root_); }

  private:
    static JsonValue of(JsonValue::Kind kind) {
        JsonValue value;
        value.kind_ = kind;
        return value;
    }
    void put_scalar(JsonValue::Kind kind, std::string_view content) {
        JsonValue value = of(kind);
        value.scalar_ = content;
        (void)put(std::move(value));
    }
    /// Values of the innermost open container grow only while nothing within them is open: pointers stay good.
    JsonValue* put(JsonValue value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        open_.back()->values_.push_back(std::move(value));
        return &open_.back()->values_.back();
    }

    JsonValue root_;
    std::vector<JsonValue*> open_;
};

JsonValue JsonValue::parse(std::string_view json, const Limits& limits) {
    // A tree takes some fifty times the room of the shortest text.
    const std::uint64_t most = limits.metadata_bytes / 16;
    if (json.size() > most)
        fail(ErrorCode::limit_exceeded, "JSON of ", json.size(), " bytes, more than the limit of ", most);
    JsonTreeBuilder builder;
    walk_json(json, limits.metadata_depth, builder);
    return builder.take();
}

const JsonValue* JsonValue::find(std::string_view key) const noexcept {
    for (std::size_t i = keys_.size(); i > 0; --i)
        if (keys_[i - 1] == key) return &values_[i - 1];
    return nullptr;
}

std::optional<std::string_view> JsonValue::text() const noexcept {
    return kind_ == Kind::text ? std::optional<std::string_view>(scalar_) : std::nullopt;
}

std::optional<std::uint64_t> JsonValue::whole_number() const noexcept {
    if (kind_ != Kind::number) return std::nullopt;
    std::uint64_t number = 0;
    const char* const end = scalar_.data() + scalar_.size();
    const auto parsed = std::from_chars(scalar_.data(), end, number);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

std::optional<double> JsonValue::number() const { return kind_ == Kind::number ? to_double(scalar_) : std::nullopt; }

std::optional<bool> JsonValue::boolean() const noexcept {
    return kind_ == Kind::boolean ? std::optional(flag_) : std::nullopt;
}

void JsonValue::remove(std::string_view key) {
    for (std::size_t i = keys_.size(); i > 0; --i) {
        if (keys_[i - 1] != key) continue;
        keys_.erase(keys_.begin() + static_cast<std::ptrdiff_t>(i - 1));
        values_.erase(values_.begin() + static_cast<std::ptrdiff_t>(i - 1));
    }
}

void JsonValue::write(JsonWriter& json) const {
    switch (kind_) {
        case Kind::null:
            json.null();
            break;
        case Kind::boolean:
            json.value(flag_);
            break;
        case Kind::number:
            json.raw(scalar_);
            break;
        case Kind::text:
            json.value(std::string_view(scalar_));
            break;
        case Kind::array:
            json.begin_array();
            for (const JsonValue& value : values_) value.write(json);
            json.end_array();
            break;
        case Kind::object:
            json.begin_object();
            for (std::size_t i = 0; i < keys_.size(); ++i) values_[i].write(json.key(keys_[i]));
            json.end_object();
            break;
    }
}

std::string JsonValue::to_json() const {
    JsonWriter json;
    write(json);
    return json.take();
}

}  // namespace mrcz::meta
