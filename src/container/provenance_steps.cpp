#include "container/provenance_steps.hpp"

#include "meta/json_writer.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/version.hpp"

namespace mrcz::container {
namespace {

constexpr std::string_view blank = " \t\r\n";

void write_program(meta::JsonWriter& json) {
    json.member("program", std::string_view("mrcz")).member("version", std::string_view(version));
}

/// The array's text without its closing bracket; a document that is none becomes its first element.
std::string open_array(const Section& provenance) {
    const std::string_view text(reinterpret_cast<const char*>(provenance.payload.data()), provenance.payload.size());
    if (provenance.encoding != encoding::json || text.find_first_not_of(blank) == std::string_view::npos) return "[";
    (void)Metadata::from_json(text);
    if (text[text.find_first_not_of(blank)] != '[') return "[" + std::string(text);
    return std::string(text.substr(0, text.find_last_of(']')));
}

}  // namespace

std::string append_step(std::string_view codec, std::int64_t frames_before, std::int64_t frames_after) {
    meta::JsonWriter json;
    json.begin_object().member("step", "append").member("codec", codec).member("lossless", true);
    json.member("frames_before", frames_before).member("frames", frames_after);
    write_program(json);
    return json.end_object().take();
}

std::string replace_step(const FrameRun& frames) {
    meta::JsonWriter json;
    json.begin_object().member("step", "replace").member("first", frames.first).member("last", frames.last - 1);
    write_program(json);
    return json.end_object().take();
}

std::string repair_step(std::string_view how, std::int64_t frames_before, const std::vector<FrameRun>& kept,
                        const std::vector<std::string>& lost) {
    meta::JsonWriter json;
    json.begin_object().member("step", "repair").member("how", how).member("frames_before", frames_before);
    json.key("kept").begin_array();
    for (const FrameRun& run : kept) json.begin_array().value(run.first).value(run.last).end_array();
    json.end_array();
    if (!lost.empty()) {
        json.key("lost").begin_array();
        for (const std::string& part : lost) json.value(std::string_view(part));
        json.end_array();
    }
    write_program(json);
    return json.end_object().take();
}

Section with_step(const Section* provenance, const std::string& step) {
    std::string text = provenance == nullptr ? "[" : open_array(*provenance);
    const std::size_t last = text.find_last_not_of(blank);
    if (text[last] != '[') text += ',';
    text += step + ']';
    const auto bytes = std::as_bytes(std::span(text));
    return {std::string(section::provenance), std::string(encoding::json), 0, Bytes(bytes.begin(), bytes.end())};
}

}  // namespace mrcz::container
