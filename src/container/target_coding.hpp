// How the chunks of a file are coded, so that more of them are coded alike.
#pragma once

#include "container/mrc_file.hpp"

namespace mrcz::container {

/// Filter and block size of the first chunk; what it does not tell is left to the codec.
[[nodiscard]] CodecOptions coding_of(const MrcFile& file);

/// `wanted`, and `found` where it leaves filter or block size open.
[[nodiscard]] CodecOptions merged(CodecOptions wanted, const CodecOptions& found) noexcept;

}  // namespace mrcz::container
