// Pixels: as they are, converted, added up, damaged, corrected.
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "stacks.h"
#include "tests.h"

void frames_are_read(void) {
    static int16_t frames[FRAMES * PIXELS], expected[PIXELS];
    mrcz_context* context = NULL;
    mrcz_reader* reader = open_stack("frames.mrcz", "zstd");
    OK(mrcz_context_open(3, &context));
    for (int threaded = 0; threaded < 2; ++threaded) {
        memset(frames, 0, sizeof frames);
        OK(mrcz_read_frames(reader, 1, 3, frames, 3 * FRAME_BYTES, threaded ? context : NULL));
        for (int i = 0; i < 3; ++i) {
            fill_frame(1 + i, expected);
            CHECK(memcmp(frames + i * PIXELS, expected, FRAME_BYTES) == 0);
        }
    }
    OK(mrcz_read_frames(reader, FRAMES, 0, frames, 0, NULL));
    OK(mrcz_read_frame(reader, 0, frames, FRAME_BYTES));
    CHECK(frames[0] == pixel_at(0, 0, 0));
    REFUSED(mrcz_read_frame(reader, FRAMES, frames, FRAME_BYTES), "5");
    REFUSED(mrcz_read_frame(reader, -1, frames, FRAME_BYTES), "-1");
    REFUSED(mrcz_read_frame(reader, 0, frames, FRAME_BYTES - 1), "bytes");
    REFUSED(mrcz_read_frame(reader, 0, NULL, FRAME_BYTES), "out is null");
    REFUSED(mrcz_read_frame(NULL, 0, frames, FRAME_BYTES), "reader is null");
    REFUSED(mrcz_read_frames(reader, 3, 3, frames, 3 * FRAME_BYTES, NULL), "3 frames from frame 3");
    REFUSED(mrcz_read_frames(reader, -1, 1, frames, FRAME_BYTES, NULL), "frame -1");
    REFUSED(mrcz_read_frames(reader, 0, -1, frames, FRAME_BYTES, NULL), "-1 frames");
    REFUSED(mrcz_read_frames(reader, INT64_MAX, INT64_MAX, frames, FRAME_BYTES, NULL), "frames");
    REFUSED(mrcz_read_frames(reader, 0, 2, frames, FRAME_BYTES, NULL), "bytes");
    REFUSED(mrcz_read_frames(reader, 0, 1, NULL, FRAME_BYTES, NULL), "out is null");
    REFUSED(mrcz_read_frames(NULL, 0, 1, frames, FRAME_BYTES, NULL), "reader is null");
    mrcz_reader_close(reader);
    mrcz_context_close(context);
}

void frames_are_read_in_another_type(void) {
    static float floats[FRAMES * PIXELS];
    static uint8_t small[FRAMES * PIXELS];
    mrcz_changes changes = {9, 9};
    mrcz_context* context = NULL;
    mrcz_reader* reader = open_stack("types.mrcz", "zstd");
    OK(mrcz_context_open(2, &context));
    OK(mrcz_read_frames_as(reader, 0, FRAMES, MRCZ_FLOAT32, 0, floats, sizeof floats, &changes, context));
    CHECK(changes.clipped == 0 && changes.rounded == 0);
    for (int i = 0; i < FRAMES * PIXELS; ++i)
        CHECK(floats[i] == pixel_at(i / PIXELS, i % PIXELS / COLUMNS, i % COLUMNS));
    REFUSED(mrcz_read_frames_as(reader, 1, 2, MRCZ_UINT8, 0, small, 2 * PIXELS, NULL, NULL), "frame 1");
    OK(mrcz_read_frames_as(reader, 1, 2, MRCZ_UINT8, MRCZ_ALLOW_CLIP, small, 2 * PIXELS, &changes, NULL));
    uint64_t negative = 0;
    for (int i = 0; i < 2 * PIXELS; ++i) {
        const int16_t pixel = pixel_at(1 + i / PIXELS, i % PIXELS / COLUMNS, i % COLUMNS);
        negative += pixel < 0;
        CHECK(small[i] == (pixel < 0 ? 0 : pixel));
    }
    CHECK(changes.clipped == negative && negative > 0);
    REFUSED(mrcz_read_frames_as(reader, 0, 1, 0, 0, small, PIXELS, NULL, NULL), "pixel_type is 0");
    REFUSED(mrcz_read_frames_as(reader, 0, 1, MRCZ_UINT8, 7, small, PIXELS, NULL, NULL), "allow is 7");
    REFUSED(mrcz_read_frames_as(reader, 0, 1, MRCZ_UINT8, 0, small, PIXELS + 1, NULL, NULL), "room for");
    REFUSED(mrcz_read_frames_as(reader, 5, 1, MRCZ_UINT8, 0, small, PIXELS, NULL, NULL), "the file has 5");
    REFUSED(mrcz_read_frames_as(reader, -1, 1, MRCZ_UINT8, 0, small, PIXELS, NULL, NULL), "frame -1");
    REFUSED(mrcz_read_frames_as(reader, 0, 1, MRCZ_UINT8, 0, NULL, PIXELS, NULL, NULL), "out is null");
    REFUSED(mrcz_read_frames_as(NULL, 0, 1, MRCZ_UINT8, 0, small, PIXELS, NULL, NULL), "reader is null");
    REFUSED(mrcz_read_frames_as(reader, 0, 1, MRCZ_RGB8, 0, small, 3 * PIXELS, NULL, NULL), "rgb8");
    mrcz_reader_close(reader);
    mrcz_context_close(context);
}

