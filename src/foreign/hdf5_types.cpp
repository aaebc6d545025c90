#include "foreign/hdf5_types.hpp"

#include "base/fail.hpp"
#include "foreign/array_shape.hpp"

namespace mrcz::foreign {
namespace {

Hdf5Handle copied(hid_t type) { return {H5Tcopy(type), H5Tclose, "make a type"}; }

/// IEEE half precision, which the library has no name for.
Hdf5Handle half() {
    Hdf5Handle type = copied(H5T_IEEE_F32LE);
    hdf5_checked(H5Tset_fields(type.get(), 15, 10, 5, 0, 10), "make the type float16");
    hdf5_checked(H5Tset_size(type.get(), 2), "make the type float16");
    hdf5_checked(H5Tset_ebias(type.get(), 15), "make the type float16");
    return type;
}

Hdf5Handle pair_of(hid_t part) {
    const std::size_t bytes = H5Tget_size(part);
    Hdf5Handle type(H5Tcreate(H5T_COMPOUND, 2 * bytes), H5Tclose, "make a complex type");
    hdf5_checked(H5Tinsert(type.get(), "r", 0, part), "make a complex type");
    hdf5_checked(H5Tinsert(type.get(), "i", bytes, part), "make a complex type");
    return type;
}

ByteOrder order_of(hid_t type) { return H5Tget_order(type) == H5T_ORDER_BE ? ByteOrder::big : ByteOrder::little; }

FoundNumber integer_of(hid_t type) {
    const std::size_t bytes = H5Tget_size(type);
    const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
    const auto either = [&](PixelType if_signed, PixelType otherwise) {
        return FoundNumber{is_signed ? if_signed : otherwise, order_of(type)};
    };
    if (H5Tget_precision(type) == 8 * bytes && bytes == 1) return either(PixelType::int8, PixelType::uint8);
    if (H5Tget_precision(type) == 8 * bytes && bytes == 2) return either(PixelType::int16, PixelType::uint16);
    if (H5Tget_precision(type) == 8 * bytes && bytes == 4) return either(PixelType::int32, PixelType::uint32);
    refuse_number(
        concat(is_signed ? "" : "unsigned ", "integers of ", H5Tget_precision(type), " bits in ", bytes, " bytes"));
}

FoundNumber float_of(hid_t type) {
    const std::size_t bytes = H5Tget_size(type);
    std::size_t sign = 0;
    std::size_t exponent = 0;
    std::size_t exponent_bits = 0;
    std::size_t mantissa = 0;
    std::size_t mantissa_bits = 0;
    H5Tget_fields(type, &sign, &exponent, &exponent_bits, &mantissa, &mantissa_bits);
    if (bytes == 4 && exponent_bits == 8 && mantissa_bits == 23) return {PixelType::float32, order_of(type)};
    if (bytes == 2 && exponent_bits == 5 && mantissa_bits == 10) return {PixelType::float16, order_of(type)};
    refuse_number(concat("floats of ", 8 * bytes, " bits"));
}

FoundNumber pair_number(hid_t type) {
    if (H5Tget_nmembers(type) != 2) refuse_number("of several fields");
    const Hdf5Handle first(H5Tget_member_type(type, 0), H5Tclose, "read its type");
    const Hdf5Handle second(H5Tget_member_type(type, 1), H5Tclose, "read its type");
    const bool tight = H5Tequal(first.get(), second.get()) > 0 && H5Tget_member_offset(type, 0) == 0 &&
                       H5Tget_member_offset(type, 1) == H5Tget_size(first.get()) &&
                       H5Tget_size(type) == 2 * H5Tget_size(first.get());
    if (!tight || (H5Tget_class(first.get()) != H5T_FLOAT && H5Tget_class(first.get()) != H5T_INTEGER))
        refuse_number("of several fields");
    const FoundNumber part = H5Tget_class(first.get()) == H5T_FLOAT ? float_of(first.get()) : integer_of(first.get());
    if (part.pixel == PixelType::float32) return {PixelType::complex_float32, part.order};
    if (part.pixel == PixelType::int16) return {PixelType::complex_int16, part.order};
    refuse_number(concat("pairs of ", info_of(part.pixel).name));
}

}  // namespace

Hdf5Handle hdf5_type(PixelType pixel) {
    switch (pixel) {
        case PixelType::int8:
            return copied(H5T_STD_I8LE);
        case PixelType::uint8:
        case PixelType::rgb8:
            return copied(H5T_STD_U8LE);
        case PixelType::int16:
            return copied(H5T_STD_I16LE);
        case PixelType::uint16:
            return copied(H5T_STD_U16LE);
        case PixelType::int32:
            return copied(H5T_STD_I32LE);
        case PixelType::uint32:
            return copied(H5T_STD_U32LE);
        case PixelType::float16:
            return half();
        case PixelType::float32:
            return copied(H5T_IEEE_F32LE);
        case PixelType::complex_int16:
            return pair_of(H5T_STD_I16LE);
        case PixelType::complex_float32:
            return pair_of(H5T_IEEE_F32LE);
        case PixelType::uint4:
            break;
    }
    fail(ErrorCode::internal, "no HDF5 type for ", info_of(pixel).name);
}

FoundNumber number_of(hid_t type) {
    switch (H5Tget_class(type)) {
        case H5T_INTEGER:
            return integer_of(type);
        case H5T_FLOAT:
            return float_of(type);
        case H5T_COMPOUND:
            return pair_number(type);
        default:
            refuse_number("no integers or floats");
    }
}

bool is_numeric(hid_t type) {
    const H5T_class_t kind = H5Tget_class(type);
    return kind == H5T_INTEGER || kind == H5T_FLOAT || (kind == H5T_COMPOUND && H5Tget_nmembers(type) == 2);
}

}  // namespace mrcz::foreign
