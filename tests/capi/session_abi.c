// Sessions of movies, and gamma laws.
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "stacks.h"
#include "tests.h"

enum { SIDE = 64, SIZE = SIDE * SIDE, MOVIE_FRAMES = 6, MOVIES = 4, FLATS = 5, ELECTRONS = 7 };

static void write_stack(const char* path, int32_t pixel_type, const void* pixels, size_t bytes) {
    mrcz_writer_options options;
    mrcz_writer* writer = NULL;
    set_shape(&options);
    options.columns = options.rows = SIDE;
    options.pixel_type = pixel_type;
    OK(mrcz_writer_create(path, &options, &writer));
    OK(mrcz_writer_append(writer, pixels, bytes, NULL));
    OK(mrcz_writer_finish(writer, NULL));
    mrcz_writer_close(writer);
}

/// Counts of their own, with a pattern of stripes that all movies share.
static void make_movie(const char* path, uint64_t seed) {
    static int16_t frames[MOVIE_FRAMES * SIZE];
    uint64_t state = seed;
    for (int i = 0; i < MOVIE_FRAMES * SIZE; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        frames[i] = (int16_t)(ELECTRONS + (state >> 40 & 7) + (i % SIDE % 2 == 0 ? 6 : 0));
    }
    write_stack(path, MRCZ_INT16, frames, sizeof frames);
}

/// Names good until the test ends.
static const char* named(const char* prefix, int number) {
    static char names[32][256];
    static int next = 0;
    char name[64];
    snprintf(name, sizeof name, "%s%d.mrcz", prefix, number);
    next = (next + 1) % 32;
    snprintf(names[next], sizeof *names, "%s", scratch(name));
    return names[next];
}

static float gain_at(int pixel) { return pixel / SIDE / 8 % 2 == 0 ? 0.8F : 1.25F; }

static void make_gain(const char* path) {
    static float pixels[SIZE];
    for (int i = 0; i < SIZE; ++i) pixels[i] = gain_at(i);
    write_stack(path, MRCZ_FLOAT32, pixels, sizeof pixels);
}

struct told {
    int calls, last, failed;
    char report[4096];
};

static void note(void* user, int32_t movie, int32_t status, const char* report) {
    struct told* told = user;
    ++told->calls;
    told->last = movie;
    if (status != MRCZ_OK) ++told->failed;
    snprintf(told->report, sizeof told->report, "%s", report);
}

/// Mean of even columns over that of odd ones, in all frames of the file.
static double stripes_of(const char* path) {
    static double sum[SIZE];
    double columns[2] = {0, 0};
    mrcz_reader* reader = NULL;
    OK(mrcz_reader_open(path, NULL, &reader));
    OK(mrcz_read_sum(reader, sum, SIZE, NULL));
    mrcz_reader_close(reader);
    for (int i = 0; i < SIZE; ++i) columns[i % SIDE % 2] += sum[i];
    return columns[0] / columns[1];
}

void sessions_are_processed(void) {
    const char *movies[MOVIES], *outputs[MOVIES];
    struct told told = {0, -1, 0, ""};
    mrcz_context* context = NULL;
    mrcz_corrections corrections;
    mrcz_process_options options;
    mrcz_process_result result;
    OK(mrcz_context_open(2, &context));
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    OK(mrcz_struct_init(&options, sizeof options));
    OK(mrcz_struct_init(&result, sizeof result));
    for (int i = 0; i < MOVIES; ++i) {
        movies[i] = named("movie", MOVIES - i);  // not in the order in which they are corrected
        outputs[i] = named("corrected", MOVIES - i);
        make_movie(movies[i], (uint64_t)i + 1);
    }
    make_gain(scratch("gain.mrcz"));
    corrections.gain = scratch("gain.mrcz");
    options.corrections = &corrections;
    options.koma_radius = 1;
    options.told = note;
    options.user = &told;
    OK(mrcz_process(movies, outputs, MOVIES, &options, context, &result));
    CHECK(result.movies == MOVIES && result.left_out == 0 && result.frames == (int64_t)MOVIES * MOVIE_FRAMES);
    CHECK(result.bytes_in > 0 && result.bytes_out > 0 && result.clipped == 0);
    CHECK(told.calls == MOVIES && told.failed == 0 && told.last == 0);
    CHECK(told.report[0] == '{' && strstr(told.report, "koma") != NULL);
    CHECK(stripes_of(movies[0]) > 1.3 && fabs(stripes_of(outputs[0]) - 1) < 0.05);

    // What is there stays unless it is to be replaced; a movie that fails does not keep the others.
    CHECK_STATUS(MRCZ_ERROR_TARGET_EXISTS, mrcz_process(movies, outputs, MOVIES, &options, NULL, &result));
    CHECK(told.calls == 2 * MOVIES && told.failed == MOVIES && told.report[0] != '{');
    options.overwrite = 1;
    movies[1] = scratch("no_movie.mrcz");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_process(movies, outputs, MOVIES, &options, NULL, NULL));
    CHECK(told.calls == 3 * MOVIES && told.failed == MOVIES + 1);

    // Without KOMA movies keep their order, and without corrections their pixels; nothing is to be done for none.
    OK(mrcz_struct_init(&options, sizeof options));
    options.overwrite = 1;
    options.is_plain = 1;
    OK(mrcz_process(movies, outputs, 1, &options, NULL, &result));
    CHECK(result.movies == 1 && stripes_of(outputs[0]) == stripes_of(movies[0]));
    mrcz_context_close(context);
}

