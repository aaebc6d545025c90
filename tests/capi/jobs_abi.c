// From file to file.
#include <stdlib.h>

#include "check.h"
#include "stacks.h"
#include "tests.h"

static int are_equal(const char* one, const char* other) {
    FILE* first = fopen(one, "rb");
    FILE* second = fopen(other, "rb");
    int byte = first != NULL && second != NULL ? 0 : 1;
    while (byte == 0) {
        const int expected = fgetc(first);
        if (fgetc(second) != expected) byte = 1;
        if (expected == EOF) break;
    }
    if (first != NULL) fclose(first);
    if (second != NULL) fclose(second);
    return byte == 0;
}

void compressing_and_back_gives_the_file(void) {
    mrcz_job_result result;
    mrcz_compress_options compressing;
    mrcz_decompress_options restoring;
    mrcz_verify_result verified;
    char* report = NULL;
    OK(mrcz_struct_init(&result, sizeof result));
    OK(mrcz_struct_init(&compressing, sizeof compressing));
    OK(mrcz_struct_init(&restoring, sizeof restoring));
    OK(mrcz_struct_init(&verified, sizeof verified));
    compressing.codec = "rans";
    compressing.keep_sum = 1;
    compressing.metadata = "{\"a\": 1}";
    compressing.metadata_bytes = 8;
    compressing.metadata_format = MRCZ_METADATA_JSON;
    OK(mrcz_compress(testdata("projections.mrcs"), scratch("job.mrcz"), &compressing, NULL, &result));
    CHECK(result.frames == 40 && result.bytes_in == (uint64_t)file_size(testdata("projections.mrcs")));
    CHECK(result.bytes_out == (uint64_t)file_size(scratch("job.mrcz")) && result.bytes_out < result.bytes_in);
    OK(mrcz_verify(scratch("job.mrcz"), NULL, NULL, &verified, &report));
    CHECK(verified.frames == 40 && verified.frames_hashed == 1 && verified.original_matched == 1);
    CHECK(report[0] == '{' && strstr(report, "\"findings\"") != NULL);
    mrcz_free(report);
    OK(mrcz_decompress(scratch("job.mrcz"), scratch("job.mrcs"), NULL, NULL, &result));
    CHECK(are_equal(testdata("projections.mrcs"), scratch("job.mrcs")));
    CHECK_STATUS(MRCZ_ERROR_TARGET_EXISTS, mrcz_decompress(scratch("job.mrcz"), scratch("job.mrcs"), NULL, NULL, NULL));
    restoring.overwrite = 1;
    restoring.frames = "10:12";
    restoring.pixel_type = MRCZ_FLOAT32;
    OK(mrcz_decompress(scratch("job.mrcz"), scratch("job.mrcs"), &restoring, NULL, &result));
    CHECK(result.frames == 2 && file_size(scratch("job.mrcs")) >= 1024 + 2 * 160 * 135 * 4);

    CHECK_STATUS(MRCZ_ERROR_TARGET_EXISTS,
                 mrcz_compress(testdata("projections.mrcs"), scratch("job.mrcz"), NULL, NULL, NULL));
    compressing.overwrite = 1;
    compressing.pixel_type = MRCZ_INT8;
    CHECK_STATUS(MRCZ_ERROR_INVALID_ARGUMENT,
                 mrcz_compress(testdata("projections.mrcs"), scratch("job.mrcz"), &compressing, NULL, &result));
    compressing.allow = MRCZ_ALLOW_CLIP;
    OK(mrcz_compress(testdata("projections.mrcs"), scratch("job.mrcz"), &compressing, NULL, &result));
    CHECK(result.changes.clipped > 0 && result.changes.rounded == 0);
}

