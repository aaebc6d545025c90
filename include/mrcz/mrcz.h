// The C interface of mrcz, for C99 and for every language that calls C. docs/c-api.md shows its use.
//
// Rules that hold for every function, unless it says otherwise:
//
// Status. An int32_t that is returned is MRCZ_OK or one of the MRCZ_ERROR_ numbers; nothing else is thrown or printed.
//   mrcz_last_error() then has the text, which names file, place, what was found and what was expected. It belongs to
//   the calling thread and lives until a call of that thread fails again. What a failed call was to fill is as it was,
//   but for pixels, which may be written in part, and for new handles, texts and arrays, which are null.
// Arguments. Null pointers are refused with MRCZ_ERROR_INVALID_ARGUMENT, except where null has a meaning. Flags are 0
//   (no) or anything else (yes). Indices count from 0. Paths and texts end with a zero byte and are UTF-8; paths are
//   whatever the system takes.
// Structures. Those that begin with `struct_size` may grow in later versions: mrcz_struct_init() clears one and notes
//   its size, and zeros are the defaults of every option. A null pointer in place of options stands for the defaults.
//   All others stay as they are.
// Ownership. Handles are closed by the function named for it; null is then ignored. Texts and arrays that are given
//   out through a pointer to a pointer are freed with mrcz_free(). Texts given out as `const char*` are not freed:
//   those in a handle's answers live as long as the handle, all others for ever.
// Threads. A reader may be used by several threads at once. All other handles are used by one thread at a time.
// Pixels. Frames are [frame][row][column], in the machine's byte order, without gaps. Pixels of 4 bits come two a byte,
//   the first in the low half: see row_packing of mrcz_stack.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "mrcz/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// --- Versions, errors, memory ----------------------------------------------------------------------------------------

/// Raised by one with every addition. A library serves all programs that were compiled with its own number or a lower
/// one, as long as its SOVERSION is the same.
#define MRCZ_ABI_VERSION 2

/// A hundred times the group (1 data, 2 caller, 3 system, 4 interrupted, 70 internal: the exit codes of the command)
/// and a number within it.
enum {
    MRCZ_OK = 0,
    MRCZ_ERROR_NOT_MRC = 101,           ///< the bytes are no MRC file
    MRCZ_ERROR_TRUNCATED = 102,         ///< the file ends before its contents do
    MRCZ_ERROR_CORRUPT = 103,           ///< a hash, a size or a structure does not hold
    MRCZ_ERROR_UNSUPPORTED = 104,       ///< valid, but this build cannot handle it
    MRCZ_ERROR_LIMIT_EXCEEDED = 105,    ///< beyond the limits of mrcz_read_options
    MRCZ_ERROR_INVALID_ARGUMENT = 201,  ///< an argument that cannot be, or a file that does not fit it
    MRCZ_ERROR_TARGET_EXISTS = 202,     ///< the output is there already, and overwriting was not asked for
    MRCZ_ERROR_NOT_FOUND = 203,         ///< there is no such file, field, codec or document
    MRCZ_ERROR_IO_FAILED = 301,         ///< reading or writing failed
    MRCZ_ERROR_OUT_OF_MEMORY = 302,
    MRCZ_ERROR_CANCELLED = 401,  ///< by mrcz_cancel()
    MRCZ_ERROR_INTERNAL = 7001,  ///< a bug in mrcz
};

/// MRCZ_ABI_VERSION of the library that is running.
MRCZ_API int32_t mrcz_abi_version(void);
/// `1.0.0`
MRCZ_API const char* mrcz_version(void);

/// What a status means, in general; also of numbers that are none.
MRCZ_API const char* mrcz_strerror(int32_t status);
/// `ok`, `not_mrc`, `truncated`, ... as reports in JSON spell it; null for numbers that are no status.
MRCZ_API const char* mrcz_error_name(int32_t status);
/// 1, 2, 3, 4 or 70; 0 for MRCZ_OK; 70 for numbers that are no status.
MRCZ_API int32_t mrcz_error_group(int32_t status);
/// Of the last call of this thread that failed: `movie.mrcz: frame 17: ...`; empty when none has.
MRCZ_API const char* mrcz_last_error(void);

/// Clears a structure that begins with `struct_size`, and notes its size there: sizeof of it.
MRCZ_API int32_t mrcz_struct_init(void* structure, size_t bytes);
/// Frees what a function of this header gave out through a pointer to a pointer; null is ignored.
MRCZ_API void mrcz_free(void* memory);

