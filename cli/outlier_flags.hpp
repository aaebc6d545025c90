// Flags of process that say how outliers are found and filled, beside --outliers itself.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "mrcz/outliers.hpp"

namespace mrcz::cli {

struct OutlierFlags {
    std::string patches, kernel, transform;
    double least = -1, share = 0, steepness = 0;
    bool decorrelate = false;
};

void add_outlier_flags(CLI::App& app, OutlierFlags& flags);

/// Whether any of them was given.
[[nodiscard]] bool says_anything(const OutlierFlags& flags);

/// Sets what the flags say. Throws Error{invalid_argument}.
void apply(const OutlierFlags& flags, OutlierOptions& options);

}  // namespace mrcz::cli
