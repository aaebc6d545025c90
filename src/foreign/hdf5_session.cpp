#include "foreign/hdf5_session.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>

#include "base/fail.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/chunk.hpp"

namespace mrcz::foreign {
namespace {

std::recursive_mutex& library_lock() {
    static std::recursive_mutex mutex;
    return mutex;
}

/// The first one is where it went wrong.
herr_t keep_description(unsigned number, const H5E_error2_t* error, void* into) {
    try {
        if (number == 0 && error->desc != nullptr) *static_cast<std::string*>(into) = error->desc;
    } catch (...) {
        return -1;
    }
    return 0;
}

constexpr std::uint64_t most_of_blosc = 0x7fffffff;
std::uint64_t most_decoded = most_of_blosc;  // guarded by library_lock()

/// In the library's signature; 0 says that it failed.
std::size_t decode_blosc(unsigned flags, std::size_t, const unsigned*, std::size_t bytes, std::size_t* room,
                         void** buffer) {
    if ((flags & H5Z_FLAG_REVERSE) == 0 || bytes < codec::blosc::header_bytes) return 0;
    void* out = nullptr;
    try {
        const std::span stored(static_cast<const std::byte*>(*buffer), bytes);
        const std::uint64_t size = codec::blosc::frame_size(stored.first(codec::blosc::header_bytes));
        if (size > most_decoded) return 0;
        const auto decoder = codec::blosc::prepare_decoder({PixelType::int8, size, nullptr});
        const auto scratch = decoder->make_scratch();
        out = std::malloc(std::max<std::size_t>(1, static_cast<std::size_t>(size)));
        if (out == nullptr) return 0;
        codec::NoObserver nobody;
        decoder->decode(stored, {static_cast<std::byte*>(out), static_cast<std::size_t>(size)}, *scratch, nobody);
        std::free(*buffer);
        *buffer = out;
        *room = static_cast<std::size_t>(size);
        return *room;
    } catch (...) {  // nothing may be thrown through a library of C
        std::free(out);
        return 0;
    }
}

}  // namespace

Hdf5Session::Hdf5Session() : lock_(library_lock()) {
    H5Eget_auto2(H5E_DEFAULT, &printer_, &printers_data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Session::~Hdf5Session() { H5Eset_auto2(H5E_DEFAULT, printer_, printers_data_); }

Hdf5Handle::Hdf5Handle(hid_t id, Close closing, std::string_view action) : id_(id), close_(closing) {
    if (id < 0) fail_hdf5(ErrorCode::corrupt, action);
}

void Hdf5Handle::close() noexcept {
    if (id_ < 0) return;
    const Hdf5Session session;
    close_(std::exchange(id_, -1));
}

void fail_hdf5(ErrorCode code, std::string_view action) {
    std::string said;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_description, &said);
    fail(code, "cannot ", action, said.empty() ? "" : "; HDF5 says: ", said);
}

void provide_blosc_filter() {
    if (H5Zfilter_avail(blosc_filter) > 0) return;
    const H5Z_class2_t filter{H5Z_CLASS_T_VERS, blosc_filter, 1, 1, "blosc", nullptr, nullptr, decode_blosc};
    hdf5_checked(H5Zregister(&filter), "teach HDF5 the filter blosc", ErrorCode::internal);
}

BloscBound::BloscBound(std::uint64_t chunk_bytes) noexcept {
    constexpr std::uint64_t added = 4096;
    most_decoded = chunk_bytes == 0 ? most_of_blosc : chunk_bytes + added;
}

BloscBound::~BloscBound() { most_decoded = most_of_blosc; }

}  // namespace mrcz::foreign