void sessions_refuse_what_cannot_be(void) {
    static float koma[SIZE];
    const char* movies[] = {scratch("a.mrcz"), NULL};
    const char* outputs[] = {scratch("b.mrcz"), NULL};
    mrcz_corrections corrections;
    mrcz_process_options options;
    mrcz_process_result result = {0};
    mrcz_gamma_law law;
    make_movie(movies[0], 1);
    REFUSED(mrcz_process(NULL, outputs, 1, NULL, NULL, NULL), "movies is null");
    REFUSED(mrcz_process(movies, NULL, 1, NULL, NULL, NULL), "outputs is null");
    REFUSED(mrcz_process(movies, outputs, 2, NULL, NULL, NULL), "one of movies is null");
    REFUSED(mrcz_process(movies, outputs, -1, NULL, NULL, NULL), "count is -1");
    REFUSED(mrcz_process(movies, outputs, 1, NULL, NULL, &result), "result: ");
    REFUSED(mrcz_process(movies, movies, 1, NULL, NULL, NULL), "");
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    const char* same[] = {scratch("a.mrcz"), scratch("other.mrcz")};
    const char* one_place[] = {scratch("b.mrcz"), scratch("./b.mrcz")};
    make_movie(same[1], 1);
    REFUSED(mrcz_process(same, one_place, 2, NULL, NULL, NULL), "an output of its own");
#define REFUSE(member, value, text)                 \
    OK(mrcz_struct_init(&options, sizeof options)); \
    options.member = value;                         \
    REFUSED(mrcz_process(movies, outputs, 1, &options, NULL, NULL), text)
    REFUSE(koma_radius, -1, "koma_radius is -1");
    REFUSE(frame_seconds, -1, "frame_seconds is -1");
    REFUSE(frame_seconds, (double)NAN, "frame_seconds");
    REFUSE(level, 10, "level");
    REFUSE(filter, 4, "filter is 4");
    REFUSE(gamma_law, &law, "needs a gain reference");
    REFUSE(struct_size, 1, "mrcz_struct_init");
    corrections.koma = koma;
    REFUSE(corrections, &corrections, "koma is given");
    corrections.koma = NULL;
    make_gain(scratch("gain.mrcz"));
    corrections.gain = scratch("gain.mrcz");
    OK(mrcz_struct_init(&law, sizeof law));
    law.a1 = law.least_rate = law.greatest_rate = NAN;
    REFUSE(gamma_law, &law; options.corrections = &corrections, "gamma_law");
#undef REFUSE
    CHECK(file_size(outputs[0]) == -1);
}

void gamma_laws_are_calibrated(void) {
    static float pixels[SIZE];
    const double rates[FLATS] = {0.5, 1, 2, 4, 8};
    const char* flats[FLATS];
    mrcz_corrections corrections;
    mrcz_gamma_options options;
    mrcz_gamma_law law, again;
    char* json = NULL;
    const char* movies[] = {scratch("movie.mrcz")};
    const char* outputs[] = {scratch("corrected.mrcz")};
    OK(mrcz_struct_init(&corrections, sizeof corrections));
    OK(mrcz_struct_init(&options, sizeof options));
    OK(mrcz_struct_init(&law, sizeof law));
    OK(mrcz_struct_init(&again, sizeof again));
    make_gain(scratch("gain.mrcz"));
    corrections.gain = scratch("gain.mrcz");
    for (int i = 0; i < FLATS; ++i) {
        const double gamma = 1.2 - 0.05 * rates[i] + 0.003 * rates[i] * rates[i];
        for (int k = 0; k < SIZE; ++k) pixels[k] = (float)(rates[i] * pow(gain_at(k), -gamma));
        flats[i] = named("flat", i);
        write_stack(flats[i], MRCZ_FLOAT32, pixels, sizeof pixels);
    }
    options.corrections = &corrections;
    options.frame_seconds = 1;
    OK(mrcz_calibrate_gamma(flats, FLATS, &options, NULL, &law, &json));
    CHECK(law.least_rate > 0.3 && law.greatest_rate > 5 && strstr(json, "points") != NULL);
    OK(mrcz_parse_gamma_law(json, &again));
    CHECK(memcmp(&law, &again, sizeof law) == 0);
    mrcz_free(json);

    mrcz_process_options processing;
    OK(mrcz_struct_init(&processing, sizeof processing));
    make_movie(movies[0], 1);
    processing.corrections = &corrections;
    processing.gamma_law = &law;
    processing.frame_seconds = 2;
    struct told told = {0, -1, 0, ""};
    processing.told = note;
    processing.user = &told;
    OK(mrcz_process(movies, outputs, 1, &processing, NULL, NULL));
    CHECK(strstr(told.report, "gamma") != NULL);

    REFUSED(mrcz_calibrate_gamma(NULL, 1, NULL, NULL, &law, &json), "flats is null");
    CHECK(json == NULL);
    REFUSED(mrcz_calibrate_gamma(flats, -1, &options, NULL, &law, NULL), "count is -1");
    REFUSED(mrcz_calibrate_gamma(flats, FLATS, &options, NULL, NULL, NULL), "law is null");
    REFUSED(mrcz_calibrate_gamma(flats, FLATS, NULL, NULL, &law, NULL), "gain");
    REFUSED(mrcz_calibrate_gamma(flats, 3, &options, NULL, &law, NULL), "4");
    options.frame_seconds = -3;
    REFUSED(mrcz_calibrate_gamma(flats, FLATS, &options, NULL, &law, NULL), "frame_seconds is -3");
    REFUSED(mrcz_parse_gamma_law(NULL, &law), "json is null");
    REFUSED(mrcz_parse_gamma_law("{}", NULL), "law is null");
    CHECK_STATUS(MRCZ_ERROR_CORRUPT, mrcz_parse_gamma_law("{\"a1\": 1", &law));
    again.struct_size = 0;
    REFUSED(mrcz_parse_gamma_law("{}", &again), "law: ");
}
