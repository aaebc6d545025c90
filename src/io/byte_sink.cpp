#include "io/byte_sink.hpp"

#include "base/fail.hpp"

namespace mrcz::io {

void ByteSink::write(std::span<const std::byte> bytes) {
    in_file(name_, [&] { do_write(bytes); });
    written_ += bytes.size();
}

void ByteSink::rewrite(std::uint64_t offset, std::span<const std::byte> bytes) {
    in_file(name_, [&] { do_rewrite(offset, bytes); });
}

void ByteSink::commit() {
    in_file(name_, [&] { do_commit(); });
}

}  // namespace mrcz::io
