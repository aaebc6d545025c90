// How bytes of MODE 0 are read.
#pragma once

#include <cstdint>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

/// MODE 0 is signed in MRC2014 and unsigned in older programs; IMOD's flag or DMIN and DMAX tell mostly, not always.
/// Says how pixels of modes 0 and 5 are read; of other modes it changes nothing. Stored bytes are the same whatever it
/// is.
enum class Mode0 : std::uint8_t {
    by_header,    ///< as IMOD decides it (spec/header-dialects.md)
    as_signed,    ///< int8
    as_unsigned,  ///< uint8
};

}  // namespace mrcz