// --- Pixels ----------------------------------------------------------------------------------------------------------

/// Pixel types. 0 is none of them.
enum {
    MRCZ_INT8 = 1,
    MRCZ_UINT8 = 2,
    MRCZ_INT16 = 3,
    MRCZ_UINT16 = 4,
    MRCZ_INT32 = 5,
    MRCZ_UINT32 = 6,
    MRCZ_FLOAT16 = 7,
    MRCZ_FLOAT32 = 8,
    MRCZ_COMPLEX_INT16 = 9,     ///< real, imaginary
    MRCZ_COMPLEX_FLOAT32 = 10,  ///< real, imaginary
    MRCZ_RGB8 = 11,             ///< red, green, blue
    MRCZ_UINT4 = 12,            ///< two pixels a byte
};

/// How rows of 4-bit pixels follow each other when they are odd. All other frames can lie in one way only.
enum {
    MRCZ_ROWS_PADDED = 0,      ///< every row begins with a byte of its own; what mrcz writes
    MRCZ_ROWS_CONTIGUOUS = 1,  ///< a row begins where the one before it ends, in the middle of a byte
};

/// What may happen to values that another pixel type does not have: added up.
enum {
    MRCZ_ALLOW_CLIP = 1,   ///< those beyond its range become the end of it
    MRCZ_ALLOW_ROUND = 2,  ///< others become the nearest one
};

/// How many pixels hold another value after a conversion.
typedef struct mrcz_changes {
    uint64_t clipped;
    uint64_t rounded;
} mrcz_changes;

/// `uint16`; null for numbers that are no pixel type.
MRCZ_API const char* mrcz_pixel_type_name(int32_t pixel_type);
/// By that name or NumPy's short one (u2). MRCZ_ERROR_NOT_FOUND when it names none.
MRCZ_API int32_t mrcz_find_pixel_type(const char* name, int32_t* pixel_type);
/// Bytes of a frame; rows of 4-bit pixels are padded.
MRCZ_API int32_t mrcz_frame_bytes(int32_t pixel_type, int64_t columns, int64_t rows, uint64_t* bytes);
/// Turns one frame into another pixel type. Every value stays what it is unless `allow` (MRCZ_ALLOW_CLIP,
/// MRCZ_ALLOW_ROUND, their sum, or 0) lets it change; else the first pixel that cannot is an error that names it.
/// Complex pixels do not become real ones, nor colours anything else. `changes` may be null.
MRCZ_API int32_t mrcz_convert(int64_t columns, int64_t rows, const void* from, size_t from_bytes, int32_t from_type,
                              void* to, size_t to_bytes, int32_t to_type, int32_t allow, mrcz_changes* changes);

// --- Tables ----------------------------------------------------------------------------------------------------------

enum { MRCZ_LOSSLESS = 0, MRCZ_BOUNDED_LOSS = 1, MRCZ_LOSSY = 2 };

/// How bytes are arranged before a blosc codec compresses them.
enum { MRCZ_FILTER_AUTOMATIC = 0, MRCZ_FILTER_NONE = 1, MRCZ_FILTER_BYTESHUFFLE = 2, MRCZ_FILTER_BITSHUFFLE = 3 };

typedef struct mrcz_codec_info {
    size_t struct_size;
    const char* name;     ///< as options take it
    const char* summary;  ///< for people
    const char* why_not;  ///< why it does not read or write here; empty when it does both
    int32_t id;           ///< MODE = pixel mode + 1000 * id
    int32_t loss;         ///< MRCZ_LOSSLESS, ...
    int32_t frames_per_chunk;
    int32_t needs_model;                                 ///< stores what its frames share before them
    int32_t reads, writes;                               ///< what this build does with it
    int32_t least_level, default_level, greatest_level;  ///< all 0: it has no levels
    int32_t reserved;
} mrcz_codec_info;

/// Rows of the table of codecs; the rows are read with mrcz_codec().
MRCZ_API int32_t mrcz_codec_count(void);
MRCZ_API int32_t mrcz_codec(int32_t index, mrcz_codec_info* codec);
/// MRCZ_ERROR_NOT_FOUND when there is none of that name.
MRCZ_API int32_t mrcz_find_codec(const char* name, mrcz_codec_info* codec);

/// Types of header fields. mrcz_header_integer() reads the first three.
enum { MRCZ_FIELD_INT16 = 0, MRCZ_FIELD_INT32 = 1, MRCZ_FIELD_INT64 = 2, MRCZ_FIELD_FLOAT32 = 3, MRCZ_FIELD_TEXT = 4 };

