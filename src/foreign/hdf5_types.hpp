// Pixel types as HDF5 has them: as h5py writes and reads NumPy's.
#pragma once

#include <string>

#include "base/byte_order.hpp"
#include "foreign/hdf5_session.hpp"
#include "mrcz/pixel_type.hpp"

namespace mrcz::foreign {

/// Little-endian. Colours are of uint8, with an axis more.
[[nodiscard]] Hdf5Handle hdf5_type(PixelType pixel);

struct FoundNumber {
    PixelType pixel = PixelType::int8;
    ByteOrder order = ByteOrder::little;
};

/// Throws Error{unsupported} for numbers that MRC has no mode for.
[[nodiscard]] FoundNumber number_of(hid_t type);

/// Whether it is of integers, floats or pairs of them at all: what may hold an image.
[[nodiscard]] bool is_numeric(hid_t type);

}  // namespace mrcz::foreign
