#include "kit/wrappers.hpp"

#include <bzlib.h>
#include <zlib.h>
#include <zstd.h>

#include <stdexcept>

namespace mrcz::kit {

Bytes gzipped(std::span<const std::byte> bytes) {
    constexpr int gzip_window = 15 + 16;
    z_stream stream{};
    if (::deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib cannot start");
    Bytes out(::deflateBound(&stream, bytes.size()));
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = ::deflate(&stream, Z_FINISH);
    out.resize(out.size() - stream.avail_out);
    ::deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("zlib failed");
    return out;
}

Bytes bzipped(std::span<const std::byte> bytes) {
    Bytes out(bytes.size() + bytes.size() / 100 + 600);
    auto size = static_cast<unsigned>(out.size());
    char nothing = 0;  // libbz2 refuses a null pointer, even to no bytes
    char* from = bytes.empty() ? &nothing : const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
    if (::BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size, from,
                                   static_cast<unsigned>(bytes.size()), 9, 0, 0) != BZ_OK)
        throw std::runtime_error("libbz2 failed");
    out.resize(size);
    return out;
}

Bytes zstd_wrapped(std::span<const std::byte> bytes) {
    Bytes out(::ZSTD_compressBound(bytes.size()));
    ZSTD_CCtx* state = ::ZSTD_createCCtx();
    ::ZSTD_CCtx_setParameter(state, ::ZSTD_c_checksumFlag, 1);
    const std::size_t size = ::ZSTD_compress2(state, out.data(), out.size(), bytes.data(), bytes.size());
    ::ZSTD_freeCCtx(state);
    if (::ZSTD_isError(size) != 0) throw std::runtime_error("zstd failed");
    out.resize(size);
    return out;
}

}  // namespace mrcz::kit
