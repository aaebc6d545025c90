// Opening files, memory and sources; what they tell beside pixels.
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "stacks.h"
#include "tests.h"

static void write_bytes(const char* path, const void* bytes, size_t size) {
    FILE* file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(bytes, 1, size, file) == size);
    fclose(file);
}

static unsigned char* read_bytes(const char* path, size_t* size) {
    *size = (size_t)file_size(path);
    unsigned char* bytes = malloc(*size);
    FILE* file = fopen(path, "rb");
    CHECK(file != NULL && fread(bytes, 1, *size, file) == *size);
    fclose(file);
    return bytes;
}

void files_that_cannot_be_read_are_refused(void) {
    mrcz_reader* reader = (mrcz_reader*)&failures;
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_reader_open(scratch("missing.mrcz"), NULL, &reader));
    CHECK(reader == NULL && strstr(mrcz_last_error(), "missing.mrcz: ") != NULL);
    unsigned char text[2048];
    memset(text, 'x', sizeof text);
    write_bytes(scratch("text.mrc"), text, sizeof text);
    CHECK_STATUS(MRCZ_ERROR_NOT_MRC, mrcz_reader_open(scratch("text.mrc"), NULL, &reader));
    write_bytes(scratch("short.mrc"), text, 16);
    CHECK_STATUS(MRCZ_ERROR_TRUNCATED, mrcz_reader_open(scratch("short.mrc"), NULL, &reader));
    REFUSED(mrcz_reader_open(NULL, NULL, &reader), "path is null");
    REFUSED(mrcz_reader_open(testdata("projections.mrcs"), NULL, NULL), "reader is null");
    mrcz_read_options options;
    OK(mrcz_struct_init(&options, sizeof options));
    options.mode0 = 3;
    REFUSED(mrcz_reader_open(testdata("projections.mrcs"), &options, &reader), "mode0 is 3");
    options.mode0 = MRCZ_MODE0_BY_HEADER;
    options.most_metadata_depth = -1;
    REFUSED(mrcz_reader_open(testdata("projections.mrcs"), &options, &reader), "most_metadata_depth is -1");
    mrcz_reader_close(NULL);
}

void limits_hold(void) {
    mrcz_reader* reader = open_stack("limits.mrcz", "zstd");
    mrcz_reader_close(reader);
    mrcz_read_options options;
    OK(mrcz_struct_init(&options, sizeof options));
    options.most_frame_bytes = FRAME_BYTES - 1;
    CHECK_STATUS(MRCZ_ERROR_LIMIT_EXCEEDED, mrcz_reader_open(scratch("limits.mrcz"), &options, &reader));
    options.most_frame_bytes = FRAME_BYTES;
    options.most_extended_header_bytes = options.most_metadata_bytes = options.most_trailing_bytes = 4096;
    options.most_metadata_depth = 8;
    OK(mrcz_reader_open(scratch("limits.mrcz"), &options, &reader));
    mrcz_reader_close(reader);
}

void a_reader_tells_the_shape(void) {
    mrcz_stack stack;
    OK(mrcz_struct_init(&stack, sizeof stack));
    mrcz_reader* reader = open_stack("shape.mrcz", "zstd");
    OK(mrcz_reader_stack(reader, &stack));
    CHECK(stack.frames == FRAMES && stack.rows == ROWS && stack.columns == COLUMNS && stack.volume_sections == 0);
    CHECK(stack.frame_bytes == FRAME_BYTES && stack.pixel_type == MRCZ_INT16);
    CHECK(stack.file_bytes == (uint64_t)file_size(scratch("shape.mrcz")));
    CHECK(stack.stored_bytes > 0 && stack.stored_bytes < stack.file_bytes);
    CHECK(fabs(stack.voxel_angstrom[0] - 0.5) < 1e-6 && fabs(stack.voxel_angstrom[2] - 1) < 1e-6);
    CHECK(stack.row_packing == MRCZ_ROWS_PADDED && !stack.is_big_endian && stack.has_random_access);
    CHECK(strcmp(mrcz_reader_name(reader), scratch("shape.mrcz")) == 0);
    CHECK(mrcz_reader_name(NULL) == NULL);
    REFUSED(mrcz_reader_stack(NULL, &stack), "reader is null");
    REFUSED(mrcz_reader_stack(reader, NULL), "stack is null");
    mrcz_reader_close(reader);
}

