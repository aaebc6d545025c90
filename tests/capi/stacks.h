// Files that the tests of the C interface read and write.
#pragma once

#include <stdint.h>

#include "mrcz/mrcz.h"

enum { FRAMES = 5, ROWS = 24, COLUMNS = 33, PIXELS = ROWS * COLUMNS, FRAME_BYTES = 2 * PIXELS };

/// In a folder that goes away; good until so many more were asked for.
const char* scratch(const char* name);
/// In testdata/ of the project.
const char* testdata(const char* name);

/// What make_stack() writes at a place.
int16_t pixel_at(int frame, int row, int column);
void fill_frame(int frame, int16_t* out);

void set_shape(mrcz_writer_options* options);
/// FRAMES frames of int16 with metadata {"dose": 1.5}, voxels of 0.5, 0.5, 1 Angstrom.
void make_stack(const char* path, const char* codec);
/// A reader of such a file.
mrcz_reader* open_stack(const char* name, const char* codec);

/// Turns round one byte.
void damage(const char* path, long offset);
long file_size(const char* path);