typedef struct mrcz_header_field_info {
    size_t struct_size;
    const char* name;     ///< as MRC2014 spells it: NX, MODE, CELLA, ...
    const char* unit;     ///< empty where there is none
    const char* meaning;  ///< for people
    int32_t type;         ///< MRCZ_FIELD_INT16, ...
    int32_t count;        ///< values of that type; of texts, strings
    int32_t offset;       ///< bytes from the start of the file
    int32_t value_bytes;  ///< of one value
} mrcz_header_field_info;

/// Rows of the table of header fields, in file order; the rows are read with mrcz_header_field().
MRCZ_API int32_t mrcz_header_field_count(void);
MRCZ_API int32_t mrcz_header_field(int32_t index, mrcz_header_field_info* field);

// --- How work is run -------------------------------------------------------------------------------------------------

/// Threads, progress, cancelling. Where one is asked for it may be null: the work then runs on the calling thread
/// alone, silently, to its end. Results never depend on the number of threads. One call at a time: another one that is
/// given it meanwhile fails.
typedef struct mrcz_context mrcz_context;
/// Tells work to stop. One may serve several contexts.
typedef struct mrcz_cancel_token mrcz_cancel_token;

/// Called from one thread at a time, not always the same one, in frame order.
typedef void (*mrcz_progress_function)(void* user, int64_t frames_done, int64_t frames_total, uint64_t bytes_in,
                                       uint64_t bytes_out);
/// Warnings for people. `message` lives during the call.
typedef void (*mrcz_log_function)(void* user, const char* message);

/// `threads` (1 ... 1024) of which the calling one is the first; the others wait for work until the context is closed.
MRCZ_API int32_t mrcz_context_open(int32_t threads, mrcz_context** context);
MRCZ_API void mrcz_context_close(mrcz_context* context);
/// A null function ends the calls.
MRCZ_API int32_t mrcz_context_set_progress(mrcz_context* context, mrcz_progress_function progress, void* user);
MRCZ_API int32_t mrcz_context_set_log(mrcz_context* context, mrcz_log_function log, void* user);
/// The token has to live as long as the context, or until another one or null takes its place.
MRCZ_API int32_t mrcz_context_set_cancel_token(mrcz_context* context, const mrcz_cancel_token* token);

MRCZ_API int32_t mrcz_cancel_token_open(mrcz_cancel_token** token);
MRCZ_API void mrcz_cancel_token_close(mrcz_cancel_token* token);
/// Work stops at the next frame with MRCZ_ERROR_CANCELLED and leaves no half file; work that begins later does so at
/// once. From any thread, and from signal handlers.
MRCZ_API int32_t mrcz_cancel(mrcz_cancel_token* token);
/// Fills `is_cancelled` with 0 or 1.
MRCZ_API int32_t mrcz_is_cancelled(const mrcz_cancel_token* token, int32_t* is_cancelled);

// --- Reading ---------------------------------------------------------------------------------------------------------

/// An open MRC or MRCZ file.
typedef struct mrcz_reader mrcz_reader;

/// How bytes of MODE 0 are read: the standard says signed, older programs wrote unsigned ones.
enum { MRCZ_MODE0_BY_HEADER = 0, MRCZ_MODE0_SIGNED = 1, MRCZ_MODE0_UNSIGNED = 2 };

/// What is allocated at most on the word of a file, and how bytes are read.
typedef struct mrcz_read_options {
    size_t struct_size;
    uint64_t most_frame_bytes;            ///< of a decoded frame; 0: 4 GiB
    uint64_t most_extended_header_bytes;  ///< 0: 1 GiB
    uint64_t most_metadata_bytes;         ///< of each document; 0: 256 MiB
    uint64_t most_trailing_bytes;         ///< kept from behind the pixels; 0: 1 GiB
    int32_t most_metadata_depth;          ///< nesting of documents; 0: 64
    int32_t mode0;                        ///< MRCZ_MODE0_BY_HEADER, ...
} mrcz_read_options;

/// Bytes from anywhere: a server that answers range requests, say.
typedef struct mrcz_source {
    size_t struct_size;
    const char* name;  ///< for messages; null: `source`. Copied
    uint64_t bytes;    ///< of the file
    void* user;        ///< given to the functions
    /// Fills `into` with `bytes` bytes from `offset` on, which are within the file, and returns 0, or anything else
    /// when it cannot. Called from several threads at once.
    int32_t (*read_at)(void* user, uint64_t offset, void* into, size_t bytes);
    /// Called once when nothing more is read, also when opening fails; may be null.
    void (*close)(void* user);
} mrcz_source;

