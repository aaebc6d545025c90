#include "kit/json_fields.hpp"

#include "meta/json_document.hpp"

namespace mrcz::kit {
namespace {

class Collector final : public meta::JsonEvents {
  public:
    std::map<std::string, std::string> fields;

    void null() override { leaf("null"); }
    void boolean(bool value) override { leaf(value ? "true" : "false"); }
    void number(std::string_view value, const meta::DocumentPath&) override { leaf(value); }
    void text(std::string_view value) override { leaf(value); }
    void key(std::string_view name) override { levels_.back().key = name; }
    void begin_object() override { enter("{}", false); }
    void end_object(std::size_t) override { levels_.pop_back(); }
    void begin_array() override { enter("[]", true); }
    void end_array(std::size_t) override { levels_.pop_back(); }

  private:
    struct Level {
        std::string prefix;
        std::string key;
        bool is_array = false;
        std::size_t items = 0;
    };

    std::string next_path() {
        if (levels_.empty()) return {};
        Level& level = levels_.back();
        if (level.is_array) return level.prefix + "[" + std::to_string(level.items++) + "]";
        return level.prefix.empty() ? level.key : level.prefix + "." + level.key;
    }
    void leaf(std::string_view value) { fields[next_path()] = value; }
    void enter(std::string_view what, bool is_array) {
        const std::string path = next_path();
        fields[path] = what;
        levels_.push_back({path, {}, is_array, 0});
    }

    std::vector<Level> levels_;
};

}  // namespace

std::map<std::string, std::string> json_fields(std::string_view text) {
    Collector collector;
    meta::walk_json(text, 64, collector);
    return std::move(collector.fields);
}

}  // namespace mrcz::kit