void memory_is_read_where_it_lies(void) {
    int16_t frame[PIXELS], expected[PIXELS];
    size_t size = 0;
    mrcz_reader* reader = open_stack("memory.mrcz", "lz4");
    mrcz_reader_close(reader);
    unsigned char* bytes = read_bytes(scratch("memory.mrcz"), &size);
    OK(mrcz_reader_open_memory(bytes, size, "held", NULL, &reader));
    CHECK(strcmp(mrcz_reader_name(reader), "held") == 0);
    OK(mrcz_read_frame(reader, 2, frame, sizeof frame));
    fill_frame(2, expected);
    CHECK(memcmp(frame, expected, sizeof frame) == 0);
    mrcz_reader_close(reader);
    CHECK_STATUS(MRCZ_ERROR_TRUNCATED, mrcz_reader_open_memory(bytes, 0, NULL, NULL, &reader));
    CHECK(strstr(mrcz_last_error(), "memory: ") != NULL);
    CHECK(mrcz_error_group(mrcz_reader_open_memory(bytes, 900, NULL, NULL, &reader)) == 1);
    REFUSED(mrcz_reader_open_memory(NULL, size, NULL, NULL, &reader), "bytes is null");
    REFUSED(mrcz_reader_open_memory(bytes, size, NULL, NULL, NULL), "reader is null");
    free(bytes);
}

struct held {
    unsigned char* bytes;
    size_t size;
    int reads, closed;
    int32_t refuses;
};

static int32_t read_held(void* user, uint64_t offset, void* into, size_t bytes) {
    struct held* held = user;
    CHECK(offset <= held->size && bytes <= held->size - offset);
    ++held->reads;
    if (held->refuses != 0) return held->refuses;
    memcpy(into, held->bytes + offset, bytes);
    return 0;
}

static void close_held(void* user) { ++((struct held*)user)->closed; }

static mrcz_source source_of(struct held* held, const char* path) {
    mrcz_source source;
    OK(mrcz_struct_init(&source, sizeof source));
    held->bytes = read_bytes(path, &held->size);
    source.name = "held";
    source.bytes = held->size;
    source.user = held;
    source.read_at = read_held;
    source.close = close_held;
    return source;
}

void a_source_is_asked_for_ranges(void) {
    struct held held = {0};
    int16_t frame[PIXELS], expected[PIXELS];
    mrcz_reader* reader = open_stack("source.mrcz", "zstd");
    mrcz_reader_close(reader);
    const mrcz_source source = source_of(&held, scratch("source.mrcz"));
    OK(mrcz_reader_open_source(&source, NULL, &reader));
    held.reads = 0;
    OK(mrcz_read_frame(reader, 4, frame, sizeof frame));
    fill_frame(4, expected);
    CHECK(memcmp(frame, expected, sizeof frame) == 0);
    CHECK(held.reads >= 1 && held.reads <= 2 && held.closed == 0);
    CHECK(strcmp(mrcz_reader_name(reader), "held") == 0);
    mrcz_reader_close(reader);
    CHECK(held.closed == 1);
    free(held.bytes);
}

void a_source_that_fails_is_an_error(void) {
    struct held held = {0};
    mrcz_reader* reader = open_stack("refusing.mrcz", "zstd");
    mrcz_reader_close(reader);
    mrcz_source source = source_of(&held, scratch("refusing.mrcz"));
    int16_t frame[PIXELS];
    OK(mrcz_reader_open_source(&source, NULL, &reader));
    held.refuses = -5;
    CHECK_STATUS(MRCZ_ERROR_IO_FAILED, mrcz_read_frame(reader, 0, frame, sizeof frame));
    CHECK(strstr(mrcz_last_error(), "gave -5") != NULL);
    mrcz_reader_close(reader);
    CHECK_STATUS(MRCZ_ERROR_IO_FAILED, mrcz_reader_open_source(&source, NULL, &reader));
    CHECK(reader == NULL && held.closed == 2);
    source.name = NULL;
    CHECK_STATUS(MRCZ_ERROR_IO_FAILED, mrcz_reader_open_source(&source, NULL, &reader));
    CHECK(strstr(mrcz_last_error(), "source: ") != NULL);
    REFUSED(mrcz_reader_open_source(NULL, NULL, &reader), "source is null");
    CHECK(held.closed == 3);
    REFUSED(mrcz_reader_open_source(&source, NULL, NULL), "reader is null");
    CHECK(held.closed == 4);
    source.read_at = NULL;
    REFUSED(mrcz_reader_open_source(&source, NULL, &reader), "read_at is null");
    source.struct_size = 0;
    REFUSED(mrcz_reader_open_source(&source, NULL, &reader), "mrcz_struct_init");
    CHECK(held.closed == 5);
    free(held.bytes);
}

