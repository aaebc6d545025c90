// What the tests of sources and streams share: bytes, and streams that dribble.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.hpp"
#include "io/byte_stream.hpp"

namespace mrcz::io_test {

[[nodiscard]] Bytes bytes_of(std::string_view text);

/// `bytes` in order, at most `at_once` of them a call; its size is not known.
[[nodiscard]] std::unique_ptr<io::ByteStream> dribbling(Bytes bytes, std::size_t at_once = 1000);

/// All that is left, read in pieces of `at_once`.
[[nodiscard]] Bytes drained(io::ByteStream& stream, std::size_t at_once = 777);

[[nodiscard]] Bytes joined(Bytes first, const Bytes& second);

}  // namespace mrcz::io_test
