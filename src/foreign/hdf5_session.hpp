// The HDF5 library, kept quiet: handles that close themselves, errors as ours, one thread at a time.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "mrcz/error.hpp"

namespace mrcz::foreign {

/// Whoever calls the library holds one: not every build of it knows threads, and all of them print unless told not to.
/// What the calling program set is there again afterwards.
class Hdf5Session {
  public:
    Hdf5Session();
    ~Hdf5Session();
    Hdf5Session(const Hdf5Session&) = delete;
    Hdf5Session& operator=(const Hdf5Session&) = delete;

  private:
    std::unique_lock<std::recursive_mutex> lock_;
    H5E_auto2_t printer_ = nullptr;
    void* printers_data_ = nullptr;
};

class Hdf5Handle {
  public:
    using Close = herr_t (*)(hid_t);

    Hdf5Handle() = default;
    /// Throws what the library says when `id` is none: `action` failed.
    Hdf5Handle(hid_t id, Close closing, std::string_view action);
    Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(close_, other.close_);
        return *this;
    }
    ~Hdf5Handle() { close(); }

    [[nodiscard]] hid_t get() const noexcept { return id_; }
    void close() noexcept;

  private:
    hid_t id_ = -1;
    Close close_ = nullptr;
};

/// Throws what the library says of its last error.
[[noreturn]] void fail_hdf5(ErrorCode code, std::string_view action);
/// `result` of a call that is negative when it failed.
template <class Result>
Result hdf5_checked(Result result, std::string_view action, ErrorCode code = ErrorCode::corrupt) {
    if (result < 0) fail_hdf5(code, action);
    return result;
}

/// Of chunks as blosc leaves them.
inline constexpr H5Z_filter_t blosc_filter = 32001;
/// Lets the library decode blosc chunks by our own decoder, unless a plug-in of its own does.
void provide_blosc_filter();

/// While it lives our decoder makes room for no more than chunks of `chunk_bytes` need, with what other filters add to
/// them. 0: as much as blosc can hold. Only within a session.
class BloscBound {
  public:
    explicit BloscBound(std::uint64_t chunk_bytes) noexcept;
    ~BloscBound();
    BloscBound(const BloscBound&) = delete;
    BloscBound& operator=(const BloscBound&) = delete;
};

}  // namespace mrcz::foreign
