// A Finding is something odd about a file that does not stop it from being read.
#pragma once

#include <string>
#include <string_view>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

enum class Severity {
    note,     ///< usual in some program's files; harmless
    warning,  ///< against the standard, or likely to mislead another program
};

[[nodiscard]] constexpr std::string_view severity_name(Severity severity) noexcept {
    return severity == Severity::note ? "note" : "warning";
}

struct Finding {
    Severity severity = Severity::note;
    std::string rule;     ///< stable id such as `MRC-H07`, explained in spec/header-dialects.md
    std::string field;    ///< header field or file part it speaks of
    std::string message;  ///< what was found and what was expected
};

}  // namespace mrcz
