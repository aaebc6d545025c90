#include <bzlib.h>

#include <algorithm>

#include "io/inflating_stream.hpp"
#include "io/unwrap.hpp"

namespace mrcz::io {
namespace {

constexpr std::size_t most_per_call = std::size_t{1} << 30;  // libbz2 counts in 32 bits

class Bzip2Inflater {
  public:
    static constexpr const char* format = "bzip2";

    Bzip2Inflater() { start(); }
    ~Bzip2Inflater() { ::BZ2_bzDecompressEnd(&state_); }
    Bzip2Inflater(const Bzip2Inflater&) = delete;
    Bzip2Inflater& operator=(const Bzip2Inflater&) = delete;

    void restart() {
        ::BZ2_bzDecompressEnd(&state_);
        start();
    }

    InflateStep step(std::span<const std::byte> input, std::span<std::byte> output) {
        state_.next_in = const_cast<char*>(reinterpret_cast<const char*>(input.data()));
        state_.avail_in = static_cast<unsigned>(std::min(input.size(), most_per_call));
        state_.next_out = reinterpret_cast<char*>(output.data());
        state_.avail_out = static_cast<unsigned>(std::min(output.size(), most_per_call));
        const unsigned in_before = state_.avail_in;
        const unsigned out_before = state_.avail_out;
        const int result = ::BZ2_bzDecompress(&state_);
        if (result != BZ_OK && result != BZ_STREAM_END) fail(ErrorCode::corrupt, "bzip2 data are damaged");
        return {in_before - state_.avail_in, out_before - state_.avail_out, result == BZ_STREAM_END};
    }

  private:
    void start() {
        state_ = {};
        if (::BZ2_bzDecompressInit(&state_, 0, 0) != BZ_OK) fail(ErrorCode::out_of_memory, "libbz2 cannot start");
    }

    bz_stream state_{};
};

}  // namespace

std::unique_ptr<ByteStream> unwrap_bzip2(std::unique_ptr<ByteStream> wrapped) {
    return std::make_unique<InflatingStream<Bzip2Inflater>>(std::move(wrapped));
}

}  // namespace mrcz::io
