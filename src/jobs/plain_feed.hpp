// A plain MRC file as it streams by: hashed whole, so that the original can be proven when it is restored.
#pragma once

#include "io/byte_stream.hpp"
#include "jobs/frame_feed.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz::jobs {

/// `stream` stands behind the header's 1024 bytes, which were read into `header`. `again` has the same bytes for
/// random access; it may be null. `can_be_repaired`: they come from a file, so that what is whole of one that is cut
/// short can be saved.
[[nodiscard]] std::unique_ptr<FrameFeed> make_plain_feed(std::unique_ptr<io::ByteStream> stream,
                                                         std::unique_ptr<ByteSource> again,
                                                         std::span<const std::byte, Header::bytes_on_disk> header,
                                                         header::Layout layout, const Limits& limits,
                                                         bool can_be_repaired);

}  // namespace mrcz::jobs
