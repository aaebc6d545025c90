// What a new file takes over from the header of another whose pixels, or pixels like whose, it holds.
#pragma once

#include "header/byte_order_of.hpp"
#include "mrcz/header.hpp"

namespace mrcz::header {

/// Gives a fresh header what `source`, of a file of byte order `order`, says of the specimen's place and the session:
/// axes, starts, cell angles, ORIGIN, space group (of the kind that `header` has), IMOD's fields and labels. Not what
/// the pixels and the coding decide, nor M and CELLA.
void inherit(Header& header, Header source, ByteOrder order);

}  // namespace mrcz::header