/// The shape of a stack, and how it is stored.
typedef struct mrcz_stack {
    size_t struct_size;
    int64_t frames;
    int64_t rows;
    int64_t columns;
    int64_t volume_sections;    ///< of each volume in a stack of volumes, else 0
    uint64_t frame_bytes;       ///< of a frame as it is read
    uint64_t file_bytes;        ///< of the whole file
    uint64_t stored_bytes;      ///< of all frames in it
    double voxel_angstrom[3];   ///< along X, Y, Z; 0 where unknown
    int32_t pixel_type;         ///< MRCZ_INT8, ...
    int32_t row_packing;        ///< MRCZ_ROWS_PADDED, ...: of 4-bit pixels
    int32_t codec_id;           ///< 0: not compressed
    int32_t is_big_endian;      ///< in the file
    int32_t has_random_access;  ///< any frame is found without those before it
    int32_t findings;           ///< how many there are: mrcz_reader_finding()
} mrcz_stack;

/// Over the pixels that are not NaN. All are NaN where not known.
typedef struct mrcz_statistics {
    double minimum;
    double maximum;
    double mean;
    double standard_deviation;
    uint64_t nan_count;
} mrcz_statistics;

enum { MRCZ_NOTE = 0, MRCZ_WARNING = 1 };

/// Something odd about a file that does not stop it from being read.
typedef struct mrcz_finding {
    size_t struct_size;
    const char* rule;     ///< `MRC-H07`, explained in spec/header-dialects.md
    const char* field;    ///< header field or part of the file
    const char* message;  ///< what was found, and what was expected
    int32_t severity;     ///< MRCZ_NOTE or MRCZ_WARNING
    int32_t reserved;
} mrcz_finding;

/// A part of the footer.
typedef struct mrcz_section {
    char id[8];           ///< four characters, zeros
    const char* meaning;  ///< empty for those that this version does not know
    uint64_t stored_bytes;
    uint64_t raw_bytes;
} mrcz_section;

enum {
    MRCZ_HEADER_CURRENT = 0,  ///< as the file has it
    MRCZ_HEADER_ORIGINAL = 1  ///< of the file that was compressed; MRCZ_ERROR_NOT_FOUND where that is not kept
};

enum { MRCZ_METADATA_AS_STORED = 0, MRCZ_METADATA_JSON = 1, MRCZ_METADATA_MSGPACK = 2 };

/// Opens a file; one inside gzip, bzip2 or zstd is unwrapped to a temporary one. A file that is damaged but can be read
/// in part opens, and its findings say what is wrong.
MRCZ_API int32_t mrcz_reader_open(const char* path, const mrcz_read_options* options, mrcz_reader** reader);
/// The bytes are not copied: they stay where and as they are until the reader is closed. `name` is for messages; null:
/// `memory`.
MRCZ_API int32_t mrcz_reader_open_memory(const void* bytes, size_t size, const char* name,
                                         const mrcz_read_options* options, mrcz_reader** reader);
MRCZ_API int32_t mrcz_reader_open_source(const mrcz_source* source, const mrcz_read_options* options,
                                         mrcz_reader** reader);
MRCZ_API void mrcz_reader_close(mrcz_reader* reader);

/// The path, or what stands for it; null for a null reader.
MRCZ_API const char* mrcz_reader_name(const mrcz_reader* reader);
MRCZ_API int32_t mrcz_reader_stack(const mrcz_reader* reader, mrcz_stack* stack);

/// Value `index` of the header field `name`, such as NX; `which` is MRCZ_HEADER_CURRENT or MRCZ_HEADER_ORIGINAL.
/// MRCZ_ERROR_NOT_FOUND when there is no such field, MRCZ_ERROR_INVALID_ARGUMENT when it is of another type.
MRCZ_API int32_t mrcz_header_integer(const mrcz_reader* reader, int32_t which, const char* name, int32_t index,
                                     int64_t* value);
/// Of integer fields, too.
MRCZ_API int32_t mrcz_header_real(const mrcz_reader* reader, int32_t which, const char* name, int32_t index,
                                  double* value);
