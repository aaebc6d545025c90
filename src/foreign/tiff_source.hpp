// libtiff over a ByteSource.
#pragma once

#include <tiffio.h>

#include <cstdint>
#include <memory>
#include <string>

#include "mrcz/byte_source.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::foreign {

/// An open TIFF file: its first page. What libtiff complains about is kept here, for messages of ours.
class TiffFile {
  public:
    /// Throws Error{corrupt} when it does not open.
    TiffFile(const ByteSource& source, const Limits& limits);
    ~TiffFile();
    TiffFile(const TiffFile&) = delete;
    TiffFile& operator=(const TiffFile&) = delete;

    [[nodiscard]] TIFF* get() const noexcept { return tiff_; }
    /// Throws what reading the source threw, or Error{corrupt} with libtiff's words.
    [[noreturn]] void fail_with(const std::string& problem) const;

    template <class Value>
    [[nodiscard]] Value field(std::uint32_t tag, Value fallback) const {
        Value value = fallback;
        return TIFFGetFieldDefaulted(tiff_, tag, &value) == 1 ? value : fallback;
    }

  private:
    struct State;
    std::unique_ptr<State> state_;
    TIFF* tiff_ = nullptr;
};

}  // namespace mrcz::foreign
