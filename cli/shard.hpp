// A part of the files for one of several runs, as job arrays have it.
#pragma once

#include <string>
#include <vector>

namespace mrcz::cli {

struct Shard {
    std::size_t index = 0;  ///< 0 ... count - 1
    std::size_t count = 1;

    /// `3/16`, or `slurm` for this task of its job array. Throws Error{invalid_argument}.
    [[nodiscard]] static Shard parse(const std::string& text);

    /// Sorted, every count-th of `names`, beginning with number index.
    [[nodiscard]] std::vector<std::string> of(std::vector<std::string> names) const;
};

}  // namespace mrcz::cli
