// The one error type of mrcz. Everything that cannot be done throws mrcz::Error; what is merely odd is a Finding.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// Who has to act on an error. The values are the exit codes of the `mrcz` command.
enum class ErrorGroup : int {
    data = 1,         ///< the file is damaged, cut short, or not what it claims
    caller = 2,       ///< wrong arguments, an existing target, an option that does not fit
    system = 3,       ///< reading, writing or memory failed
    interrupted = 4,  ///< cancelled through CancelToken
    internal = 70,    ///< a bug in mrcz
};

enum class ErrorCode {
    not_mrc,           ///< data: the bytes are no MRC file
    truncated,         ///< data: the file ends before its contents do
    corrupt,           ///< data: a hash, a size or a structure does not hold
    unsupported,       ///< data: valid, but this build cannot handle it
    limit_exceeded,    ///< data: beyond mrcz::Limits, which the caller may raise
    invalid_argument,  ///< caller
    target_exists,     ///< caller: the output is there already and overwriting was not asked for
    not_found,         ///< caller: no such input
    io_failed,         ///< system
    out_of_memory,     ///< system
    cancelled,         ///< interrupted
    internal,          ///< internal
};

[[nodiscard]] ErrorGroup group_of(ErrorCode code) noexcept;
/// `not_mrc`, `truncated`, ...: as it is spelled here.
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;

/// what() reads `context: message`, the context being the file (or stream) the error speaks of.
class Error : public std::runtime_error {
  public:
    Error(ErrorCode code, std::string message, std::string context = {});

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }
    [[nodiscard]] ErrorGroup group() const noexcept { return group_of(code_); }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] const std::string& context() const noexcept { return context_; }

    /// The same error, naming `context` unless it names one already.
    [[nodiscard]] Error within(std::string_view context) const;

  private:
    ErrorCode code_;
    std::string message_;
    std::string context_;
};

}  // namespace mrcz
