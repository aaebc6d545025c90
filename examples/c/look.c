/* usage: look FILE OUT
 *
 * Tells the shape of an MRC or MRCZ file and the sum of its middle frame, and writes that frame into a small compressed
 * file of floats. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <mrcz/mrcz.h>

/* Every status is looked at; 0 is MRCZ_OK. The groups of errors are the exit codes of the command mrcz. */
static void must(int32_t status) {
    if (status == MRCZ_OK) return;
    fprintf(stderr, "look: %s\n", mrcz_last_error());
    exit(mrcz_error_group(status));
}

int main(int count, char** arguments) {
    mrcz_reader* reader = NULL;
    mrcz_stack stack;
    mrcz_writer* writer = NULL;
    mrcz_writer_options options;
    uint64_t bytes = 0;
    double sum = 0;
    if (count != 3) {
        fprintf(stderr, "usage: look FILE OUT\n");
        return 2;
    }

    must(mrcz_reader_open(arguments[1], NULL, &reader));
    must(mrcz_struct_init(&stack, sizeof stack));
    must(mrcz_reader_stack(reader, &stack));
    printf("%" PRId64 " frames of %" PRId64 " rows and %" PRId64 " columns, %s\n", stack.frames, stack.rows,
           stack.columns, mrcz_pixel_type_name(stack.pixel_type));

    const int64_t middle = stack.frames / 2;
    const size_t pixels = (size_t)(stack.rows * stack.columns);
    float* frame = malloc(pixels * sizeof *frame);
    if (frame == NULL) return 3;
    must(mrcz_read_frames_as(reader, middle, 1, MRCZ_FLOAT32, MRCZ_ALLOW_ROUND, frame, pixels * sizeof *frame, NULL,
                             NULL));
    for (size_t i = 0; i < pixels; ++i) sum += frame[i];
    printf("frame %" PRId64 ": sum %lld\n", middle, llround(sum));

    must(mrcz_struct_init(&options, sizeof options)); /* zeros are the defaults */
    options.columns = stack.columns;
    options.rows = stack.rows;
    options.pixel_type = MRCZ_FLOAT32;
    for (int axis = 0; axis < 3; ++axis) options.voxel_angstrom[axis] = stack.voxel_angstrom[axis];
    must(mrcz_writer_create(arguments[2], &options, &writer));
    must(mrcz_writer_append(writer, frame, pixels * sizeof *frame, NULL));
    must(mrcz_writer_finish(writer, &bytes));
    printf("wrote it: %" PRIu64 " bytes\n", bytes);

    mrcz_writer_close(writer);
    mrcz_reader_close(reader);
    free(frame);
    return 0;
}
