// Versions, statuses, structures, pixel types, codecs, header fields.
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "stacks.h"
#include "tests.h"

void versions_are_those_of_the_header(void) {
    CHECK(mrcz_abi_version() == MRCZ_ABI_VERSION);
    CHECK(strchr(mrcz_version(), '.') != NULL);
}

void every_status_has_name_group_and_text(void) {
    static const int32_t statuses[] = {MRCZ_ERROR_NOT_MRC,       MRCZ_ERROR_TRUNCATED,      MRCZ_ERROR_CORRUPT,
                                       MRCZ_ERROR_UNSUPPORTED,   MRCZ_ERROR_LIMIT_EXCEEDED, MRCZ_ERROR_INVALID_ARGUMENT,
                                       MRCZ_ERROR_TARGET_EXISTS, MRCZ_ERROR_NOT_FOUND,      MRCZ_ERROR_IO_FAILED,
                                       MRCZ_ERROR_OUT_OF_MEMORY, MRCZ_ERROR_CANCELLED,      MRCZ_ERROR_INTERNAL};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; ++i) {
        CHECK(mrcz_error_group(statuses[i]) == statuses[i] / 100);
        CHECK(mrcz_error_name(statuses[i]) != NULL && strlen(mrcz_error_name(statuses[i])) > 4);
        CHECK(strlen(mrcz_strerror(statuses[i])) > 8);
        for (size_t j = 0; j < i; ++j) CHECK(strcmp(mrcz_strerror(statuses[i]), mrcz_strerror(statuses[j])) != 0);
    }
    CHECK(strcmp(mrcz_error_name(MRCZ_ERROR_TARGET_EXISTS), "target_exists") == 0);
    CHECK(strcmp(mrcz_error_name(MRCZ_OK), "ok") == 0);
    CHECK(mrcz_error_group(MRCZ_OK) == 0);
    CHECK(strcmp(mrcz_strerror(MRCZ_OK), "no error") == 0);
    CHECK(mrcz_error_name(-1) == NULL);
    CHECK(mrcz_error_group(12345) == 70);
    CHECK(strstr(mrcz_strerror(12345), "no status") != NULL);
}

static void* fail_elsewhere(void* missing) {
    mrcz_reader* reader = NULL;
    CHECK(strcmp(mrcz_last_error(), "") == 0);
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_reader_open(missing, NULL, &reader));
    CHECK(strstr(mrcz_last_error(), missing) != NULL);
    return NULL;
}

void error_texts_belong_to_their_thread(void) {
    pthread_t other;
    char missing[] = "/no/such/file.mrcz";
    REFUSED(mrcz_reader_open(NULL, NULL, NULL), "mrcz_reader_open: reader is null");
    char kept[256];
    snprintf(kept, sizeof kept, "%s", mrcz_last_error());
    CHECK(pthread_create(&other, NULL, fail_elsewhere, missing) == 0);
    CHECK(pthread_join(other, NULL) == 0);
    CHECK(strcmp(mrcz_last_error(), kept) == 0);
    CHECK(mrcz_abi_version() > 0 && strcmp(mrcz_last_error(), kept) == 0);
}

// A structure that got another size, or a number another place, breaks programs that are installed.
void structures_keep_their_sizes(void) {
    if (sizeof(void*) != 8) return;
    CHECK(sizeof(mrcz_changes) == 16);
    CHECK(sizeof(mrcz_codec_info) == 72);
    CHECK(sizeof(mrcz_header_field_info) == 48);
    CHECK(sizeof(mrcz_read_options) == 48);
    CHECK(sizeof(mrcz_source) == 48);
    CHECK(sizeof(mrcz_stack) == 112);
    CHECK(sizeof(mrcz_statistics) == 40);
    CHECK(sizeof(mrcz_finding) == 40);
    CHECK(sizeof(mrcz_section) == 32);
    CHECK(sizeof(mrcz_corrections) == 96);
    CHECK(sizeof(mrcz_outliers) == 80);
    CHECK(sizeof(mrcz_writer_options) == 168);
    CHECK(sizeof(mrcz_extend_options) == 56);
    CHECK(sizeof(mrcz_compress_options) == 80);
    CHECK(sizeof(mrcz_decompress_options) == 40);
    CHECK(sizeof(mrcz_job_result) == 48);
    CHECK(sizeof(mrcz_verify_options) == 32);
    CHECK(sizeof(mrcz_verify_result) == 32);
    CHECK(sizeof(mrcz_repair_options) == 40);
    CHECK(sizeof(mrcz_repair_result) == 48);
    CHECK(sizeof(mrcz_append_result) == 40);
    CHECK(sizeof(mrcz_gamma_law) == 56);
    CHECK(sizeof(mrcz_gamma_options) == 32);
    CHECK(sizeof(mrcz_process_options) == 96);
    CHECK(sizeof(mrcz_process_result) == 56);
    CHECK(offsetof(mrcz_stack, pixel_type) == 88);
    CHECK(offsetof(mrcz_writer_options, codec) == 88);
    CHECK(offsetof(mrcz_corrections, gain_kind) == 64);
}

