// A small JSON document as a tree, for descriptions whose members stand in no order.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "meta/json_writer.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::meta {

class JsonValue {
  public:
    enum class Kind : std::uint8_t { null, boolean, number, text, array, object };

    /// Throws Error{corrupt} for anything but strict JSON in UTF-8, Error{limit_exceeded} beyond `limits`.
    [[nodiscard]] static JsonValue parse(std::string_view json, const Limits& limits);

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] bool is(Kind kind) const noexcept { return kind_ == kind; }

    /// A member of an object, of doubles the last; null where there is none.
    [[nodiscard]] const JsonValue* find(std::string_view key) const noexcept;
    [[nodiscard]] std::span<const JsonValue> items() const noexcept { return values_; }    ///< of an array
    [[nodiscard]] std::span<const std::string> keys() const noexcept { return keys_; }     ///< of an object
    [[nodiscard]] std::span<const JsonValue> members() const noexcept { return values_; }  ///< of an object

    [[nodiscard]] std::optional<std::string_view> text() const noexcept;
    [[nodiscard]] std::optional<std::uint64_t> whole_number() const noexcept;  ///< not negative, without fraction
    [[nodiscard]] std::optional<double> number() const;
    [[nodiscard]] std::optional<bool> boolean() const noexcept;

    /// Numbers as they were written.
    void write(JsonWriter& json) const;
    [[nodiscard]] std::string to_json() const;

    /// Takes a member out of an object.
    void remove(std::string_view key);

  private:
    friend class JsonTreeBuilder;
    Kind kind_ = Kind::null;
    bool flag_ = false;
    std::string scalar_;  ///< text, or a number as it is written
    std::vector<std::string> keys_;
    std::vector<JsonValue> values_;
};

}  // namespace mrcz::meta
