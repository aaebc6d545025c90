#include "stacks.h"

#include <stdlib.h>

#include "check.h"

extern const char* scratch_folder;
extern const char* testdata_folder;

static const char* joined(const char* folder, const char* name) {
    enum { KEPT = 16, LENGTH = 1024 };
    static char paths[KEPT][LENGTH];
    static int next = 0;
    char* path = paths[next++ % KEPT];
    snprintf(path, LENGTH, "%s/%s", folder, name);
    return path;
}

const char* scratch(const char* name) { return joined(scratch_folder, name); }
const char* testdata(const char* name) { return joined(testdata_folder, name); }

int16_t pixel_at(int frame, int row, int column) { return (int16_t)((frame * 7 + row * 3 + column) % 100 - 20); }

void fill_frame(int frame, int16_t* out) {
    for (int row = 0; row < ROWS; ++row)
        for (int column = 0; column < COLUMNS; ++column) *out++ = pixel_at(frame, row, column);
}

void set_shape(mrcz_writer_options* options) {
    OK(mrcz_struct_init(options, sizeof *options));
    options->columns = COLUMNS;
    options->rows = ROWS;
    options->pixel_type = MRCZ_INT16;
    options->overwrite = 1;
}

void make_stack(const char* path, const char* codec) {
    static const char metadata[] = "{\"dose\": 1.5}";
    int16_t frames[FRAMES * PIXELS];
    mrcz_writer_options options;
    set_shape(&options);
    options.codec = codec;
    options.voxel_angstrom[0] = options.voxel_angstrom[1] = 0.5;
    options.voxel_angstrom[2] = 1;
    options.metadata = metadata;
    options.metadata_bytes = sizeof metadata - 1;
    options.metadata_format = MRCZ_METADATA_JSON;
    mrcz_writer* writer = NULL;
    OK(mrcz_writer_create(path, &options, &writer));
    for (int frame = 0; frame < FRAMES; ++frame) fill_frame(frame, frames + frame * PIXELS);
    OK(mrcz_writer_append(writer, frames, sizeof frames, NULL));
    OK(mrcz_writer_finish(writer, NULL));
    mrcz_writer_close(writer);
}

mrcz_reader* open_stack(const char* name, const char* codec) {
    mrcz_reader* reader = NULL;
    make_stack(scratch(name), codec);
    OK(mrcz_reader_open(scratch(name), NULL, &reader));
    return reader;
}

void damage(const char* path, long offset) {
    FILE* file = fopen(path, "r+b");
    CHECK(file != NULL);
    fseek(file, offset, SEEK_SET);
    const int byte = fgetc(file);
    fseek(file, offset, SEEK_SET);
    fputc(byte ^ 0xff, file);
    fclose(file);
}

long file_size(const char* path) {
    FILE* file = fopen(path, "rb");
    if (file == NULL) return -1;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    fclose(file);
    return size;
}