struct later_options {
    mrcz_read_options known;
    int64_t unknown;
};

struct later_stack {
    mrcz_stack known;
    int64_t unknown;
};

void structures_of_other_versions_are_taken(void) {
    mrcz_read_options options;
    REFUSED(mrcz_struct_init(NULL, sizeof options), "structure is null");
    REFUSED(mrcz_struct_init(&options, 3), "3 bytes");
    REFUSED(mrcz_struct_init(&options, 1 << 20), "mrcz_struct_init");
    OK(mrcz_struct_init(&options, sizeof options));
    CHECK(options.struct_size == sizeof options && options.most_frame_bytes == 0);

    mrcz_reader* reader = open_stack("versions.mrcz", "zstd");
    mrcz_reader_close(reader);
    const char* path = scratch("versions.mrcz");

    struct later_options later;
    OK(mrcz_struct_init(&later, sizeof later));
    OK(mrcz_reader_open(path, &later.known, &reader));
    struct later_stack stack;
    OK(mrcz_struct_init(&stack, sizeof stack));
    stack.unknown = 17;
    OK(mrcz_reader_stack(reader, &stack.known));
    CHECK(stack.known.struct_size == sizeof stack && stack.known.frames == FRAMES && stack.unknown == 0);
    mrcz_reader_close(reader);

    later.unknown = 1;
    REFUSED(mrcz_reader_open(path, &later.known, &reader), "does not have");
    CHECK(reader == NULL);

    mrcz_stack earlier;
    memset(&earlier, 0x55, sizeof earlier);
    earlier.struct_size = offsetof(mrcz_stack, rows);
    OK(mrcz_reader_open(path, NULL, &reader));
    OK(mrcz_reader_stack(reader, &earlier));
    CHECK(earlier.frames == FRAMES && earlier.rows == INT64_C(0x5555555555555555));
    earlier.struct_size = 0;
    REFUSED(mrcz_reader_stack(reader, &earlier), "call mrcz_struct_init()");
    mrcz_reader_close(reader);

    memset(&options, 0, sizeof options);
    REFUSED(mrcz_reader_open(path, &options, &reader), "call mrcz_struct_init()");
}

void pixel_types_are_found_by_name(void) {
    int32_t type = 0;
    for (int32_t each = MRCZ_INT8; each <= MRCZ_UINT4; ++each) {
        CHECK(mrcz_pixel_type_name(each) != NULL);
        OK(mrcz_find_pixel_type(mrcz_pixel_type_name(each), &type));
        CHECK(type == each);
    }
    OK(mrcz_find_pixel_type("u2", &type));
    CHECK(type == MRCZ_UINT16);
    CHECK(mrcz_pixel_type_name(0) == NULL && mrcz_pixel_type_name(13) == NULL);
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_find_pixel_type("double", &type));
    CHECK(type == MRCZ_UINT16);
    REFUSED(mrcz_find_pixel_type(NULL, &type), "name is null");
    REFUSED(mrcz_find_pixel_type("u2", NULL), "pixel_type is null");

    uint64_t bytes = 0;
    OK(mrcz_frame_bytes(MRCZ_INT16, COLUMNS, ROWS, &bytes));
    CHECK(bytes == FRAME_BYTES);
    OK(mrcz_frame_bytes(MRCZ_UINT4, 33, 2, &bytes));
    CHECK(bytes == 34);
    REFUSED(mrcz_frame_bytes(MRCZ_INT16, COLUMNS, ROWS, NULL), "bytes is null");
    REFUSED(mrcz_frame_bytes(0, COLUMNS, ROWS, &bytes), "pixel_type is 0");
    REFUSED(mrcz_frame_bytes(MRCZ_INT16, -1, ROWS, &bytes), "-1");
    REFUSED(mrcz_frame_bytes(MRCZ_INT16, INT64_MAX, INT64_MAX, &bytes), "too large");
}