void frames_are_added_up(void) {
    static double sum[PIXELS];
    static int64_t whole[PIXELS];
    mrcz_context* context = NULL;
    mrcz_reader* reader = open_stack("sum.mrcz", "zstd");
    OK(mrcz_context_open(2, &context));
    OK(mrcz_read_sum(reader, sum, PIXELS, context));
    OK(mrcz_read_integer_sum(reader, whole, PIXELS, NULL));
    for (int i = 0; i < PIXELS; ++i) {
        int64_t expected = 0;
        for (int frame = 0; frame < FRAMES; ++frame) expected += pixel_at(frame, i / COLUMNS, i % COLUMNS);
        CHECK(whole[i] == expected && sum[i] == (double)expected);
    }
    REFUSED(mrcz_read_sum(reader, sum, PIXELS - 1, NULL), "a frame has");
    REFUSED(mrcz_read_sum(reader, NULL, PIXELS, NULL), "out is null");
    REFUSED(mrcz_read_sum(NULL, sum, PIXELS, NULL), "reader is null");
    REFUSED(mrcz_read_integer_sum(reader, whole, 0, NULL), "pixels is 0");
    REFUSED(mrcz_read_integer_sum(reader, NULL, PIXELS, NULL), "out is null");
    REFUSED(mrcz_read_integer_sum(NULL, whole, PIXELS, NULL), "reader is null");
    mrcz_reader_close(reader);
    mrcz_context_close(context);
    OK(mrcz_reader_open(testdata("EMD-3197.map"), NULL, &reader));
    mrcz_stack stack;
    OK(mrcz_struct_init(&stack, sizeof stack));
    OK(mrcz_reader_stack(reader, &stack));
    CHECK(stack.pixel_type == MRCZ_FLOAT32);
    const size_t pixels = (size_t)(stack.rows * stack.columns);
    int64_t* room = malloc(pixels * sizeof *room);
    REFUSED(mrcz_read_integer_sum(reader, room, pixels, NULL), "mrcz_read_sum()");
    free(room);
    mrcz_reader_close(reader);
}

void damaged_frames_are_errors(void) {
    static int16_t frames[FRAMES * PIXELS];
    make_stack(scratch("hurt.mrcz"), "zstd");
    damage(scratch("hurt.mrcz"), 1024 + 60);
    mrcz_reader* reader = NULL;
    OK(mrcz_reader_open(scratch("hurt.mrcz"), NULL, &reader));
    CHECK_STATUS(MRCZ_ERROR_CORRUPT, mrcz_read_frame(reader, 0, frames, FRAME_BYTES));
    CHECK(strstr(mrcz_last_error(), "hurt.mrcz: frame 0") != NULL);
    CHECK_STATUS(MRCZ_ERROR_CORRUPT, mrcz_read_frames(reader, 0, FRAMES, frames, sizeof frames, NULL));
    CHECK_STATUS(MRCZ_ERROR_CORRUPT,
                 mrcz_read_frames_as(reader, 0, 1, MRCZ_INT32, 0, frames, 2 * FRAME_BYTES, NULL, NULL));
    OK(mrcz_read_frame(reader, 1, frames, FRAME_BYTES));
    mrcz_reader_close(reader);
}

