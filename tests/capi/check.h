// Checks for tests in C: each failure is told, and counted.
#pragma once

#include <stdio.h>
#include <string.h>

#include "mrcz/mrcz.h"

extern int failures;

#define CHECK(condition)                                                                             \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            fprintf(stderr, "%s:%d: not so: %s\n  last error: %s\n", __FILE__, __LINE__, #condition, \
                    mrcz_last_error());                                                              \
            ++failures;                                                                              \
        }                                                                                            \
    } while (0)

#define CHECK_STATUS(expected, call)                                                                                  \
    do {                                                                                                              \
        const int32_t status_ = (call);                                                                               \
        if (status_ != (expected)) {                                                                                  \
            fprintf(stderr, "%s:%d: %s gave %d, not %s\n  last error: %s\n", __FILE__, __LINE__, #call, (int)status_, \
                    #expected, mrcz_last_error());                                                                    \
            ++failures;                                                                                               \
        }                                                                                                             \
    } while (0)

#define OK(call) CHECK_STATUS(MRCZ_OK, call)
/// Refused, and the text names what is wrong.
#define REFUSED(call, text)                              \
    do {                                                 \
        CHECK_STATUS(MRCZ_ERROR_INVALID_ARGUMENT, call); \
        CHECK(strstr(mrcz_last_error(), text) != NULL);  \
    } while (0)
