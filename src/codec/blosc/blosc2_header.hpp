// What a c-blosc2 chunk says behind its first 16 bytes: filters, plug-ins, repeated values.
#pragma once

#include "base/cursor.hpp"
#include "codec/blosc/chunk.hpp"

namespace mrcz::codec::blosc {

struct Blosc2Header {
    Filter filter = Filter::none;
    Repeated repeated = Repeated::nothing;
};

/// Reads bytes 16 to 31. Throws Error{truncated, corrupt, unsupported}; what is not read here (plug-ins, dictionaries,
/// chains of filters) is named.
[[nodiscard]] Blosc2Header read_blosc2_header(Cursor& cursor, const ChunkHeader& header);

/// The plug-in of c-blosc2 that has this number, or nothing: what python-mrcz 0.6 offers.
[[nodiscard]] std::string_view blosc2_plugin(unsigned number) noexcept;

}  // namespace mrcz::codec::blosc