void header_values_are_read_by_name(void) {
    enum { NOW = MRCZ_HEADER_CURRENT, BEFORE = MRCZ_HEADER_ORIGINAL };
    int64_t integer = 0;
    double real = 0;
    char* text = NULL;
    size_t bytes = 0;
    unsigned char whole[1024];
    mrcz_reader* reader = NULL;
    OK(mrcz_compress(testdata("projections.mrcs"), scratch("header.mrcz"), NULL, NULL, NULL));
    OK(mrcz_reader_open(scratch("header.mrcz"), NULL, &reader));
    OK(mrcz_header_integer(reader, NOW, "NX", 0, &integer));
    CHECK(integer == 160);
    OK(mrcz_header_integer(reader, NOW, "MODE", 0, &integer));
    CHECK(integer > 1000);
    OK(mrcz_header_integer(reader, BEFORE, "MODE", 0, &integer));
    CHECK(integer == 6);
    OK(mrcz_header_real(reader, NOW, "DMEAN", 0, &real));
    CHECK(real > 0);
    OK(mrcz_header_real(reader, NOW, "NZ", 0, &real));
    CHECK(real == 40);
    OK(mrcz_header_text(reader, NOW, "MAP", 0, &text, &bytes));
    CHECK(bytes == 4 && strcmp(text, "MAP ") == 0);
    mrcz_free(text);
    OK(mrcz_header_text(reader, NOW, "LABEL", 9, &text, NULL));
    CHECK(strlen(text) <= 80);
    mrcz_free(text);
    OK(mrcz_header_bytes(reader, NOW, whole, sizeof whole));
    CHECK(whole[0] == 160 && memcmp(whole + 208, "MAP ", 4) == 0);

    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_header_integer(reader, NOW, "NW", 0, &integer));
    REFUSED(mrcz_header_integer(reader, NOW, "DMEAN", 0, &integer), "mrcz_header_real()");
    REFUSED(mrcz_header_integer(reader, NOW, "MAP", 0, &integer), "mrcz_header_text()");
    REFUSED(mrcz_header_real(reader, NOW, "LABEL", 0, &real), "mrcz_header_text()");
    REFUSED(mrcz_header_text(reader, NOW, "DMEAN", 0, &text, NULL), "mrcz_header_real()");
    REFUSED(mrcz_header_text(reader, NOW, "NX", 0, &text, NULL), "mrcz_header_integer()");
    CHECK(text == NULL);
    REFUSED(mrcz_header_integer(reader, NOW, "NX", 1, &integer), "index is 1");
    REFUSED(mrcz_header_text(reader, NOW, "LABEL", -1, &text, NULL), "index is -1");
    REFUSED(mrcz_header_integer(reader, 2, "NX", 0, &integer), "which is 2");
    REFUSED(mrcz_header_integer(NULL, NOW, "NX", 0, &integer), "reader is null");
    REFUSED(mrcz_header_integer(reader, NOW, NULL, 0, &integer), "name is null");
    REFUSED(mrcz_header_integer(reader, NOW, "NX", 0, NULL), "value is null");
    REFUSED(mrcz_header_real(NULL, NOW, "NX", 0, &real), "reader is null");
    REFUSED(mrcz_header_real(reader, NOW, NULL, 0, &real), "name is null");
    REFUSED(mrcz_header_real(reader, NOW, "NX", 0, NULL), "value is null");
    REFUSED(mrcz_header_text(NULL, NOW, "MAP", 0, &text, NULL), "reader is null");
    REFUSED(mrcz_header_text(reader, NOW, NULL, 0, &text, NULL), "name is null");
    REFUSED(mrcz_header_text(reader, NOW, "MAP", 0, NULL, NULL), "text is null");
    REFUSED(mrcz_header_bytes(reader, NOW, whole, 1023), "bytes is 1023");
    REFUSED(mrcz_header_bytes(reader, NOW, NULL, 1024), "out is null");
    REFUSED(mrcz_header_bytes(NULL, NOW, whole, 1024), "reader is null");
    mrcz_reader_close(reader);

    mrcz_statistics statistics;
    reader = open_stack("fresh.mrcz", "zstd");
    CHECK_STATUS(MRCZ_ERROR_NOT_FOUND, mrcz_header_integer(reader, BEFORE, "NX", 0, &integer));
    OK(mrcz_header_statistics(reader, &statistics));
    CHECK(statistics.minimum == -20 && statistics.maximum == 79);
    REFUSED(mrcz_header_statistics(NULL, &statistics), "reader is null");
    REFUSED(mrcz_header_statistics(reader, NULL), "statistics is null");
    mrcz_reader_close(reader);
}

