// From file to file.
#include "mrcz/jobs.hpp"

#include "capi/arguments.hpp"
#include "capi/context.hpp"
#include "mrcz/reports.hpp"

namespace mrcz::capi {
namespace {

static_assert(static_cast<int>(RepairAction::forgot_journal) == MRCZ_REPAIR_FORGOT_JOURNAL &&
              static_cast<int>(RepairAction::rolled_back) == MRCZ_REPAIR_ROLLED_BACK &&
              static_cast<int>(RepairAction::finished) == MRCZ_REPAIR_FINISHED &&
              static_cast<int>(RepairAction::salvaged) == MRCZ_REPAIR_SALVAGED);

std::optional<PixelType> optional_type(std::int32_t number) {
    if (number == 0) return std::nullopt;
    return pixel_type_of(number, "options.pixel_type");
}

CompressOptions options_of(const mrcz_compress_options& asked) {
    const auto reading = taken(asked.reading, "options.reading");
    CompressOptions options;
    if (asked.codec != nullptr) options.codec = asked.codec;
    options.coding = coding_of(asked.level, asked.block_bytes, asked.filter);
    if (asked.metadata != nullptr)
        options.metadata = metadata_of(asked.metadata, asked.metadata_bytes, asked.metadata_format);
    options.limits = limits_of(reading);
    options.mode0 = mode0_of(reading);
    options.dtype = optional_type(asked.pixel_type);
    options.allowed = rules_of(asked.allow);
    options.keep_sum = asked.keep_sum != 0;
    return options;
}

DecompressOptions options_of(const mrcz_decompress_options& asked) {
    const auto reading = taken(asked.reading, "options.reading");
    DecompressOptions options;
    if (asked.frames != nullptr) options.frames = asked.frames;
    options.keep_metadata = asked.keep_metadata != 0;
    options.limits = limits_of(reading);
    options.mode0 = mode0_of(reading);
    options.dtype = optional_type(asked.pixel_type);
    options.allowed = rules_of(asked.allow);
    return options;
}

VerifyOptions options_of(const mrcz_verify_options& asked) {
    const auto reading = taken(asked.reading, "options.reading");
    VerifyOptions options;
    options.limits = limits_of(reading);
    options.mode0 = mode0_of(reading);
    if (asked.damaged != nullptr)
        options.damaged = [damaged = asked.damaged, user = asked.user](std::int64_t frame, const Error& why) {
            damaged(user, frame, why.what());
        };
    return options;
}

RepairOptions options_of(const mrcz_repair_options& asked) {
    RepairOptions options;
    if (asked.output != nullptr) options.output = asked.output;
    options.overwrite = asked.overwrite != 0;
    options.dry_run = asked.dry_run != 0;
    options.uncommitted = asked.uncommitted != 0;
    options.drop_uncommitted = asked.drop_uncommitted != 0;
    options.limits = limits_of(taken(asked.reading, "options.reading"));
    return options;
}

AppendOptions options_of(const mrcz_extend_options& asked) {
    const auto reading = taken(asked.reading, "options.reading");
    AppendOptions options;
    options.coding = coding_of(asked.level, asked.block_bytes, asked.filter);
    const LiveOptions live = live_of(asked.live_frames, asked.live_seconds);
    if (asked.is_live != 0) options.live = live;
    options.limits = limits_of(reading);
    options.mode0 = mode0_of(reading);
    options.corrected = asked.is_corrected != 0;
    return options;
}

mrcz_job_result in_c(const JobResult& result) {
    mrcz_job_result row{};
    row.frames = result.frames;
    row.bytes_in = result.bytes_in;
    row.bytes_out = result.bytes_out;
    row.changes = {result.converted.clipped, result.converted.rounded};
    return row;
}

mrcz_verify_result in_c(const VerifyResult& result) {
    mrcz_verify_result row{};
    row.frames = result.frames;
    row.bytes = result.bytes;
    row.frames_hashed = result.frames_hashed ? 1 : 0;
    row.original_matched = result.original_matched ? 1 : 0;
    return row;
}

mrcz_repair_result in_c(const RepairResult& result) {
    mrcz_repair_result row{};
    row.frames_before = result.frames_before;
    row.frames = result.frames;
    for (const FrameRange& range : result.lost_frames) row.lost_frames += range.last - range.first;
    row.bytes_dropped = result.bytes_dropped;
    row.action = static_cast<std::int32_t>(result.action);
    row.lost_sections = static_cast<std::int32_t>(result.lost_sections.size());
    return row;
}

mrcz_append_result in_c(const AppendResult& result) {
    mrcz_append_result row{};
    row.frames_before = result.frames_before;
    row.frames = result.frames;
    row.bytes_in = result.bytes_in;
    row.bytes_out = result.bytes_out;
    return row;
}

template <class Result, class Row>
void give_result(const Result& found, Row* result) {
    if (result != nullptr) give(in_c(found), result, "result");
}

std::vector<Input> inputs_of(const char* const* inputs, std::int32_t count) {
    std::vector<Input> files;
    for (const char* name : texts_at(inputs, count, "inputs")) files.push_back(Input::file(name));
    return files;
}

template <class Options, class Job>
void from_file_to_file(const char* input, const char* output, const Options* options, mrcz_context* context,
                       mrcz_job_result* result, const Job& job) {
    require(input, "input");
    require(output, "output");
    const auto asked = taken(options, "options");
    require_room(result);
    const ContextUse use(context);
    give_result(job(Input::file(input), Output::file(output, asked.overwrite != 0), options_of(asked), use.get()),
                result);
}

/// Of jobs that also tell in words: `job` gives what it found of the file at `path`.
template <class Options, class Row, class Job>
void reported(const char* path, const char* name, const Options* options, mrcz_context* context, Row* result,
              char** report, const Job& job) {
    if (report != nullptr) *report = nullptr;
    require(path, name);
    const auto asked = taken(options, "options");
    require_room(result);
    const ContextUse use(context);
    const auto found = job(options_of(asked), use.get());
    give_result(found, result);
    if (report != nullptr) *report = copied(json_report(path, found));
}

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;
using mrcz::Input;
using mrcz::Output;

std::int32_t mrcz_compress(const char* input, const char* output, const mrcz_compress_options* options,
                           mrcz_context* context, mrcz_job_result* result) {
    return guarded(__func__, [&] {
        from_file_to_file(input, output, options, context, result,
                          [](auto&&... all) { return mrcz::compress(all...); });
    });
}

std::int32_t mrcz_decompress(const char* input, const char* output, const mrcz_decompress_options* options,
                             mrcz_context* context, mrcz_job_result* result) {
    return guarded(__func__, [&] {
        from_file_to_file(input, output, options, context, result,
                          [](auto&&... all) { return mrcz::decompress(all...); });
    });
}

std::int32_t mrcz_verify(const char* input, const mrcz_verify_options* options, mrcz_context* context,
                         mrcz_verify_result* result, char** report) {
    return guarded(__func__, [&] {
        reported(input, "input", options, context, result, report,
                 [&](const auto& asked, const auto& run) { return mrcz::verify(Input::file(input), asked, run); });
    });
}

std::int32_t mrcz_repair(const char* path, const mrcz_repair_options* options, mrcz_context* context,
                         mrcz_repair_result* result, char** report) {
    return guarded(__func__, [&] {
        reported(path, "path", options, context, result, report,
                 [&](const auto& asked, const auto& run) { return mrcz::repair(path, asked, run); });
    });
}

std::int32_t mrcz_append(const char* const* inputs, std::int32_t count, const char* target,
                         const mrcz_extend_options* options, mrcz_context* context, mrcz_append_result* result) {
    return guarded(__func__, [&] {
        const std::vector<Input> files = inputs_of(inputs, count);
        require(target, "target");
        const auto asked = taken(options, "options");
        require_room(result);
        const ContextUse use(context);
        give_result(mrcz::append(files, target, options_of(asked), use.get()), result);
    });
}
