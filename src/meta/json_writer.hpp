// Writing JSON for `--json` output, provenance and MessagePack conversion, in one place.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mrcz::meta {

/// Builds one JSON document. Doubles that JSON cannot hold are written as null.
class JsonWriter {
  public:
    explicit JsonWriter(bool indented = false);
    ~JsonWriter();

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& value(std::string_view text);  ///< invalid UTF-8 bytes are replaced by U+FFFD
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(double number);  ///< shortest form that reads back exactly
    JsonWriter& value(std::int64_t number);
    JsonWriter& value(std::uint64_t number);
    JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
    JsonWriter& value(unsigned number) { return value(static_cast<std::uint64_t>(number)); }
    JsonWriter& value(bool flag);
    JsonWriter& null();
    /// A JSON document, already validated, as a value.
    JsonWriter& raw(std::string_view json);

    template <class Value>
    JsonWriter& member(std::string_view name, const Value& content) {
        return key(name).value(content);
    }

    [[nodiscard]] std::string take();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mrcz::meta