void metadata_come_in_both_formats(void) {
    char* document = NULL;
    size_t bytes = 0;
    int32_t format = -1;
    mrcz_reader* reader = open_stack("metadata.mrcz", "zstd");
    OK(mrcz_reader_metadata(reader, MRCZ_METADATA_AS_STORED, &document, &bytes, &format));
    CHECK(format == MRCZ_METADATA_JSON && bytes == 13 && strcmp(document, "{\"dose\": 1.5}") == 0);
    mrcz_free(document);
    OK(mrcz_reader_metadata(reader, MRCZ_METADATA_JSON, &document, &bytes, NULL));
    CHECK(strstr(document, "1.5") != NULL);
    mrcz_free(document);
    OK(mrcz_reader_metadata(reader, MRCZ_METADATA_MSGPACK, &document, &bytes, &format));
    CHECK(bytes > 5 && (unsigned char)document[0] == 0x81 && format == MRCZ_METADATA_JSON);

    mrcz_writer_options options;
    set_shape(&options);
    options.metadata = document;
    options.metadata_bytes = bytes;
    options.metadata_format = MRCZ_METADATA_MSGPACK;
    mrcz_writer* writer = NULL;
    OK(mrcz_writer_create(scratch("msgpack.mrcz"), &options, &writer));
    OK(mrcz_writer_finish(writer, NULL));
    mrcz_writer_close(writer);
    mrcz_free(document);
    mrcz_reader_close(reader);
    OK(mrcz_reader_open(scratch("msgpack.mrcz"), NULL, &reader));
    OK(mrcz_reader_metadata(reader, MRCZ_METADATA_JSON, &document, &bytes, &format));
    CHECK(format == MRCZ_METADATA_MSGPACK && strstr(document, "\"dose\"") != NULL);
    mrcz_free(document);
    REFUSED(mrcz_reader_metadata(reader, 3, &document, &bytes, NULL), "format is 3");
    CHECK(document == NULL);
    REFUSED(mrcz_reader_metadata(NULL, 0, &document, &bytes, NULL), "reader is null");
    REFUSED(mrcz_reader_metadata(reader, 0, NULL, &bytes, NULL), "document is null");
    REFUSED(mrcz_reader_metadata(reader, 0, &document, NULL, NULL), "bytes is null");
    mrcz_reader_close(reader);
}

void a_plain_file_has_no_footer(void) {
    char* text = (char*)&failures;
    void* extended = &failures;
    mrcz_section* sections = (mrcz_section*)&failures;
    mrcz_statistics* statistics = (mrcz_statistics*)&failures;
    size_t count = 7;
    int32_t format = 7;
    mrcz_reader* reader = NULL;
    OK(mrcz_reader_open(testdata("projections.mrcs"), NULL, &reader));
    OK(mrcz_reader_metadata(reader, MRCZ_METADATA_JSON, &text, &count, &format));
    CHECK(text == NULL && count == 0 && format == 0);
    count = 7;
    OK(mrcz_reader_sections(reader, &sections, &count));
    CHECK(sections == NULL && count == 0);
    count = 7;
    OK(mrcz_reader_statistics(reader, &statistics, &count));
    CHECK(statistics == NULL && count == 0);
    count = 7;
    OK(mrcz_reader_extended_header(reader, &extended, &count));
    CHECK(extended == NULL && count == 0);
    OK(mrcz_reader_provenance(reader, &text, &count));
    CHECK(text != NULL && text[0] == '\0' && count == 0);
    mrcz_free(text);
    mrcz_free(NULL);
    mrcz_reader_close(reader);
}

void findings_are_told(void) {
    static const char* const files[] = {"EMD-3197.map", "TS_run1.st", "input_mrc.mrc", "beta-tubulin.mrc"};
    mrcz_finding finding;
    mrcz_stack stack;
    OK(mrcz_struct_init(&finding, sizeof finding));
    OK(mrcz_struct_init(&stack, sizeof stack));
    int seen = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; ++i) {
        mrcz_reader* reader = NULL;
        OK(mrcz_reader_open(testdata(files[i]), NULL, &reader));
        OK(mrcz_reader_stack(reader, &stack));
        for (int32_t at = 0; at < stack.findings; ++at, ++seen) {
            OK(mrcz_reader_finding(reader, at, &finding));
            CHECK(strncmp(finding.rule, "MRC", 3) == 0 && strlen(finding.field) > 0 && strlen(finding.message) > 8);
            CHECK(finding.severity == MRCZ_NOTE || finding.severity == MRCZ_WARNING);
        }
        REFUSED(mrcz_reader_finding(reader, stack.findings, &finding), "findings");
        REFUSED(mrcz_reader_finding(reader, -1, &finding), "index is -1");
        REFUSED(mrcz_reader_finding(NULL, 0, &finding), "reader is null");
        REFUSED(mrcz_reader_finding(reader, 0, NULL), "finding is null");
        mrcz_reader_close(reader);
    }
    CHECK(seen > 0);
}

