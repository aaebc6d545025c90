// Files written frame by frame, given up, grown, extended.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "stacks.h"
#include "tests.h"

static void refuse_options(const mrcz_writer_options* options, const char* text) {
    mrcz_writer* writer = (mrcz_writer*)&failures;
    REFUSED(mrcz_writer_create(scratch("refused.mrcz"), options, &writer), text);
    CHECK(writer == NULL && file_size(scratch("refused.mrcz")) == -1);
}

void writers_refuse_what_cannot_be(void) {
    mrcz_writer_options options;
    mrcz_writer* writer = NULL;
    set_shape(&options);
    REFUSED(mrcz_writer_create(NULL, &options, &writer), "path is null");
    REFUSED(mrcz_writer_create(scratch("refused.mrcz"), NULL, &writer), "options is null");
    REFUSED(mrcz_writer_create(scratch("refused.mrcz"), &options, NULL), "writer is null");
#define REFUSE(member, value, text) \
    set_shape(&options);            \
    options.member = value;         \
    refuse_options(&options, text)
    REFUSE(columns, 0, "0");
    REFUSE(rows, -1, "-1");
    REFUSE(columns, INT64_MAX, "9223372036854775807");
    REFUSE(pixel_type, 0, "pixel_type is 0");
    REFUSE(pixel_type, MRCZ_UINT8, "uint8");
    REFUSE(codec, "flac", "flac");
    REFUSE(filter, 4, "filter is 4");
    REFUSE(live_frames, -1, "live_frames is -1");
    REFUSE(live_seconds, -1, "live_seconds is -1");
    REFUSE(live_seconds, (double)INFINITY, "live_seconds is inf");
    REFUSE(metadata, "{}", "metadata_format is 0");
    REFUSE(struct_size, 4, "mrcz_struct_init");
#undef REFUSE
    set_shape(&options);
    options.metadata = "{";
    options.metadata_bytes = 1;
    options.metadata_format = MRCZ_METADATA_JSON;
    CHECK_STATUS(MRCZ_ERROR_CORRUPT, mrcz_writer_create(scratch("refused.mrcz"), &options, &writer));
    set_shape(&options);
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_writer_create(scratch("no/folder.mrcz"), &options, &writer));
    CHECK(strstr(mrcz_last_error(), "there is no folder") != NULL);
    make_stack(scratch("there.mrcz"), "zstd");
    options.overwrite = 0;
    CHECK_STATUS(MRCZ_ERROR_TARGET_EXISTS, mrcz_writer_create(scratch("there.mrcz"), &options, &writer));
    CHECK(strstr(mrcz_last_error(), "overwrite = 1 replaces it") != NULL);
    CHECK(writer == NULL);
    int16_t frame[PIXELS] = {0};
    options.level = 1000;
    OK(mrcz_writer_create(scratch("refused.mrcz"), &options, &writer));
    REFUSED(mrcz_writer_append(writer, frame, sizeof frame, NULL), "level 1000");
    mrcz_writer_close(writer);
}

void an_abandoned_file_does_not_appear(void) {
    int16_t frame[PIXELS];
    mrcz_writer_options options;
    mrcz_writer* writer = NULL;
    fill_frame(0, frame);
    set_shape(&options);
    OK(mrcz_writer_create(scratch("abandoned.mrcz"), &options, &writer));
    OK(mrcz_writer_append(writer, frame, sizeof frame, NULL));
    mrcz_writer_close(writer);
    CHECK(file_size(scratch("abandoned.mrcz")) == -1);
    make_stack(scratch("older.mrcz"), "zstd");
    const long before = file_size(scratch("older.mrcz"));
    OK(mrcz_writer_create(scratch("older.mrcz"), &options, &writer));
    OK(mrcz_writer_append(writer, frame, sizeof frame, NULL));
    mrcz_writer_close(writer);
    CHECK(file_size(scratch("older.mrcz")) == before);
    mrcz_writer_close(NULL);
}

void a_finished_writer_takes_nothing_more(void) {
    int16_t frame[PIXELS];
    mrcz_writer_options options;
    mrcz_writer* writer = NULL;
    uint64_t bytes = 0;
    fill_frame(0, frame);
    set_shape(&options);
    options.label = "two\nlines";
    REFUSED(mrcz_writer_create(scratch("refused.mrc"), &options, &writer), "control character");
    options.label = "a label of more than eighty bytes, which no header has room for: it would be cut here";
    REFUSED(mrcz_writer_create(scratch("refused.mrc"), &options, &writer), "80 fit");
    options.label = "made by abi_test";
    options.codec = "raw";
    options.voltage_kv = 300;
    options.spherical_aberration_mm = 2.7;
    options.detector_gain = 2;
    options.is_volume = 1;
    OK(mrcz_writer_create(scratch("finished.mrc"), &options, &writer));
    REFUSED(mrcz_writer_append(writer, frame, sizeof frame - 1, NULL), "whole number of frames");
    REFUSED(mrcz_writer_append(writer, NULL, sizeof frame, NULL), "frames is null");
    REFUSED(mrcz_writer_append(NULL, frame, sizeof frame, NULL), "writer is null");
    REFUSED(mrcz_writer_finish(NULL, NULL), "writer is null");
    OK(mrcz_writer_append(writer, frame, sizeof frame, NULL));
    OK(mrcz_writer_finish(writer, &bytes));
    CHECK(bytes == 1024 + FRAME_BYTES && file_size(scratch("finished.mrc")) == (long)bytes);
    REFUSED(mrcz_writer_append(writer, frame, sizeof frame, NULL), "finished");
    REFUSED(mrcz_writer_finish(writer, NULL), "finished");
    mrcz_writer_close(writer);

    mrcz_reader* reader = NULL;
    char* label = NULL;
    int64_t group = -1;
    OK(mrcz_reader_open(scratch("finished.mrc"), NULL, &reader));
    OK(mrcz_header_text(reader, MRCZ_HEADER_CURRENT, "LABEL", 0, &label, NULL));
    CHECK(strncmp(label, options.label, strlen(options.label)) == 0);
    OK(mrcz_header_integer(reader, MRCZ_HEADER_CURRENT, "ISPG", 0, &group));
    CHECK(group == 1);
    mrcz_free(label);
    mrcz_reader_close(reader);
}