/// Counts of a wide Poisson-like spread, one pixel of which is hot, in frames large enough for statistics.
enum { MOVIE_SIDE = 64, MOVIE_PIXELS = MOVIE_SIDE * MOVIE_SIDE, MOVIE_FRAMES = 8, HOT = 20 * MOVIE_SIDE + 30 };

static void make_movie(const char* path) {
    static int16_t frames[MOVIE_FRAMES * MOVIE_PIXELS];
    uint64_t state = 12345;
    for (int i = 0; i < MOVIE_FRAMES * MOVIE_PIXELS; ++i) {
        int counts = 0;
        state = state * 6364136223846793005U + 1442695040888963407U;
        for (int trial = 0; trial < 16; ++trial) counts += (int)(state >> (40 + trial) & 1);
        frames[i] = (int16_t)(i % MOVIE_PIXELS == HOT ? 300 : counts);
    }
    mrcz_writer_options options;
    set_shape(&options);
    options.columns = options.rows = MOVIE_SIDE;
    mrcz_writer* writer = NULL;
    OK(mrcz_writer_create(path, &options, &writer));
    OK(mrcz_writer_append(writer, frames, sizeof frames, NULL));
    OK(mrcz_writer_finish(writer, NULL));
    mrcz_writer_close(writer);
}

static void make_gain(const char* path, float factor) {
    static float pixels[MOVIE_PIXELS];
    for (int i = 0; i < MOVIE_PIXELS; ++i) pixels[i] = factor;
    mrcz_writer_options options;
    set_shape(&options);
    options.columns = options.rows = MOVIE_SIDE;
    options.pixel_type = MRCZ_FLOAT32;
    options.codec = "raw";
    mrcz_writer* writer = NULL;
    OK(mrcz_writer_create(path, &options, &writer));
    OK(mrcz_writer_append(writer, pixels, sizeof pixels, NULL));
    OK(mrcz_writer_finish(writer, NULL));
    mrcz_writer_close(writer);
}

static mrcz_reader* open_movie(void) {
    mrcz_reader* reader = NULL;
    make_movie(scratch("movie.mrcz"));
    OK(mrcz_reader_open(scratch("movie.mrcz"), NULL, &reader));
    return reader;
}