/// All its bytes, and a zero behind them. `bytes` may be null.
MRCZ_API int32_t mrcz_header_text(const mrcz_reader* reader, int32_t which, const char* name, int32_t index,
                                  char** text, size_t* bytes);
/// The header itself, 1024 bytes, numbers in little-endian order.
MRCZ_API int32_t mrcz_header_bytes(const mrcz_reader* reader, int32_t which, void* out, size_t bytes);
/// DMIN, DMAX, DMEAN, RMS; NaN where the header does not know them.
MRCZ_API int32_t mrcz_header_statistics(const mrcz_reader* reader, mrcz_statistics* statistics);

/// Bytes between header and pixels, as they are; null and 0 where there are none. What they mean is in
/// mrcz_reader_info_json().
MRCZ_API int32_t mrcz_reader_extended_header(const mrcz_reader* reader, void** bytes, size_t* size);
/// The user's metadata in `format`: as stored (`stored_format` then says what they are), as JSON text, or as
/// MessagePack. In JSON numbers that are none become the texts "NaN", "Infinity", "-Infinity", and binary values
/// {"$binary": "<base64>"}. Null, 0 and 0 where there are none. `stored_format` may be null.
MRCZ_API int32_t mrcz_reader_metadata(const mrcz_reader* reader, int32_t format, char** document, size_t* bytes,
                                      int32_t* stored_format);
/// A JSON array with one object a step: what was done to the pixels; empty where nothing is recorded. `bytes` may be
/// null, here and below.
MRCZ_API int32_t mrcz_reader_provenance(const mrcz_reader* reader, char** json, size_t* bytes);
/// All that is known without reading a pixel, as one JSON object: docs/info-json.md.
MRCZ_API int32_t mrcz_reader_info_json(const mrcz_reader* reader, int32_t is_indented, char** json, size_t* bytes);
/// 0 ... mrcz_stack.findings - 1.
MRCZ_API int32_t mrcz_reader_finding(const mrcz_reader* reader, int32_t index, mrcz_finding* finding);
/// Parts of the footer; null and 0 where there are none.
MRCZ_API int32_t mrcz_reader_sections(const mrcz_reader* reader, mrcz_section** sections, size_t* count);
/// One a frame; null and 0 where the file holds none. Reads no pixel.
MRCZ_API int32_t mrcz_reader_statistics(const mrcz_reader* reader, mrcz_statistics** statistics, size_t* count);

/// Fills `out` with one frame; `bytes` are mrcz_stack.frame_bytes.
MRCZ_API int32_t mrcz_read_frame(const mrcz_reader* reader, int64_t index, void* out, size_t bytes);
/// Frames first ... first + count - 1; `bytes` are as many times mrcz_stack.frame_bytes. The context's progress is told
/// of each frame; its bytes are 0.
MRCZ_API int32_t mrcz_read_frames(const mrcz_reader* reader, int64_t first, int64_t count, void* out, size_t bytes,
                                  mrcz_context* context);
/// The same in another pixel type, as mrcz_convert() does it; `bytes` are as many times mrcz_frame_bytes(). MRCZ_UINT8
/// unpacks 4-bit pixels. `changes` may be null.
MRCZ_API int32_t mrcz_read_frames_as(const mrcz_reader* reader, int64_t first, int64_t count, int32_t pixel_type,
                                     int32_t allow, void* out, size_t bytes, mrcz_changes* changes,
                                     mrcz_context* context);
/// The sum over all frames, [row][column], from the file's section SUMI where it has one, else from one pass over the
/// frames. `out` has `pixels` = rows * columns values. Complex and colour pixels have no sum.
MRCZ_API int32_t mrcz_read_sum(const mrcz_reader* reader, double* out, size_t pixels, mrcz_context* context);
/// The same exact, of integer pixels.
MRCZ_API int32_t mrcz_read_integer_sum(const mrcz_reader* reader, int64_t* out, size_t pixels, mrcz_context* context);

// --- Reading with corrections ----------------------------------------------------------------------------------------

/// A stack whose frames are corrected as they are read.
typedef struct mrcz_corrected mrcz_corrected;

enum { MRCZ_GAIN_MULTIPLICATIVE = 0, MRCZ_GAIN_FLAT_FIELD = 1 };
enum { MRCZ_FLIP_NONE = 0, MRCZ_FLIP_UPSIDE_DOWN = 1, MRCZ_FLIP_LEFT_RIGHT = 2 };
enum { MRCZ_OUTLIERS_NONE = 0, MRCZ_OUTLIERS_GUARDED = 1, MRCZ_OUTLIERS_PAPER = 2 };
enum { MRCZ_FILL_AUTOMATIC = 0, MRCZ_FILL_RANDOM = 1, MRCZ_FILL_FRAME = 2, MRCZ_FILL_MEAN = 3 };

