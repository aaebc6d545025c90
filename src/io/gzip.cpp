#include <zlib.h>

#include <algorithm>

#include "io/inflating_stream.hpp"
#include "io/unwrap.hpp"

namespace mrcz::io {
namespace {

constexpr std::size_t most_per_call = std::size_t{1} << 30;  // zlib counts in 32 bits

class GzipInflater {
  public:
    static constexpr const char* format = "gzip";

    GzipInflater() {
        // 32: also data with zlib's own header, as Zarr's codec zlib has them.
        if (::inflateInit2(&state_, 15 + 32) != Z_OK) fail(ErrorCode::out_of_memory, "zlib cannot start");
    }
    ~GzipInflater() { ::inflateEnd(&state_); }
    GzipInflater(const GzipInflater&) = delete;
    GzipInflater& operator=(const GzipInflater&) = delete;

    void restart() { ::inflateReset(&state_); }

    InflateStep step(std::span<const std::byte> input, std::span<std::byte> output) {
        state_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
        state_.avail_in = static_cast<uInt>(std::min(input.size(), most_per_call));
        state_.next_out = reinterpret_cast<Bytef*>(output.data());
        state_.avail_out = static_cast<uInt>(std::min(output.size(), most_per_call));
        const uInt in_before = state_.avail_in;
        const uInt out_before = state_.avail_out;
        const int result = ::inflate(&state_, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            fail(ErrorCode::corrupt, "gzip data are damaged", state_.msg == nullptr ? "" : ": ",
                 state_.msg == nullptr ? "" : state_.msg);
        return {in_before - state_.avail_in, out_before - state_.avail_out, result == Z_STREAM_END};
    }

  private:
    z_stream state_{};
};

}  // namespace

std::unique_ptr<ByteStream> unwrap_gzip(std::unique_ptr<ByteStream> wrapped) {
    return std::make_unique<InflatingStream<GzipInflater>>(std::move(wrapped));
}

}  // namespace mrcz::io
