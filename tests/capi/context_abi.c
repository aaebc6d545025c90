// Threads, progress, cancelling.
#include "check.h"
#include "stacks.h"
#include "tests.h"

struct told {
    int calls;
    int64_t done, total;
    mrcz_context* context;
    const mrcz_reader* reader;
    int32_t status;
};

static void count_progress(void* user, int64_t done, int64_t total, uint64_t in, uint64_t out) {
    struct told* told = user;
    CHECK(done == told->done + 1);
    (void)in, (void)out;
    ++told->calls;
    told->done = done;
    told->total = total;
}

void contexts_refuse_what_cannot_be(void) {
    mrcz_context* context = NULL;
    mrcz_cancel_token* token = NULL;
    int32_t is_cancelled = 7;
    REFUSED(mrcz_context_open(0, &context), "threads is 0");
    REFUSED(mrcz_context_open(1025, &context), "threads is 1025");
    CHECK(context == NULL);
    REFUSED(mrcz_context_open(2, NULL), "context is null");
    REFUSED(mrcz_context_set_progress(NULL, count_progress, NULL), "context is null");
    REFUSED(mrcz_context_set_log(NULL, NULL, NULL), "context is null");
    REFUSED(mrcz_context_set_cancel_token(NULL, NULL), "context is null");
    REFUSED(mrcz_cancel_token_open(NULL), "token is null");
    REFUSED(mrcz_cancel(NULL), "token is null");
    REFUSED(mrcz_is_cancelled(NULL, &is_cancelled), "token is null");
    OK(mrcz_cancel_token_open(&token));
    REFUSED(mrcz_is_cancelled(token, NULL), "is_cancelled is null");
    OK(mrcz_is_cancelled(token, &is_cancelled));
    CHECK(is_cancelled == 0);
    OK(mrcz_cancel(token));
    OK(mrcz_is_cancelled(token, &is_cancelled));
    CHECK(is_cancelled == 1);
    mrcz_cancel_token_close(token);
    mrcz_cancel_token_close(NULL);
    mrcz_context_close(NULL);
}

void work_tells_its_progress(void) {
    static int16_t frames[FRAMES * PIXELS];
    struct told told = {0};
    mrcz_context* context = NULL;
    mrcz_reader* reader = NULL;
    make_stack(scratch("progress.mrc"), "raw");
    OK(mrcz_context_open(3, &context));
    OK(mrcz_context_set_progress(context, count_progress, &told));
    OK(mrcz_compress(scratch("progress.mrc"), scratch("progress.mrcz"), NULL, context, NULL));
    CHECK(told.calls == FRAMES && told.done == FRAMES && told.total == FRAMES);
    OK(mrcz_context_set_progress(context, NULL, NULL));
    OK(mrcz_verify(scratch("progress.mrcz"), NULL, context, NULL, NULL));
    CHECK(told.calls == FRAMES);
    told = (struct told){0};
    reader = open_stack("progress.mrc", "raw");
    OK(mrcz_context_set_progress(context, count_progress, &told));
    OK(mrcz_read_frames(reader, 1, FRAMES - 1, frames, (FRAMES - 1) * FRAME_BYTES, context));
    CHECK(told.calls == FRAMES - 1 && told.done == FRAMES - 1 && told.total == FRAMES - 1);
    mrcz_reader_close(reader);
    mrcz_context_close(context);
}

void work_can_be_cancelled(void) {
    static int16_t frames[FRAMES * PIXELS];
    mrcz_context* context = NULL;
    mrcz_cancel_token* token = NULL;
    mrcz_reader* reader = open_stack("cancel.mrc", "raw");
    OK(mrcz_context_open(2, &context));
    OK(mrcz_cancel_token_open(&token));
    OK(mrcz_context_set_cancel_token(context, token));
    OK(mrcz_read_frames(reader, 0, FRAMES, frames, sizeof frames, context));
    OK(mrcz_cancel(token));
    CHECK_STATUS(MRCZ_ERROR_CANCELLED, mrcz_read_frames(reader, 0, FRAMES, frames, sizeof frames, context));
    CHECK_STATUS(MRCZ_ERROR_CANCELLED,
                 mrcz_compress(scratch("cancel.mrc"), scratch("cancelled.mrcz"), NULL, context, NULL));
    CHECK(file_size(scratch("cancelled.mrcz")) == -1);
    OK(mrcz_context_set_cancel_token(context, NULL));
    mrcz_cancel_token_close(token);
    OK(mrcz_read_frames(reader, 0, FRAMES, frames, sizeof frames, context));
    mrcz_reader_close(reader);
    mrcz_context_close(context);
}

static void use_again(void* user, int64_t done, int64_t total, uint64_t in, uint64_t out) {
    static int16_t frames[FRAMES * PIXELS];
    struct told* told = user;
    (void)done, (void)total, (void)in, (void)out;
    ++told->calls;
    told->status = mrcz_read_frames(told->reader, 0, FRAMES, frames, sizeof frames, told->context);
}

void a_context_serves_one_call_at_a_time(void) {
    struct told told = {0};
    mrcz_reader* reader = open_stack("busy.mrc", "raw");
    OK(mrcz_context_open(2, &told.context));
    told.reader = reader;
    OK(mrcz_context_set_progress(told.context, use_again, &told));
    OK(mrcz_compress(scratch("busy.mrc"), scratch("busy.mrcz"), NULL, told.context, NULL));
    CHECK(told.calls == FRAMES && told.status == MRCZ_ERROR_INVALID_ARGUMENT);
    mrcz_reader_close(reader);
    mrcz_context_close(told.context);
}
