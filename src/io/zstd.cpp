#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>

#include "io/inflating_stream.hpp"
#include "io/unwrap.hpp"

namespace mrcz::io {
namespace {

/// The longest window is what unwrapping needs in memory: 2 GiB, which `zstd --long=31` asks for, and no more.
constexpr int largest_window_log = sizeof(std::size_t) > 4 ? 31 : 30;

class ZstdInflater {
  public:
    static constexpr const char* format = "zstd";

    ZstdInflater() : state_(::ZSTD_createDCtx()) {
        if (state_ == nullptr) fail(ErrorCode::out_of_memory, "zstd cannot start");
        if (::ZSTD_isError(::ZSTD_DCtx_setParameter(state_, ::ZSTD_d_windowLogMax, largest_window_log)) != 0)
            fail(ErrorCode::internal, "zstd refuses a window of 2^", largest_window_log, " bytes");
    }
    ~ZstdInflater() { ::ZSTD_freeDCtx(state_); }
    ZstdInflater(const ZstdInflater&) = delete;
    ZstdInflater& operator=(const ZstdInflater&) = delete;

    void restart() { ::ZSTD_DCtx_reset(state_, ::ZSTD_reset_session_only); }

    InflateStep step(std::span<const std::byte> input, std::span<std::byte> output) {
        ZSTD_inBuffer in{input.data(), input.size(), 0};
        ZSTD_outBuffer out{output.data(), output.size(), 0};
        const std::size_t result = ::ZSTD_decompressStream(state_, &out, &in);
        if (::ZSTD_isError(result) != 0) fail_damaged(result);
        return {in.pos, out.pos, result == 0};
    }

  private:
    [[noreturn]] static void fail_damaged(std::size_t result) {
        switch (::ZSTD_getErrorCode(result)) {
            case ::ZSTD_error_frameParameter_windowTooLarge:
                fail(ErrorCode::limit_exceeded,
                     "zstd data ask for a window of more than 2 GiB; unwrap them with zstd first, or wrap them anew");
            case ::ZSTD_error_memory_allocation:
                fail(ErrorCode::out_of_memory, "no memory for the window that the zstd data ask for");
            case ::ZSTD_error_dictionary_wrong:
                fail(ErrorCode::unsupported, "zstd data need the dictionary they were made with; unwrap them first");
            default:
                fail(ErrorCode::corrupt, "zstd data are damaged: ", ::ZSTD_getErrorName(result));
        }
    }

    ZSTD_DCtx* state_;
};

}  // namespace

std::unique_ptr<ByteStream> unwrap_zstd(std::unique_ptr<ByteStream> wrapped) {
    return std::make_unique<InflatingStream<ZstdInflater>>(std::move(wrapped));
}

}  // namespace mrcz::io
