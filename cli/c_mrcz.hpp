// The command line of c-mrcz, the program that had the name mrcz before: mrcz -i IN -o OUT -c zstd -B 131072 -l 1.
#pragma once

#include <string>
#include <vector>

namespace mrcz::cli {

/// It is meant exactly when the first argument is -i.
[[nodiscard]] bool is_c_mrcz_syntax(const std::vector<std::string>& arguments);

/// Returns the exit code. An output that is there is replaced, as c-mrcz does.
int run_c_mrcz(const std::vector<std::string>& arguments);

}  // namespace mrcz::cli