void pixels_are_converted_exactly_or_not(void) {
    const float from[4] = {1, -2, 3.5F, 70000};
    int16_t to[4] = {0};
    mrcz_changes changes = {9, 9};
    const int32_t both = MRCZ_ALLOW_CLIP + MRCZ_ALLOW_ROUND;
    OK(mrcz_convert(2, 2, from, sizeof from, MRCZ_FLOAT32, to, sizeof to, MRCZ_INT16, both, &changes));
    CHECK(to[0] == 1 && to[1] == -2 && to[2] == 4 && to[3] == 32767);
    CHECK(changes.clipped == 1 && changes.rounded == 1);
    OK(mrcz_convert(2, 1, from, 8, MRCZ_FLOAT32, to, 4, MRCZ_INT16, 0, NULL));
    REFUSED(mrcz_convert(2, 2, from, sizeof from, MRCZ_FLOAT32, to, sizeof to, MRCZ_INT16, 0, NULL), "3.5");
    REFUSED(mrcz_convert(2, 2, NULL, sizeof from, MRCZ_FLOAT32, to, sizeof to, MRCZ_INT16, 0, NULL), "from is null");
    REFUSED(mrcz_convert(2, 2, from, sizeof from, MRCZ_FLOAT32, NULL, sizeof to, MRCZ_INT16, 0, NULL), "to is null");
    REFUSED(mrcz_convert(2, 2, from, 15, MRCZ_FLOAT32, to, sizeof to, MRCZ_INT16, both, NULL), "from_bytes is 15");
    REFUSED(mrcz_convert(2, 2, from, sizeof from, MRCZ_FLOAT32, to, 9, MRCZ_INT16, both, NULL), "to_bytes is 9");
    REFUSED(mrcz_convert(2, 2, from, sizeof from, 99, to, sizeof to, MRCZ_INT16, both, NULL), "from_type is 99");
    REFUSED(mrcz_convert(2, 2, from, sizeof from, MRCZ_FLOAT32, to, sizeof to, -1, both, NULL), "to_type is -1");
    REFUSED(mrcz_convert(-2, 2, from, sizeof from, MRCZ_FLOAT32, to, sizeof to, MRCZ_INT16, both, NULL), "-2");
    REFUSED(mrcz_convert(2, 2, from, sizeof from, MRCZ_FLOAT32, to, sizeof to, MRCZ_INT16, 4, NULL), "allow is 4");
    REFUSED(mrcz_convert(1, 1, from, 4, MRCZ_FLOAT32, to, 4, MRCZ_COMPLEX_INT16, 0, NULL), "complex");
}

void codecs_are_walked(void) {
    mrcz_codec_info codec, same;
    OK(mrcz_struct_init(&codec, sizeof codec));
    OK(mrcz_struct_init(&same, sizeof same));
    CHECK(mrcz_codec_count() > 4);
    for (int32_t i = 0; i < mrcz_codec_count(); ++i) {
        OK(mrcz_codec(i, &codec));
        CHECK(strlen(codec.name) > 0 && codec.summary != NULL && codec.frames_per_chunk >= 1);
        CHECK((codec.reads && codec.writes) == (codec.why_not[0] == '\0'));
        CHECK(codec.least_level <= codec.default_level && codec.default_level <= codec.greatest_level);
        OK(mrcz_find_codec(codec.name, &same));
        CHECK(same.id == codec.id && same.name == codec.name && same.loss == codec.loss);
    }
    OK(mrcz_find_codec("rans", &codec));
    CHECK(codec.id == 16 && codec.loss == MRCZ_LOSSLESS);
    OK(mrcz_find_codec("zstd", &codec));
    CHECK(codec.needs_model == 0 && codec.greatest_level > 1);
    REFUSED(mrcz_codec(-1, &codec), "index is -1");
    REFUSED(mrcz_codec(mrcz_codec_count(), &codec), "rows");
    REFUSED(mrcz_codec(0, NULL), "codec is null");
    REFUSED(mrcz_find_codec(NULL, &codec), "name is null");
    REFUSED(mrcz_find_codec("zstd", NULL), "codec is null");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_find_codec("flac", &codec));
    codec.struct_size = 1 << 30;
    REFUSED(mrcz_codec(0, &codec), "mrcz_struct_init");
}

void every_codec_writes_and_reads(void) {
    int16_t frame[PIXELS], expected[PIXELS];
    mrcz_codec_info codec;
    OK(mrcz_struct_init(&codec, sizeof codec));
    for (int32_t i = 0; i < mrcz_codec_count(); ++i) {
        OK(mrcz_codec(i, &codec));
        if (!codec.writes || codec.loss != MRCZ_LOSSLESS) continue;
        mrcz_stack stack;
        OK(mrcz_struct_init(&stack, sizeof stack));
        mrcz_reader* reader = open_stack("codec.mrcz", codec.name);
        OK(mrcz_reader_stack(reader, &stack));
        CHECK(stack.codec_id == codec.id && stack.frames == FRAMES);
        OK(mrcz_read_frame(reader, FRAMES - 1, frame, sizeof frame));
        fill_frame(FRAMES - 1, expected);
        CHECK(memcmp(frame, expected, sizeof frame) == 0);
        mrcz_reader_close(reader);
    }
}

void header_fields_are_walked(void) {
    mrcz_header_field_info field;
    OK(mrcz_struct_init(&field, sizeof field));
    int32_t end = 0;
    CHECK(mrcz_header_field_count() > 40);
    for (int32_t i = 0; i < mrcz_header_field_count(); ++i) {
        OK(mrcz_header_field(i, &field));
        CHECK(strlen(field.name) > 0 && strlen(field.meaning) > 0 && field.unit != NULL);
        CHECK(field.type >= MRCZ_FIELD_INT16 && field.type <= MRCZ_FIELD_TEXT && field.count >= 1);
        end = field.offset + field.count * field.value_bytes;
    }
    CHECK(strcmp(field.name, "LABEL") == 0 && end == 1024);
    OK(mrcz_header_field(0, &field));
    CHECK(strcmp(field.name, "NX") == 0 && field.offset == 0 && field.type == MRCZ_FIELD_INT32);
    REFUSED(mrcz_header_field(-1, &field), "index is -1");
    REFUSED(mrcz_header_field(mrcz_header_field_count(), &field), "rows");
    REFUSED(mrcz_header_field(0, NULL), "field is null");
}
