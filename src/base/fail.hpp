// fail(code, parts…) throws an Error whose message is the parts side by side; in_file names the file in what escapes.
#pragma once

#include <string>
#include <string_view>

#include "base/text.hpp"
#include "mrcz/error.hpp"

namespace mrcz {

template <class... Parts>
[[noreturn]] void fail(ErrorCode code, const Parts&... parts) {
    throw Error(code, concat(parts...));
}

/// fail() for a failed system call: appends what errno says, and maps ENOMEM, ENOENT and EEXIST to their codes.
[[noreturn]] void fail_errno(int error_number, std::string_view action);

/// Runs `work`; an Error that leaves it and names no file gets `name` as its context.
template <class Work>
decltype(auto) in_file(std::string_view name, Work&& work) {
    try {
        return work();
    } catch (const Error& error) {
        throw error.within(name);
    }
}

}  // namespace mrcz
