// A part of mrcz.h, whose rules hold here: sessions of movies corrected from file to file, and the law by which the
// exponent of a gain reference follows the dose rate. docs/processing.md says what each step does to the data.
#pragma once

#include "mrcz/mrcz.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Exponents of a gain reference over dose rate, McLeod et al. 2018, equation 11; rates (counts a pixel and second)
/// beyond the two ends are taken as the ends.
typedef struct mrcz_gamma_law {
    size_t struct_size;
    double a1, b1, a2, a3;
    double least_rate, greatest_rate;
} mrcz_gamma_law;

typedef struct mrcz_gamma_options {
    size_t struct_size;
    const mrcz_read_options* reading;     ///< null: the defaults
    const mrcz_corrections* corrections;  ///< of which gain (needed), dark and how they lie count
    double frame_seconds;                 ///< exposure of a frame; 0: what each flat's metadata say
} mrcz_gamma_options;

/// The law through the exponents under which `count` flats (stacks of evenly lit frames) are flattest; at least 4 dose
/// rates. `json` is the same as the command writes it, with the points it was fitted to; it may be null.
MRCZ_API int32_t mrcz_calibrate_gamma(const char* const* flats, int32_t count, const mrcz_gamma_options* options,
                                      mrcz_context* context, mrcz_gamma_law* law, char** json);
/// Of such a JSON object: the contents of a file that `mrcz gamma` wrote.
MRCZ_API int32_t mrcz_parse_gamma_law(const char* json, mrcz_gamma_law* law);

typedef struct mrcz_process_options {
    size_t struct_size;
    const mrcz_read_options* reading;     ///< null: the defaults
    const mrcz_corrections* corrections;  ///< of every movie; `koma` and `koma_pixels` are 0, patterns are made here
    const mrcz_gamma_law* gamma_law;      ///< instead of corrections.gamma, for each movie's dose rate; null: none
    double frame_seconds;                 ///< exposure of a frame, for gamma_law; 0: what the movie's metadata say
    int64_t koma_radius;                  ///< KOMA by twice as many other movies of the session; 0: no KOMA
    uint64_t block_bytes;                 ///< that the codec compresses at a time; 0: 1 MiB
    /// Told of every movie in the order in which they are corrected; may be null. `movie` counts in `movies`, `status`
    /// is MRCZ_OK or why it failed, `report` then a JSON object (`step` in it says what was found and done) or else the
    /// error's text. It lives during the call.
    void (*told)(void* user, int32_t movie, int32_t status, const char* report);
    void* user;
    int32_t level;      ///< 0: the codec's default
    int32_t filter;     ///< MRCZ_FILTER_AUTOMATIC, ...
    int32_t is_plain;   ///< writes MRC instead of MRCZ
    int32_t overwrite;  ///< replaces existing outputs
    /// Corrects also movies whose record of steps says that they are corrected already.
    int32_t may_repeat;
    int32_t koma_is_trailing;  ///< by the movies before it instead, for sessions that grow
} mrcz_process_options;

typedef struct mrcz_process_result {
    size_t struct_size;
    int64_t movies;    ///< that were corrected
    int64_t left_out;  ///< references among the movies; for KOMA, further names of one file
    int64_t frames;
    uint64_t bytes_in;
    uint64_t bytes_out;
    uint64_t clipped;  ///< pixels beyond the output's range
} mrcz_process_result;

/// Corrects `count` movies of one camera in one mode; movie i becomes outputs[i], which appears when it is complete and
/// synced; no two movies have the same. For KOMA they are corrected in the order of time, and frames of another shape
/// than most have are an error of their movie. One that fails does not keep the others from being corrected: the status is that of the first that
/// failed. After mrcz_cancel() and after errors of references and options no further one is begun. The same movies and
/// options give the same bytes, whatever the threads. The context's progress is told of the movies whose sums are taken
/// for KOMA, then of each movie's frames. `result` may be null.
MRCZ_API int32_t mrcz_process(const char* const* movies, const char* const* outputs, int32_t count,
                              const mrcz_process_options* options, mrcz_context* context, mrcz_process_result* result);

#ifdef __cplusplus
}
#endif
