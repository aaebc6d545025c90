// The edge of the C interface: nothing that is thrown inside leaves it.
#pragma once

#include <cstdint>
#include <utility>

#include "base/fail.hpp"
#include "mrcz/mrcz.h"

namespace mrcz::capi {

[[nodiscard]] std::int32_t status_of(ErrorCode code) noexcept;

/// Keeps what is being thrown as this thread's error text, naming `function` where it names no file; its status. Only
/// inside a catch block.
[[nodiscard]] std::int32_t caught(const char* function) noexcept;

/// Runs `work`; the only catch-all.
template <class Work>
[[nodiscard]] std::int32_t guarded(const char* function, Work&& work) noexcept {
    try {
        std::forward<Work>(work)();
        return MRCZ_OK;
    } catch (...) {
        return caught(function);
    }
}

/// This thread's error text.
[[nodiscard]] const char* last_error() noexcept;

}  // namespace mrcz::capi