void a_failed_writer_finishes_nothing(void) {
    static int16_t frames[FRAMES * PIXELS];
    mrcz_writer_options options;
    mrcz_writer* writer = NULL;
    mrcz_context* context = NULL;
    mrcz_cancel_token* token = NULL;
    OK(mrcz_context_open(2, &context));
    OK(mrcz_cancel_token_open(&token));
    OK(mrcz_context_set_cancel_token(context, token));
    OK(mrcz_cancel(token));
    set_shape(&options);
    OK(mrcz_writer_create(scratch("failed.mrcz"), &options, &writer));
    CHECK_STATUS(MRCZ_ERROR_CANCELLED, mrcz_writer_append(writer, frames, sizeof frames, context));
    REFUSED(mrcz_writer_append(writer, frames, sizeof frames, NULL), "an earlier append failed");
    REFUSED(mrcz_writer_finish(writer, NULL), "an earlier append failed");
    mrcz_writer_close(writer);
    CHECK(file_size(scratch("failed.mrcz")) == -1);
    mrcz_context_close(context);
    mrcz_cancel_token_close(token);
}

static int64_t frames_in(const char* path) {
    mrcz_reader* reader = NULL;
    mrcz_stack stack;
    OK(mrcz_struct_init(&stack, sizeof stack));
    OK(mrcz_reader_open(path, NULL, &reader));
    if (reader != NULL) OK(mrcz_reader_stack(reader, &stack));
    mrcz_reader_close(reader);
    return stack.frames;
}

void a_live_file_is_read_while_it_grows(void) {
    int16_t frame[PIXELS];
    mrcz_writer_options options;
    mrcz_writer* writer = NULL;
    fill_frame(0, frame);
    set_shape(&options);
    options.is_live = 1;
    options.live_frames = 1;
    OK(mrcz_writer_create(scratch("live.mrcz"), &options, &writer));
    for (int i = 1; i <= 3; ++i) {
        OK(mrcz_writer_append(writer, frame, sizeof frame, NULL));
        CHECK(frames_in(scratch("live.mrcz")) == i);
    }
    mrcz_writer_close(writer);
    mrcz_repair_result result;
    OK(mrcz_struct_init(&result, sizeof result));
    OK(mrcz_repair(scratch("live.mrcz"), NULL, NULL, &result, NULL));
    CHECK(result.action == MRCZ_REPAIR_FINISHED && result.frames == 3);
    OK(mrcz_verify(scratch("live.mrcz"), NULL, NULL, NULL, NULL));
}

void finished_files_are_extended(void) {
    int16_t frame[PIXELS], read[PIXELS];
    mrcz_writer* writer = NULL;
    mrcz_extend_options options;
    make_stack(scratch("extended.mrcz"), "zstd");
    fill_frame(FRAMES, frame);
    OK(mrcz_struct_init(&options, sizeof options));
    options.level = 2;
    OK(mrcz_writer_extend(scratch("extended.mrcz"), &options, NULL, &writer));
    OK(mrcz_writer_append(writer, frame, sizeof frame, NULL));
    OK(mrcz_writer_finish(writer, NULL));
    mrcz_writer_close(writer);
    CHECK(frames_in(scratch("extended.mrcz")) == FRAMES + 1);
    mrcz_reader* reader = NULL;
    OK(mrcz_reader_open(scratch("extended.mrcz"), NULL, &reader));
    OK(mrcz_read_frame(reader, FRAMES, read, sizeof read));
    CHECK(memcmp(read, frame, sizeof read) == 0);
    mrcz_reader_close(reader);

    OK(mrcz_writer_extend(scratch("extended.mrcz"), NULL, NULL, &writer));
    OK(mrcz_writer_append(writer, frame, sizeof frame, NULL));
    mrcz_writer_close(writer);
    CHECK(frames_in(scratch("extended.mrcz")) == FRAMES + 1);

    REFUSED(mrcz_writer_extend(NULL, NULL, NULL, &writer), "path is null");
    REFUSED(mrcz_writer_extend(scratch("extended.mrcz"), NULL, NULL, NULL), "writer is null");
    options.filter = -1;
    REFUSED(mrcz_writer_extend(scratch("extended.mrcz"), &options, NULL, &writer), "filter is -1");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_writer_extend(scratch("not_there.mrcz"), NULL, NULL, &writer));
    CHECK(writer == NULL);
}