void corrections_are_made_on_load(void) {
    static int16_t raw[MOVIE_PIXELS], filled[2 * MOVIE_PIXELS];
    static float floats[2 * MOVIE_PIXELS], koma[MOVIE_PIXELS];
    mrcz_context* context = NULL;
    mrcz_corrected* corrected = NULL;
    mrcz_corrections corrections;
    mrcz_outliers outliers;
    mrcz_stack stack;
    OK(mrcz_context_open(2, &context));
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    OK(mrcz_struct_init(&outliers, sizeof outliers));
    OK(mrcz_struct_init(&stack, sizeof stack));

    corrections.outliers = MRCZ_OUTLIERS_GUARDED;
    corrections.fill = MRCZ_FILL_RANDOM;
    OK(mrcz_corrected_open(open_movie(), &corrections, context, &corrected));
    OK(mrcz_corrected_outliers(corrected, &outliers));
    CHECK(outliers.hot == 1 && outliers.dead == 0 && outliers.singletons == 1 && outliers.hot_threshold > 0);
    OK(mrcz_corrected_stack(corrected, &stack));
    CHECK(stack.frames == MOVIE_FRAMES && stack.pixel_type == MRCZ_INT16 && stack.frame_bytes == sizeof raw);
    OK(mrcz_corrected_read_frames(corrected, 3, 2, filled, sizeof filled, context));
    const mrcz_reader* reader = mrcz_corrected_reader(corrected);
    CHECK(mrcz_corrected_reader(NULL) == NULL);
    OK(mrcz_read_frame(reader, 3, raw, sizeof raw));
    CHECK(raw[HOT] == 300 && filled[HOT] < 17);
    CHECK(memcmp(raw, filled, HOT * sizeof *raw) == 0);
    CHECK(strcmp(mrcz_reader_name(reader), scratch("movie.mrcz")) == 0);
    REFUSED(mrcz_corrected_read_frames(corrected, 7, 2, filled, sizeof filled, NULL), "the file has 8");
    REFUSED(mrcz_corrected_read_frames(corrected, 0, 1, filled, sizeof filled, NULL), "room for");
    REFUSED(mrcz_corrected_read_frames(corrected, 0, 1, NULL, sizeof raw, NULL), "out is null");
    REFUSED(mrcz_corrected_stack(corrected, NULL), "stack is null");
    REFUSED(mrcz_corrected_outliers(corrected, NULL), "outliers is null");
    mrcz_corrected_close(corrected);

    // (counts - dark) * gain^gamma - pattern
    make_gain(scratch("gain.mrc"), 4);
    make_gain(scratch("dark.mrc"), 2);
    for (int i = 0; i < MOVIE_PIXELS; ++i) koma[i] = (float)i;
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    corrections.gain = scratch("gain.mrc");
    corrections.dark = scratch("dark.mrc");
    corrections.gamma = 0.5;
    corrections.gain_quarter_turns = 1;
    corrections.gain_flip = MRCZ_FLIP_UPSIDE_DOWN;
    corrections.koma = koma;
    corrections.koma_pixels = MOVIE_PIXELS;
    OK(mrcz_corrected_open(open_movie(), &corrections, NULL, &corrected));
    memset(koma, 0, sizeof koma);  // was copied
    OK(mrcz_corrected_stack(corrected, &stack));
    CHECK(stack.pixel_type == MRCZ_FLOAT32 && stack.frame_bytes == 4 * MOVIE_PIXELS);
    OK(mrcz_corrected_read_frames(corrected, 3, 2, floats, sizeof floats, NULL));
    for (int i = 0; i < MOVIE_PIXELS; ++i) CHECK(floats[i] == (float)(raw[i] - 2) * 2 - (float)i);
    OK(mrcz_corrected_outliers(corrected, &outliers));
    CHECK(outliers.hot == 0 && outliers.singletons == 0);
    mrcz_corrected_close(corrected);

    // Nothing asked for: the frames as they are, in the type that is asked for.
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    corrections.pixel_type = MRCZ_FLOAT32;
    OK(mrcz_corrected_open(open_movie(), &corrections, NULL, &corrected));
    OK(mrcz_corrected_read_frames(corrected, 3, 1, floats, sizeof floats / 2, NULL));
    for (int i = 0; i < MOVIE_PIXELS; ++i) CHECK(floats[i] == raw[i]);
    mrcz_corrected_close(corrected);
    OK(mrcz_corrected_open(open_movie(), NULL, NULL, &corrected));
    mrcz_corrected_close(corrected);

    FILE* defects = fopen(scratch("defects.txt"), "w");
    fprintf(defects, "%d %d 1 1\n", HOT % MOVIE_SIDE, HOT / MOVIE_SIDE);
    fclose(defects);
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    corrections.defects = scratch("defects.txt");
    OK(mrcz_corrected_open(open_movie(), &corrections, NULL, &corrected));
    OK(mrcz_corrected_read_frames(corrected, 3, 1, filled, sizeof raw, NULL));
    CHECK(filled[HOT] < 17 && memcmp(raw, filled, HOT * sizeof *raw) == 0);
    mrcz_corrected_close(corrected);
    mrcz_corrected_close(NULL);
    mrcz_context_close(context);
}

static void refuse_corrections(const mrcz_corrections* corrections, const char* text) {
    mrcz_corrected* corrected = (mrcz_corrected*)&failures;
    REFUSED(mrcz_corrected_open(open_movie(), corrections, NULL, &corrected), text);
    CHECK(corrected == NULL);
}

