// Metadata documents in and out: what --metadata reads for compress, and writes for info.
#pragma once

#include <optional>

#include "mrcz/metadata.hpp"
#include "mrcz/reader.hpp"
#include "options.hpp"

namespace mrcz::cli {

/// Reads `options.metadata_file`, stored as `options.metadata_format` says; nothing where none is named.
[[nodiscard]] std::optional<Metadata> read_metadata(const Options& options);

/// Prints a file's metadata as `options.metadata_format` says; one line a file with --json. Throws Error{not_found}
/// where there are none.
void print_metadata(const Options& options, const Reader& reader);

}  // namespace mrcz::cli
