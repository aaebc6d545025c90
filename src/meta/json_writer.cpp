#include "meta/json_writer.hpp"

#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "meta/json_document.hpp"
#include "meta/json_number.hpp"
#include "meta/json_setup.hpp"
#include "meta/utf8.hpp"
// RapidJSON wants its setup first.
#include <rapidjson/prettywriter.h>
#include <rapidjson/writer.h>

namespace mrcz::meta {

namespace {

/// RapidJSON's idea of a place to write to. Its own buffer would have to be copied in take().
struct Output {
    using Ch = char;
    std::string text;
    void Put(char character) { text.push_back(character); }
    void Flush() {}
};

}  // namespace

struct JsonWriter::State {
    explicit State(bool indented) {
        if (indented) writer.emplace<Indented>(output).SetIndent(' ', 2);
    }

    void number(std::string_view text) {
        visit([&](auto& w) { w.RawValue(text.data(), text.size(), rapidjson::kNumberType); });
    }
    void text(std::string_view bytes) {
        if (!is_utf8(bytes)) return text(repaired_utf8(bytes));
        // RapidJSON dereferences the pointer of an empty string too.
        const char* data = bytes.empty() ? "" : bytes.data();
        visit([&](auto& w) { w.String(data, bytes.size()); });
    }
    template <class Action>
    void visit(Action action) {
        std::visit([&](auto& w) { action(w); }, writer);
    }

    using Compact = rapidjson::Writer<Output>;
    using Indented = rapidjson::PrettyWriter<Output>;
    Output output;
    std::variant<Compact, Indented> writer{std::in_place_type<Compact>, output};
};

JsonWriter::JsonWriter(bool indented) : state_(std::make_unique<State>(indented)) {}
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::begin_object() {
    state_->visit([](auto& w) { w.StartObject(); });
    return *this;
}

JsonWriter& JsonWriter::end_object() {
    state_->visit([](auto& w) { w.EndObject(); });
    return *this;
}

JsonWriter& JsonWriter::begin_array() {
    state_->visit([](auto& w) { w.StartArray(); });
    return *this;
}

JsonWriter& JsonWriter::end_array() {
    state_->visit([](auto& w) { w.EndArray(); });
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    state_->text(name);
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    state_->text(text);
    return *this;
}

JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    state_->number(number_text(number));
    return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) {
    state_->visit([&](auto& w) { w.Int64(number); });
    return *this;
}

JsonWriter& JsonWriter::value(std::uint64_t number) {
    state_->visit([&](auto& w) { w.Uint64(number); });
    return *this;
}

JsonWriter& JsonWriter::value(bool flag) {
    state_->visit([&](auto& w) { w.Bool(flag); });
    return *this;
}

JsonWriter& JsonWriter::null() {
    state_->visit([](auto& w) { w.Null(); });
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    /// Writes a document again in this writer's layout; numbers keep the digits they have.
    class Copier final : public JsonEvents {
      public:
        Copier(JsonWriter& writer, State& state) : writer_(writer), state_(state) {}
        void null() override { writer_.null(); }
        void boolean(bool flag) override { writer_.value(flag); }
        void number(std::string_view digits, const DocumentPath&) override { state_.number(digits); }
        void text(std::string_view text) override { writer_.value(text); }
        void key(std::string_view name) override { writer_.key(name); }
        void begin_object() override { writer_.begin_object(); }
        void end_object(std::size_t) override { writer_.end_object(); }
        void begin_array() override { writer_.begin_array(); }
        void end_array(std::size_t) override { writer_.end_array(); }

      private:
        JsonWriter& writer_;
        State& state_;
    };
    Copier copier(*this, *state_);
    walk_json(json, std::numeric_limits<unsigned>::max(), copier);
    return *this;
}

std::string JsonWriter::take() { return std::move(state_->output.text); }

}  // namespace mrcz::meta
