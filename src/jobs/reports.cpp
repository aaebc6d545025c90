#include "mrcz/reports.hpp"

#include <array>

#include "jobs/findings_json.hpp"

namespace mrcz {

using meta::JsonWriter;

void jobs::write_findings(JsonWriter& json, const std::vector<Finding>& findings) {
    json.key("findings").begin_array();
    for (const Finding& finding : findings)
        json.begin_object()
            .member("severity", severity_name(finding.severity))
            .member("rule", std::string_view(finding.rule))
            .member("field", std::string_view(finding.field))
            .member("message", std::string_view(finding.message))
            .end_object();
    json.end_array();
}

std::string json_report(std::string_view verb, std::string_view input, std::string_view output, const JobResult& result,
                        double seconds) {
    JsonWriter json;
    json.begin_object().member("verb", verb).member("input", input).member("output", output);
    json.member("frames", result.frames).member("bytes_in", result.bytes_in).member("bytes_out", result.bytes_out);
    json.member("clipped", result.converted.clipped).member("rounded", result.converted.rounded);
    if (!result.codec.empty()) json.member("codec", std::string_view(result.codec));
    return json.member("seconds", seconds).end_object().take();
}

std::string json_report(std::string_view verb, std::string_view input, std::string_view output,
                        std::string_view skipped) {
    JsonWriter json;
    json.begin_object().member("verb", verb).member("input", input).member("output", output);
    return json.member("skipped", skipped).end_object().take();
}

namespace {

void begin_report(JsonWriter& json, std::string_view verb, std::string_view input, const Error& error) {
    json.begin_object().member("verb", verb).member("input", input).key("error").begin_object();
    json.member("code", name_of(error.code())).member("message", std::string_view(error.what())).end_object();
}

void write_runs(JsonWriter& json, std::string_view name, const std::vector<FrameRange>& runs) {
    json.key(name).begin_array();
    for (const FrameRange& run : runs) json.begin_array().value(run.first).value(run.last).end_array();
    json.end_array();
}

}  // namespace

std::string json_report(std::string_view verb, std::string_view input, const Error& error) {
    JsonWriter json;
    begin_report(json, verb, input, error);
    return json.end_object().take();
}

std::string json_report(std::string_view input, const Error& error, const DamagedFrames& damaged) {
    JsonWriter json;
    begin_report(json, "verify", input, error);
    json.member("damaged_frame_count", damaged.count);
    write_runs(json, "damaged_frames", damaged.runs);
    return json.end_object().take();
}

void DamagedFrames::add(std::int64_t frame) {
    ++count;
    const bool goes_on = !runs.empty() && runs.back().last == frame;
    if (goes_on) {
        ++runs.back().last;
    } else if (runs.size() < most_runs) {
        runs.push_back({frame, frame + 1});
    }
}

std::string json_report(std::string_view input, const VerifyResult& result) {
    JsonWriter json;
    json.begin_object().member("verb", "verify").member("input", input);
    json.member("frames", result.frames).member("bytes", result.bytes);
    json.member("frames_hashed", result.frames_hashed).member("original_matched", result.original_matched);
    jobs::write_findings(json, result.findings);
    return json.end_object().take();
}

std::string json_report(std::string_view target, const AppendResult& result) {
    JsonWriter json;
    json.begin_object().member("verb", "append").member("target", target);
    json.member("frames_before", result.frames_before).member("frames", result.frames);
    json.member("bytes_in", result.bytes_in).member("bytes_out", result.bytes_out);
    return json.end_object().take();
}

std::string json_report(std::string_view input, const RepairResult& result) {
    constexpr std::array<std::pair<RepairAction, std::string_view>, 5> actions{{
        {RepairAction::none, "none"},
        {RepairAction::forgot_journal, "forgot_journal"},
        {RepairAction::rolled_back, "rolled_back"},
        {RepairAction::finished, "finished"},
        {RepairAction::salvaged, "salvaged"},
    }};
    JsonWriter json;
    json.begin_object().member("verb", "repair").member("input", input);
    for (const auto& [action, name] : actions)
        if (action == result.action) json.member("action", name);
    json.member("problem", std::string_view(result.problem)).member("output", std::string_view(result.output.string()));
    json.member("frames_before", result.frames_before).member("frames", result.frames);
    write_runs(json, "lost_frames", result.lost_frames);
    json.key("lost_sections").begin_array();
    for (const std::string& id : result.lost_sections) json.value(std::string_view(id));
    json.end_array().member("footer_lost", result.footer_lost).member("bytes_dropped", result.bytes_dropped);
    return json.end_object().take();
}

std::string json_report(std::string_view input, std::string_view output, const ArrayType& array) {
    JsonWriter json;
    json.begin_object().member("verb", "zarr").member("input", input).member("output", output);
    json.member("dtype", array.dtype).key("shape").begin_array();
    for (const std::int64_t size : array.shape) json.value(size);
    json.end_array().key("axes").begin_array();
    for (const std::string_view axis : array.axes) json.value(axis);
    return json.end_array().end_object().take();
}

std::string json_report(std::string_view input, std::string_view output, const ConvertFileResult& result,
                        double seconds) {
    JsonWriter json;
    json.begin_object().member("verb", "convert").member("input", input).member("output", output);
    json.member("frames", result.frames).member("bytes_in", result.bytes_in).member("bytes_out", result.bytes_out);
    json.member("moved", result.moved).member("recoded", result.recoded);
    json.member("why_recoded", std::string_view(result.why_recoded)).key("left_behind").begin_array();
    for (const std::string& part : result.left_behind) json.value(std::string_view(part));
    json.end_array().member("clipped", result.converted.clipped).member("rounded", result.converted.rounded);
    return json.member("seconds", seconds).end_object().take();
}

std::string json_report(const ContainerInfo& container) {
    JsonWriter json;
    json.begin_object().member("kind", "container").member("name", container.name).member("endings", container.endings);
    return json.member("here", container.here).member("why_not", container.why_not).end_object().take();
}

std::string json_report(const CodecInfo& codec) {
    JsonWriter json;
    json.begin_object().member("id", unsigned{codec.id}).member("name", codec.name);
    json.member("reads", codec.reads).member("writes", codec.writes);
    json.member("lossless", codec.loss == Loss::lossless);
    json.key("levels").begin_array().value(codec.least_level).value(codec.greatest_level).end_array();
    json.member("default_level", codec.default_level).member("speed", codec.speed);
    return json.member("summary", codec.summary).member("why_not", codec.why_not).end_object().take();
}

}  // namespace mrcz