/// What is done, in this order: dark, gain, outliers and defects, KOMA, pixel type. What is left empty is not done.
/// docs/processing.md says what each does to the data.
typedef struct mrcz_corrections {
    size_t struct_size;
    const char* dark;                ///< subtracted: MRC, MRCZ, TIFF, DM4; null: none. Turned as the gain reference is
    const char* gain;                ///< multiplies: MRC, MRCZ, TIFF (.gain), DM4; null: none
    const char* defects;             ///< list or map of pixels that are filled as outliers are; null: none
    double gamma;                    ///< factors of the gain reference are raised to it; 0: 1
    const float* koma;               ///< of mrcz_koma_pattern(), rows * columns values; null: none. Copied
    size_t koma_pixels;              ///< rows * columns
    uint64_t seed;                   ///< of everything random
    int32_t gain_kind;               ///< MRCZ_GAIN_MULTIPLICATIVE, ...
    int32_t gain_quarter_turns;      ///< 0 ... 3, counter-clockwise with row 0 at the bottom; before the flip
    int32_t gain_flip;               ///< MRCZ_FLIP_NONE, ...
    int32_t gain_finds_orientation;  ///< instead, that under which the sum of the frames is flattest
    int32_t outliers;                ///< MRCZ_OUTLIERS_NONE, ...
    int32_t fill;                    ///< MRCZ_FILL_AUTOMATIC, ...
    int32_t koma_divides;            ///< as the pattern was made
    int32_t pixel_type;  ///< of corrected frames; 0: the stack's own without dark and gain, else MRCZ_FLOAT32
} mrcz_corrections;

typedef struct mrcz_outliers {
    size_t struct_size;
    uint64_t dead, hot;                    ///< pixels beyond the thresholds
    uint64_t singletons, clustered;        ///< of those that are filled
    uint64_t spared;                       ///< patches that are something seen, left as they are
    double mean, sigma;                    ///< of the sums
    double dark_threshold, hot_threshold;  ///< in sigma
} mrcz_outliers;

/// Takes `reader` over: it is closed in any case, and is not to be used again. Finds the outliers from the sum of the
/// frames (a pass over them where the file does not keep it).
MRCZ_API int32_t mrcz_corrected_open(mrcz_reader* reader, const mrcz_corrections* corrections, mrcz_context* context,
                                     mrcz_corrected** corrected);
MRCZ_API void mrcz_corrected_close(mrcz_corrected* corrected);
/// The file as it is: header, metadata, raw frames. Lives as long as `corrected` and is not closed; null for null.
MRCZ_API const mrcz_reader* mrcz_corrected_reader(const mrcz_corrected* corrected);
/// As of the reader, but for pixel type, packing and size of corrected frames.
MRCZ_API int32_t mrcz_corrected_stack(const mrcz_corrected* corrected, mrcz_stack* stack);
/// All 0 where none was looked for.
MRCZ_API int32_t mrcz_corrected_outliers(const mrcz_corrected* corrected, mrcz_outliers* outliers);
/// As mrcz_read_frames(), corrected.
MRCZ_API int32_t mrcz_corrected_read_frames(const mrcz_corrected* corrected, int64_t first, int64_t count, void* out,
                                            size_t bytes, mrcz_context* context);

/// What KOMA subtracts from every frame of a movie (`divides`: multiplies it with), from the sum over the frames of
/// other movies of the session. `own_frame_mean` is the mean pixel of the movie's own frames, to which the pattern is
/// scaled. `sum` and `pattern` have `pixels` = rows * columns values.
MRCZ_API int32_t mrcz_koma_pattern(int64_t columns, int64_t rows, const double* sum, int64_t frames,
                                   double own_frame_mean, int32_t divides, float* pattern, size_t pixels);
/// The image of a gain, dark or defect file: MRC and MRCZ (the mean of their frames), TIFF, Digital Micrograph.
/// [row][column]; `options` may be null.
MRCZ_API int32_t mrcz_read_reference(const char* path, const mrcz_read_options* options, float** pixels,
                                     int64_t* columns, int64_t* rows);

// --- Writing ---------------------------------------------------------------------------------------------------------

