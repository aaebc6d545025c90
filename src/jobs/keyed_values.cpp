#include "jobs/keyed_values.hpp"

#include <charconv>

#include "meta/json_document.hpp"

namespace mrcz::jobs {
namespace {

class Collector final : public meta::JsonEvents {
  public:
    Collector(std::map<std::string, double, std::less<>>& numbers,
              std::map<std::string, std::string, std::less<>>& texts)
        : numbers_(numbers), texts_(texts) {}

    void key(std::string_view name) override { key_ = plain_key(name); }
    void number(std::string_view written, const meta::DocumentPath&) override {
        double value = 0;
        if (std::from_chars(written.data(), written.data() + written.size(), value).ec == std::errc())
            numbers_.emplace(key_, value);
    }
    void text(std::string_view value) override { texts_.emplace(key_, value); }

  private:
    std::map<std::string, double, std::less<>>& numbers_;
    std::map<std::string, std::string, std::less<>>& texts_;
    std::string key_;
};

}  // namespace

std::string plain_key(std::string_view key) {
    std::string plain;
    for (const char letter : key) {
        if (letter >= 'A' && letter <= 'Z') plain += static_cast<char>(letter - 'A' + 'a');
        if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) plain += letter;
    }
    return plain;
}

KeyedValues::KeyedValues(std::string_view json, const Limits& limits) {
    Collector collector(numbers_, texts_);
    meta::walk_json(json, limits.metadata_depth, collector);
}

std::optional<double> KeyedValues::number(std::string_view key) const {
    const auto found = numbers_.find(key);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> KeyedValues::text(std::string_view key) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace mrcz::jobs