void info_sections_and_statistics_are_told(void) {
    char* text = NULL;
    size_t bytes = 0, count = 0;
    void* extended = NULL;
    mrcz_section* sections = NULL;
    mrcz_statistics* statistics = NULL;
    mrcz_reader* reader = open_stack("told.mrcz", "zstd");
    OK(mrcz_reader_info_json(reader, 0, &text, &bytes));
    CHECK(text[0] == '{' && strlen(text) == bytes && strstr(text, "\"codec\"") != NULL);
    mrcz_free(text);
    OK(mrcz_reader_info_json(reader, 1, &text, NULL));
    CHECK(strchr(text, '\n') != NULL);
    mrcz_free(text);
    OK(mrcz_reader_provenance(reader, &text, &bytes));
    CHECK(text[0] == '[' && strstr(text, "write") != NULL);
    mrcz_free(text);
    OK(mrcz_reader_sections(reader, &sections, &count));
    int has_metadata = 0;
    for (size_t i = 0; i < count; ++i) {
        CHECK(strlen(sections[i].id) == 4 && strlen(sections[i].meaning) > 0 && sections[i].stored_bytes > 0);
        has_metadata |= strcmp(sections[i].id, "META") == 0 && sections[i].raw_bytes == 13;
    }
    CHECK(count > 3 && has_metadata);
    mrcz_free(sections);
    OK(mrcz_reader_statistics(reader, &statistics, &count));
    CHECK(count == FRAMES && statistics[0].minimum == -20 && statistics[0].nan_count == 0);
    CHECK(statistics[4].mean > statistics[4].minimum && statistics[4].standard_deviation > 0);
    mrcz_free(statistics);
    REFUSED(mrcz_reader_info_json(NULL, 0, &text, NULL), "reader is null");
    REFUSED(mrcz_reader_info_json(reader, 0, NULL, NULL), "json is null");
    REFUSED(mrcz_reader_provenance(NULL, &text, NULL), "reader is null");
    REFUSED(mrcz_reader_provenance(reader, NULL, NULL), "json is null");
    REFUSED(mrcz_reader_sections(NULL, &sections, &count), "reader is null");
    REFUSED(mrcz_reader_sections(reader, NULL, &count), "sections is null");
    REFUSED(mrcz_reader_sections(reader, &sections, NULL), "count is null");
    REFUSED(mrcz_reader_statistics(NULL, &statistics, &count), "reader is null");
    REFUSED(mrcz_reader_statistics(reader, NULL, &count), "statistics is null");
    REFUSED(mrcz_reader_statistics(reader, &statistics, NULL), "count is null");
    REFUSED(mrcz_reader_extended_header(NULL, &extended, &count), "reader is null");
    REFUSED(mrcz_reader_extended_header(reader, NULL, &count), "bytes is null");
    REFUSED(mrcz_reader_extended_header(reader, &extended, NULL), "size is null");
    mrcz_reader_close(reader);
}

void an_extended_header_is_given_as_it_is(void) {
    enum { EXTENDED = 96 };
    void* extended = NULL;
    size_t size = 0, given = 0;
    unsigned char* plain = read_bytes(testdata("projections.mrcs"), &size);
    unsigned char* bytes = malloc(size + EXTENDED);
    memcpy(bytes, plain, 1024);
    memset(bytes + 1024, 'e', EXTENDED);
    memcpy(bytes + 1024 + EXTENDED, plain + 1024, size - 1024);
    bytes[92] = EXTENDED;  // NSYMBT
    mrcz_reader* reader = NULL;
    OK(mrcz_reader_open_memory(bytes, size + EXTENDED, NULL, NULL, &reader));
    OK(mrcz_reader_extended_header(reader, &extended, &given));
    CHECK(given == EXTENDED && memcmp(extended, bytes + 1024, EXTENDED) == 0);
    mrcz_free(extended);
    mrcz_reader_close(reader);
    free(bytes);
    free(plain);
}