/// A file that is being written.
typedef struct mrcz_writer mrcz_writer;

typedef struct mrcz_writer_options {
    size_t struct_size;
    int64_t columns;          ///< needed
    int64_t rows;             ///< needed
    int64_t volume_sections;  ///< of each volume in a stack of volumes; 0: none
    double voxel_angstrom[3];
    double voltage_kv;
    double spherical_aberration_mm;
    double detector_gain;     ///< 0: 1
    const char* label;        ///< first label of a plain file, one line of at most 80 bytes; null: none
    const char* codec;        ///< of the table of codecs; null: zstd; `raw`: plain MRC
    uint64_t block_bytes;     ///< that a blosc codec compresses at a time; 0: 1 MiB
    const void* metadata;     ///< a document; null: none
    size_t metadata_bytes;    ///< of it
    double live_seconds;      ///< between commits; 0: 1
    int64_t live_frames;      ///< between commits; 0: 32
    int32_t metadata_format;  ///< MRCZ_METADATA_JSON or MRCZ_METADATA_MSGPACK
    int32_t pixel_type;       ///< needed. MRC has no MRCZ_UINT8
    int32_t is_volume;        ///< sections of one volume instead of images
    int32_t level;            ///< 0: the codec's default
    int32_t filter;           ///< MRCZ_FILTER_AUTOMATIC, ...
    int32_t overwrite;        ///< replaces an existing file
    int32_t is_live;          ///< the file bears its name from the start and grows under it, for running detectors
    int32_t reserved;         ///< 0
} mrcz_writer_options;

/// Of a file that grows: level, filter and block size are the file's unless given here.
typedef struct mrcz_extend_options {
    size_t struct_size;
    const mrcz_read_options* reading;  ///< null: the defaults
    uint64_t block_bytes;
    double live_seconds;
    int64_t live_frames;
    int32_t level;
    int32_t filter;
    int32_t is_live;       ///< commits on the way, instead of all frames or none
    int32_t is_corrected;  ///< of mrcz_append(): the inputs went through the corrections that the target tells of
} mrcz_extend_options;

MRCZ_API int32_t mrcz_writer_create(const char* path, const mrcz_writer_options* options, mrcz_writer** writer);
/// Opens a finished file to append frames of its shape and pixel type.
MRCZ_API int32_t mrcz_writer_extend(const char* path, const mrcz_extend_options* options, mrcz_context* context,
                                    mrcz_writer** writer);
/// Appends whole frames: `bytes` are a multiple of mrcz_frame_bytes(). A writer whose append failed for another reason
/// than its arguments takes and finishes nothing more.
MRCZ_API int32_t mrcz_writer_append(mrcz_writer* writer, const void* frames, size_t bytes, mrcz_context* context);
/// The file appears under its name, complete and synced; `file_bytes` may be null. The writer then only waits to be
/// closed.
MRCZ_API int32_t mrcz_writer_finish(mrcz_writer* writer, uint64_t* file_bytes);
/// Without mrcz_writer_finish() it is given up: no file appears, and an older one is as it was. A live file keeps the
/// frames that were committed; mrcz_repair() finishes it.
MRCZ_API void mrcz_writer_close(mrcz_writer* writer);

// --- From file to file -----------------------------------------------------------------------------------------------

typedef struct mrcz_compress_options {
    size_t struct_size;
    const mrcz_read_options* reading;  ///< null: the defaults
    const char* codec;                 ///< of the table of codecs, not `raw`; null: zstd
    uint64_t block_bytes;              ///< that a blosc codec compresses at a time; 0: 1 MiB
    const void* metadata;              ///< replaces what the input carries; null: does not
    size_t metadata_bytes;
    int32_t metadata_format;  ///< MRCZ_METADATA_JSON or MRCZ_METADATA_MSGPACK
    int32_t level;            ///< 0: the codec's default
    int32_t filter;           ///< MRCZ_FILTER_AUTOMATIC, ...
    int32_t pixel_type;       ///< 0: the input's; any other and the original is not given back
    int32_t allow;            ///< MRCZ_ALLOW_CLIP, MRCZ_ALLOW_ROUND: for pixel_type
    int32_t keep_sum;         ///< also stores the sum over all frames
    int32_t overwrite;        ///< replaces an existing output
    int32_t reserved;         ///< 0
} mrcz_compress_options;