void corrections_that_cannot_be_are_refused(void) {
    static float koma[4];
    mrcz_corrections corrections;
    mrcz_corrected* corrected = NULL;
    mrcz_stack stack;
    mrcz_outliers outliers;
    OK(mrcz_struct_init(&stack, sizeof stack));
    OK(mrcz_struct_init(&outliers, sizeof outliers));
    REFUSED(mrcz_corrected_open(NULL, NULL, NULL, &corrected), "reader is null");
    REFUSED(mrcz_corrected_open(open_movie(), NULL, NULL, NULL), "corrected is null");
    REFUSED(mrcz_corrected_stack(NULL, &stack), "corrected is null");
    REFUSED(mrcz_corrected_outliers(NULL, &outliers), "corrected is null");
    REFUSED(mrcz_corrected_read_frames(NULL, 0, 1, koma, 4, NULL), "corrected is null");
#define REFUSE(member, value, text)                         \
    OK(mrcz_struct_init(&corrections, sizeof corrections)); \
    corrections.member = value;                             \
    refuse_corrections(&corrections, text)
    REFUSE(gain_kind, 2, "gain_kind is 2");
    REFUSE(gain_flip, -1, "gain_flip is -1");
    REFUSE(gain_quarter_turns, 4, "gain_quarter_turns is 4");
    REFUSE(gamma, -1, "gamma");
    REFUSE(gamma, (double)NAN, "gamma");
    REFUSE(outliers, 3, "outliers is 3");
    REFUSE(fill, 4, "fill is 4");
    REFUSE(pixel_type, 13, "pixel_type is 13");
    REFUSE(struct_size, 0, "mrcz_struct_init");
#undef REFUSE
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    corrections.koma = koma;
    corrections.koma_pixels = 4;
    refuse_corrections(&corrections, "koma_pixels is 4");
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    corrections.gain = scratch("no_gain.mrc");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_corrected_open(open_movie(), &corrections, NULL, &corrected));
    make_stack(scratch("other_shape.mrc"), "raw");
    corrections.gain = scratch("other_shape.mrc");
    refuse_corrections(&corrections, "64 x 64");
}

void koma_patterns_are_made(void) {
    const double sum[4] = {10, 20, 30, 40};
    float pattern[4] = {0};
    OK(mrcz_koma_pattern(2, 2, sum, 10, 2.5, 0, pattern, 4));
    CHECK(fabsf(pattern[0] + 1.5F) < 1e-6F && fabsf(pattern[3] - 1.5F) < 1e-6F);
    OK(mrcz_koma_pattern(4, 1, sum, 10, 2.5, 1, pattern, 4));
    CHECK(fabsf(pattern[0] - 2.5F) < 1e-6F && fabsf(pattern[3] - 0.625F) < 1e-6F);
    REFUSED(mrcz_koma_pattern(2, 2, NULL, 10, 2.5, 0, pattern, 4), "sum is null");
    REFUSED(mrcz_koma_pattern(2, 2, sum, 10, 2.5, 0, NULL, 4), "pattern is null");
    REFUSED(mrcz_koma_pattern(2, 2, sum, -1, 2.5, 0, pattern, 4), "frames is -1");
    REFUSED(mrcz_koma_pattern(2, 2, sum, 10, 2.5, 0, pattern, 5), "pixels is 5");
    REFUSED(mrcz_koma_pattern(0, 2, sum, 10, 2.5, 0, pattern, 0), "pixels is 0");
    REFUSED(mrcz_koma_pattern(-2, -2, sum, 10, 2.5, 0, pattern, 4), "-2 x -2");
}

void references_are_read(void) {
    float* pixels = NULL;
    int64_t columns = 0, rows = 0;
    make_stack(scratch("reference.mrcz"), "zstd");
    OK(mrcz_read_reference(scratch("reference.mrcz"), NULL, &pixels, &columns, &rows));
    CHECK(columns == COLUMNS && rows == ROWS);
    double mean = 0;
    for (int frame = 0; frame < FRAMES; ++frame) mean += pixel_at(frame, 1, 2) / (double)FRAMES;
    CHECK(fabs(pixels[COLUMNS + 2] - mean) < 1e-4);
    mrcz_free(pixels);
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_read_reference(scratch("none.dm4"), NULL, &pixels, &columns, &rows));
    CHECK(pixels == NULL);
    REFUSED(mrcz_read_reference(NULL, NULL, &pixels, &columns, &rows), "path is null");
    REFUSED(mrcz_read_reference("x", NULL, NULL, &columns, &rows), "pixels is null");
    REFUSED(mrcz_read_reference("x", NULL, &pixels, NULL, &rows), "columns is null");
    REFUSED(mrcz_read_reference("x", NULL, &pixels, &columns, NULL), "rows is null");
    mrcz_read_options options;
    OK(mrcz_struct_init(&options, sizeof options));
    options.mode0 = 9;
    REFUSED(mrcz_read_reference("x", &options, &pixels, &columns, &rows), "mode0 is 9");
}
