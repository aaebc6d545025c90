// The kinds of extended header: each has a recogniser, which says how its records lie, and a decoder for one record.
#pragma once

#include <optional>
#include <span>

#include "base/byte_order.hpp"
#include "mrcz/extended_header.hpp"

namespace mrcz::header::extended {

/// Where the bytes come from.
struct Source {
    const Header& header;
    ByteOrder order;
    std::span<const std::byte> bytes;  ///< at least one
};

struct Layout {
    ExtendedHeaderKind kind = ExtendedHeaderKind::unknown;
    std::uint64_t record_bytes = 0;
    std::uint64_t records = 0;  ///< all of them inside the bytes
    ByteOrder order = ByteOrder::little;
    std::int64_t integers = 0;  ///< of a record: agard, mrco
    std::int64_t flags = 0;     ///< which items there are: serialem
    std::vector<ExtendedField> (*decode)(const Layout& layout, std::span<const std::byte> record) = nullptr;
};

/// Each returns nothing when the bytes are not of its kind.
[[nodiscard]] std::optional<Layout> recognise_fei(const Source& source);
[[nodiscard]] std::optional<Layout> recognise_fei_tomography(const Source& source);
[[nodiscard]] std::optional<Layout> recognise_serialem(const Source& source);
[[nodiscard]] std::optional<Layout> recognise_agard(const Source& source);
[[nodiscard]] std::optional<Layout> recognise_mrco(const Source& source);
[[nodiscard]] std::optional<Layout> recognise_symmetry(const Source& source);
[[nodiscard]] std::optional<Layout> recognise_json(const Source& source);
[[nodiscard]] std::optional<Layout> recognise_hdf5(const Source& source);

/// Records there are of one a frame: no more than frames, no more than fit.
[[nodiscard]] std::uint64_t records_of_frames(const Source& source, std::uint64_t record_bytes) noexcept;

/// Text without the spaces and zeros at its end.
[[nodiscard]] std::string trimmed(std::span<const std::byte> bytes);

}  // namespace mrcz::header::extended
