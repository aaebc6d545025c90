// What is visible in the shared library. C reads this file, too.
#pragma once

/// Before a function of C; before the name of a namespace, whose block is then part of the C++ API. All else is hidden.
#if defined(__cplusplus)
#define MRCZ_API [[gnu::visibility("default")]]
#elif defined(__GNUC__)
#define MRCZ_API __attribute__((visibility("default")))
#else
#define MRCZ_API
#endif
