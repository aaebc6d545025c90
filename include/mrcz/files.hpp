// Where a job reads from and writes to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// A file, or an open descriptor (a pipe, standard input) that stays the caller's.
struct Input {
    std::filesystem::path path;  ///< used when `descriptor` is not set
    std::optional<int> descriptor;
    std::string name;  ///< for messages; empty: the path

    [[nodiscard]] static Input file(std::filesystem::path path) { return {std::move(path), {}, {}}; }
    [[nodiscard]] static Input stream(int descriptor, std::string name) { return {{}, descriptor, std::move(name)}; }
    [[nodiscard]] std::string display_name() const { return name.empty() ? path.string() : name; }
};

/// A file that appears, complete and synced, when the job is done; or a descriptor that stays the caller's.
struct Output {
    std::filesystem::path path;
    std::optional<int> descriptor;
    bool overwrite = false;  ///< replace an existing file; otherwise Error{target_exists}

    [[nodiscard]] static Output file(std::filesystem::path path, bool overwrite = false) {
        return {std::move(path), {}, overwrite};
    }
    [[nodiscard]] static Output stream(int descriptor) { return {{}, descriptor, false}; }
};

}  // namespace mrcz