void jobs_refuse_what_cannot_be(void) {
    mrcz_compress_options compressing;
    mrcz_decompress_options restoring;
    mrcz_verify_options verifying;
    mrcz_repair_options repairing;
    mrcz_read_options reading;
    mrcz_job_result result = {0};
    mrcz_verify_result verified = {0};
    mrcz_repair_result repaired = {0};
    char* report = (char*)&failures;
    const char* in = testdata("projections.mrcs");
    const char* out = scratch("never.mrcz");
    REFUSED(mrcz_compress(NULL, out, NULL, NULL, NULL), "input is null");
    REFUSED(mrcz_compress(in, NULL, NULL, NULL, NULL), "output is null");
    REFUSED(mrcz_compress(in, out, NULL, NULL, &result), "result: ");
    OK(mrcz_struct_init(&compressing, sizeof compressing));
    compressing.codec = "raw";
    REFUSED(mrcz_compress(in, out, &compressing, NULL, NULL), "raw");
    compressing.codec = NULL;
    compressing.allow = 8;
    REFUSED(mrcz_compress(in, out, &compressing, NULL, NULL), "allow is 8");
    compressing.allow = 0;
    compressing.pixel_type = -3;
    REFUSED(mrcz_compress(in, out, &compressing, NULL, NULL), "pixel_type is -3");
    compressing.pixel_type = 0;
    compressing.reading = &reading;
    memset(&reading, 0, sizeof reading);
    REFUSED(mrcz_compress(in, out, &compressing, NULL, NULL), "options.reading");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_compress(scratch("nothing.mrc"), out, NULL, NULL, NULL));

    REFUSED(mrcz_decompress(NULL, out, NULL, NULL, NULL), "input is null");
    REFUSED(mrcz_decompress(in, NULL, NULL, NULL, NULL), "output is null");
    REFUSED(mrcz_decompress(in, out, NULL, NULL, &result), "result: ");
    OK(mrcz_struct_init(&restoring, sizeof restoring));
    restoring.frames = "ten";
    REFUSED(mrcz_decompress(in, out, &restoring, NULL, NULL), "ten");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_decompress(scratch("nothing.mrc"), out, NULL, NULL, NULL));
    CHECK(file_size(out) == -1);

    REFUSED(mrcz_verify(NULL, NULL, NULL, NULL, &report), "input is null");
    CHECK(report == NULL);
    REFUSED(mrcz_verify(in, NULL, NULL, &verified, NULL), "result: ");
    OK(mrcz_struct_init(&verifying, sizeof verifying));
    OK(mrcz_struct_init(&reading, sizeof reading));
    verifying.reading = &reading;
    reading.mode0 = -1;
    REFUSED(mrcz_verify(in, &verifying, NULL, NULL, NULL), "mode0 is -1");

    REFUSED(mrcz_repair(NULL, NULL, NULL, NULL, NULL), "path is null");
    REFUSED(mrcz_repair(in, NULL, NULL, &repaired, NULL), "result: ");
    OK(mrcz_struct_init(&repairing, sizeof repairing));
    repairing.struct_size = 5;
    REFUSED(mrcz_repair(in, &repairing, NULL, NULL, NULL), "mrcz_struct_init");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_repair(scratch("nothing.mrc"), NULL, NULL, NULL, NULL));
}

struct damaged {
    int count;
    int64_t frame;
};

static void note_damage(void* user, int64_t frame, const char* why) {
    struct damaged* damaged = user;
    ++damaged->count;
    damaged->frame = frame;
    CHECK(strstr(why, "frame") != NULL);
}

void verifying_tells_of_damaged_frames(void) {
    struct damaged damaged = {0, -1};
    mrcz_verify_options options;
    char* report = (char*)&failures;
    OK(mrcz_struct_init(&options, sizeof options));
    options.damaged = note_damage;
    options.user = &damaged;
    make_stack(scratch("verified.mrcz"), "zstd");
    OK(mrcz_verify(scratch("verified.mrcz"), &options, NULL, NULL, NULL));
    CHECK(damaged.count == 0);
    damage(scratch("verified.mrcz"), 1024 + 60);
    CHECK_STATUS(MRCZ_ERROR_CORRUPT, mrcz_verify(scratch("verified.mrcz"), &options, NULL, NULL, &report));
    CHECK(damaged.count == 1 && damaged.frame == 0 && report == NULL);
}