typedef struct mrcz_decompress_options {
    size_t struct_size;
    const mrcz_read_options* reading;  ///< null: the defaults
    const char* frames;                ///< only these: `10:20`, `:5`, `-1:`; null: the whole file
    int32_t keep_metadata;             ///< those that are no part of the original, in a footer behind it
    int32_t pixel_type;                ///< 0: the input's
    int32_t allow;                     ///< for pixel_type
    int32_t overwrite;
} mrcz_decompress_options;

typedef struct mrcz_job_result {
    size_t struct_size;
    int64_t frames;
    uint64_t bytes_in;  ///< of the input, unwrapped
    uint64_t bytes_out;
    mrcz_changes changes;
} mrcz_job_result;

typedef struct mrcz_verify_options {
    size_t struct_size;
    const mrcz_read_options* reading;  ///< null: the defaults
    /// Told of every frame that is damaged, in order; may be null. `why` lives during the call.
    void (*damaged)(void* user, int64_t frame, const char* why);
    void* user;
} mrcz_verify_options;

typedef struct mrcz_verify_result {
    size_t struct_size;
    int64_t frames;
    uint64_t bytes;            ///< of the file
    int32_t frames_hashed;     ///< every frame matched a stored hash
    int32_t original_matched;  ///< the hash of the original file was made anew and matched
} mrcz_verify_result;

enum {
    MRCZ_REPAIR_NONE = 0,            ///< nothing is wrong
    MRCZ_REPAIR_FORGOT_JOURNAL = 1,  ///< the file is whole; only a journal was left over
    MRCZ_REPAIR_ROLLED_BACK = 2,     ///< in place: an append that committed nothing was undone
    MRCZ_REPAIR_FINISHED = 3,        ///< in place: a file that was never finished got its end
    MRCZ_REPAIR_SALVAGED = 4,        ///< a new file was written of the frames that are whole
};

typedef struct mrcz_repair_options {
    size_t struct_size;
    const mrcz_read_options* reading;  ///< null: the defaults
    const char* output;  ///< a new file; null: in place where a journal allows it, else X.repaired.mrcz beside X.mrcz
    int32_t overwrite;
    int32_t dry_run;           ///< only finds out what would be done
    int32_t uncommitted;       ///< keeps whole frames behind the last commit, too
    int32_t drop_uncommitted;  ///< gives them up
} mrcz_repair_options;

typedef struct mrcz_repair_result {
    size_t struct_size;
    int64_t frames_before;   ///< that the header counted
    int64_t frames;          ///< of the whole file now
    int64_t lost_frames;     ///< how many
    uint64_t bytes_dropped;  ///< that belong to nothing which was kept
    int32_t action;          ///< MRCZ_REPAIR_NONE, ...
    int32_t lost_sections;   ///< of the footer, how many
} mrcz_repair_result;

typedef struct mrcz_append_result {
    size_t struct_size;
    int64_t frames_before;
    int64_t frames;      ///< of the target now
    uint64_t bytes_in;   ///< of the inputs, unwrapped
    uint64_t bytes_out;  ///< of the target now
} mrcz_append_result;

/// Compresses an MRC file (also inside gzip, bzip2 or zstd) so that mrcz_decompress() gives it back byte for byte. The
/// output appears when it is complete and synced. `result` may be null, here and below.
MRCZ_API int32_t mrcz_compress(const char* input, const char* output, const mrcz_compress_options* options,
                               mrcz_context* context, mrcz_job_result* result);
/// Gives the original back, checked against its hash before it gets its name.
MRCZ_API int32_t mrcz_decompress(const char* input, const char* output, const mrcz_decompress_options* options,
                                 mrcz_context* context, mrcz_job_result* result);
/// Decodes everything, writes nothing. `report` is a JSON object with all findings; it may be null, here and below.
MRCZ_API int32_t mrcz_verify(const char* input, const mrcz_verify_options* options, mrcz_context* context,
                             mrcz_verify_result* result, char** report);
/// Makes a whole file of a damaged or unfinished one. `report` is a JSON object that names output and losses.
MRCZ_API int32_t mrcz_repair(const char* path, const mrcz_repair_options* options, mrcz_context* context,
                             mrcz_repair_result* result, char** report);
/// Appends the frames of `count` files, in order, to a finished one of their shape and pixel type: all or none.
MRCZ_API int32_t mrcz_append(const char* const* inputs, int32_t count, const char* target,
                             const mrcz_extend_options* options, mrcz_context* context, mrcz_append_result* result);

#ifdef __cplusplus
}
#endif

#include "mrcz/session.h"
