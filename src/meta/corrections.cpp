#include <array>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "meta/json_document.hpp"
#include "mrcz/provenance.hpp"

namespace mrcz {
namespace {

/// Values of a step by their keys, those of objects within it as `gain.file`; of an array the number of its items.
using Step = std::map<std::string, std::string, std::less<>>;

class StepCollector final : public meta::JsonEvents {
  public:
    void null() override { keep("null"); }
    void boolean(bool value) override { keep(value ? "true" : "false"); }
    void number(std::string_view written, const meta::DocumentPath&) override { keep(written); }
    void text(std::string_view value) override { keep(value); }
    void key(std::string_view name) override { key_ = name; }
    void begin_object() override {
        begin();
        if (path_.size() == 2) steps_.emplace_back();
    }
    void end_object(std::size_t) override { end(); }
    void begin_array() override { begin(); }
    void end_array(std::size_t items) override {
        end();
        keep(std::to_string(items));
    }

    [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }

  private:
    void begin() { path_.push_back(std::exchange(key_, {})); }
    void end() {
        key_ = std::move(path_.back());
        path_.pop_back();
    }
    /// Steps are objects in an array; nothing deeper than what they hold directly is asked for.
    void keep(std::string_view value) {
        if (path_.size() < 2 || path_.size() > 3 || key_.empty() || steps_.empty()) return;
        steps_.back().insert_or_assign(path_.size() == 3 ? path_[2] + '.' + key_ : key_, value);
    }

    std::vector<std::string> path_;
    std::string key_;
    std::vector<Step> steps_;
};

std::string value(const Step& step, std::string_view key) {
    const auto found = step.find(key);
    return found == step.end() ? std::string() : printable(found->second, 60);
}

bool is(const Step& step, std::string_view key, std::string_view wanted) { return value(step, key) == wanted; }

/// Without folders.
std::string file_name(const Step& step, std::string_view key) {
    const auto found = step.find(key);
    if (found == step.end()) return {};
    return printable(std::string_view(found->second).substr(found->second.find_last_of('/') + 1), 60);
}

std::string gain_text(const Step& step) {
    if (!step.contains("gain.file")) return {};
    std::string text = is(step, "gain.kind", "flat_field") ? "divided by the flat field " : "gain reference ";
    text += file_name(step, "gain.file");
    if (const auto gamma = value(step, "gain.gamma"); !gamma.empty()) text += " to the power of " + gamma;
    return text;
}

std::string outliers_text(const Step& step) {
    if (!step.contains("outliers.fill")) return {};
    std::string text = value(step, "outliers.hot") + " hot and " + value(step, "outliers.dead") + " dead pixels";
    if (is(step, "outliers.rule", "known")) text = "known bad pixels";
    if (is(step, "outliers.fill", "random")) return text + " replaced by random neighbours";
    return text + " replaced by the mean of neighbours";
}

std::string koma_text(const Step& step) {
    const std::string movies = value(step, "koma.movies");
    if (movies.empty() || movies == "0") return {};
    return (is(step, "koma.divided", "true") ? "divided by the mean of " : "mean of ") + movies +
           (is(step, "koma.divided", "true") ? " movies (KOMA)" : " movies subtracted (KOMA)");
}

std::string text_of(const Step& step) {
    const std::array parts{
        step.contains("dark.file") ? "less the dark " + file_name(step, "dark.file") : std::string(), gain_text(step),
        step.contains("defects.file") ? "defects of " + file_name(step, "defects.file") : std::string(),
        outliers_text(step), koma_text(step)};
    std::string text;
    for (const std::string& part : parts)
        if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
    return text.empty() ? "by a step that says no more" : text;
}

}  // namespace

std::vector<std::string> corrections_in(std::string_view provenance, const Limits& limits) {
    std::vector<std::string> texts;
    if (provenance.empty()) return texts;
    StepCollector collector;
    meta::walk_json(provenance, limits.metadata_depth, collector);
    for (const Step& step : collector.steps())
        if (is(step, "step", "process")) texts.push_back(text_of(step));
    return texts;
}

}  // namespace mrcz