void repairing_saves_whole_frames(void) {
    mrcz_repair_options options;
    mrcz_repair_result result;
    char* report = NULL;
    OK(mrcz_struct_init(&options, sizeof options));
    OK(mrcz_struct_init(&result, sizeof result));
    make_stack(scratch("repaired.mrcz"), "zstd");
    OK(mrcz_repair(scratch("repaired.mrcz"), NULL, NULL, &result, &report));
    CHECK(result.action == MRCZ_REPAIR_NONE && result.frames == FRAMES);
    mrcz_free(report);
    damage(scratch("repaired.mrcz"), 1024 + 60);
    options.dry_run = 1;
    OK(mrcz_repair(scratch("repaired.mrcz"), &options, NULL, &result, NULL));
    CHECK(result.action == MRCZ_REPAIR_SALVAGED && file_size(scratch("repaired.repaired.mrcz")) == -1);
    options.dry_run = 0;
    options.output = scratch("whole.mrcz");
    OK(mrcz_repair(scratch("repaired.mrcz"), &options, NULL, &result, &report));
    CHECK(result.frames_before == FRAMES && result.frames == FRAMES - 1 && result.lost_frames == 1);
    CHECK(strstr(report, "\"salvaged\"") != NULL && strstr(report, "whole.mrcz") != NULL);
    mrcz_free(report);
    OK(mrcz_verify(scratch("whole.mrcz"), NULL, NULL, NULL, NULL));
}

static void note_message(void* user, const char* message) {
    CHECK(strlen(message) > 8);
    ++*(int*)user;
}

void files_are_appended(void) {
    mrcz_append_result result;
    mrcz_extend_options options;
    mrcz_context* context = NULL;
    int messages = 0;
    OK(mrcz_struct_init(&result, sizeof result));
    OK(mrcz_struct_init(&options, sizeof options));
    OK(mrcz_context_open(2, &context));
    OK(mrcz_context_set_log(context, note_message, &messages));
    make_stack(scratch("one.mrc"), "raw");
    make_stack(scratch("two.mrcz"), "lz4");
    OK(mrcz_compress(scratch("one.mrc"), scratch("target.mrcz"), NULL, NULL, NULL));
    const char* const inputs[2] = {scratch("one.mrc"), scratch("two.mrcz")};
    OK(mrcz_append(inputs, 2, scratch("target.mrcz"), &options, context, &result));
    CHECK(result.frames_before == FRAMES && result.frames == 3 * FRAMES);
    CHECK(result.bytes_out == (uint64_t)file_size(scratch("target.mrcz")) && result.bytes_in > 0);
    CHECK(messages == 3);  // the original is given up, and the metadata of both inputs
    OK(mrcz_context_set_log(context, NULL, NULL));
    OK(mrcz_verify(scratch("target.mrcz"), NULL, context, NULL, NULL));

    const char* const holes[2] = {scratch("one.mrc"), NULL};
    REFUSED(mrcz_append(holes, 2, scratch("target.mrcz"), NULL, NULL, NULL), "one of inputs is null");
    REFUSED(mrcz_append(NULL, 2, scratch("target.mrcz"), NULL, NULL, NULL), "inputs is null");
    REFUSED(mrcz_append(inputs, -1, scratch("target.mrcz"), NULL, NULL, NULL), "count is -1");
    REFUSED(mrcz_append(inputs, 1, NULL, NULL, NULL, NULL), "target is null");
    const char* const other[1] = {testdata("projections.mrcs")};
    REFUSED(mrcz_append(other, 1, scratch("target.mrcz"), NULL, NULL, NULL), "projections.mrcs");
    options.level = -7;
    CHECK_STATUS(MRCZ_ERROR_INVALID_ARGUMENT, mrcz_append(inputs, 1, scratch("target.mrcz"), &options, NULL, NULL));
    mrcz_append_result never = {0};
    REFUSED(mrcz_append(inputs, 1, scratch("target.mrcz"), NULL, NULL, &never), "result: ");
    OK(mrcz_verify(scratch("target.mrcz"), NULL, NULL, NULL, NULL));
    mrcz_context_close(context);
}
