// Names of files: which are MRC files, what their outputs are called, where those go.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "options.hpp"

namespace mrcz::cli {

/// `X.mrc` → `X.mrcz`, `X.mrcs` → `X.mrczs`, else `X.ext.mrcz`; a `.gz`, `.bz2` or `.zst` ending is taken off first.
[[nodiscard]] std::string compressed_name(const std::string& input);
/// The reverse, so that a restored file has the name of its original where that ends as MRC files do; others come back
/// as `X.mrc`, because X.mrcz may be either's. A name that is no compressed file's is refused.
[[nodiscard]] std::string decompressed_name(const std::string& input);

/// What decompressed_name() makes of compressed_name().
[[nodiscard]] std::string restored_name_of(const std::string& input);
/// Whether that is the name it had, but for the ending of a wrapper.
[[nodiscard]] bool returns_under_its_name(const std::string& input);
/// A corrected movie is called as its input is when that is compressed, or not, as the output is.
[[nodiscard]] std::string processed_name(const std::string& input, bool is_plain);

/// By its ending, wrapped or not.
[[nodiscard]] bool is_plain_name(std::string_view name);
[[nodiscard]] bool is_compressed_name(std::string_view name);

using DeriveName = std::function<std::string(const std::string&)>;

/// Where the output of `input` goes when it goes to a file.
[[nodiscard]] std::string output_path(const Options& options, const std::string& input, const DeriveName& derive);

/// Throws Error{invalid_argument} before any work when two inputs have one output.
void refuse_shared_outputs(const Options& options, const DeriveName& derive);

}  // namespace mrcz::cli
