#include "mrcz/reports.hpp"

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
    return json.member("seconds", seconds).end_object().take();
}

std::string json_report(std::string_view input, const VerifyResult& result) {
    JsonWriter json;
    json.begin_object().member("verb", "verify").member("input", input);
    json.member("frames", result.frames).member("bytes", result.bytes);
    json.member("frames_hashed", result.frames_hashed).member("original_matched", result.original_matched);
    jobs::write_findings(json, result.findings);
    return json.end_object().take();
}

std::string json_report(const CodecInfo& codec) {
    JsonWriter json;
    json.begin_object().member("id", unsigned{codec.id}).member("name", codec.name);
    json.member("reads", codec.reads).member("writes", codec.writes);
    json.member("lossless", codec.loss == Loss::lossless);
    json.key("levels").begin_array().value(codec.least_level).value(codec.greatest_level).end_array();
    json.member("default_level", codec.default_level);
    return json.member("summary", codec.summary).member("why_not", codec.why_not).end_object().take();
}

}  // namespace mrcz
