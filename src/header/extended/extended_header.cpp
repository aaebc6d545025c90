#include "mrcz/extended_header.hpp"

#include <algorithm>
#include <array>

#include "base/fail.hpp"
#include "header/extended/kinds.hpp"

namespace mrcz {
namespace {

using header::extended::Layout;
using header::extended::Source;

struct Kind {
    ExtendedHeaderKind kind;
    std::string_view name;
    std::optional<Layout> (*recognise)(const Source&);
};

/// In the order they are tried: what its own bytes identify comes before what only sizes suggest.
constexpr std::array<Kind, 10> kinds{{
    {ExtendedHeaderKind::none, "none", nullptr},
    {ExtendedHeaderKind::hdf5, "hdf5", header::extended::recognise_hdf5},
    {ExtendedHeaderKind::fei, "fei", header::extended::recognise_fei},
    {ExtendedHeaderKind::json, "json", header::extended::recognise_json},
    {ExtendedHeaderKind::symmetry, "symmetry", header::extended::recognise_symmetry},
    {ExtendedHeaderKind::fei_tomography, "fei_tomography", header::extended::recognise_fei_tomography},
    {ExtendedHeaderKind::serialem, "serialem", header::extended::recognise_serialem},
    {ExtendedHeaderKind::mrco, "mrco", header::extended::recognise_mrco},
    {ExtendedHeaderKind::agard, "agard", header::extended::recognise_agard},
    {ExtendedHeaderKind::unknown, "unknown", nullptr},
}};

Layout layout_of(const Source& source) {
    if (source.bytes.empty()) return {.kind = ExtendedHeaderKind::none};
    for (const Kind& kind : kinds)
        if (kind.recognise != nullptr)
            if (auto layout = kind.recognise(source)) return *layout;
    return {};
}

}  // namespace

std::string_view kind_name(ExtendedHeaderKind kind) noexcept {
    const auto* found = std::ranges::find(kinds, kind, &Kind::kind);
    return found == kinds.end() ? "unknown" : found->name;
}

struct ExtendedHeader::Impl {
    std::vector<std::byte> bytes;
    Layout layout;
};

ExtendedHeader::ExtendedHeader(const Header& header, std::vector<std::byte> bytes, bool big_endian)
    : impl_(std::make_unique<Impl>()) {
    impl_->bytes = std::move(bytes);
    impl_->layout = layout_of({header, big_endian ? ByteOrder::big : ByteOrder::little, impl_->bytes});
}

ExtendedHeader::~ExtendedHeader() = default;
ExtendedHeader::ExtendedHeader(ExtendedHeader&&) noexcept = default;
ExtendedHeader& ExtendedHeader::operator=(ExtendedHeader&&) noexcept = default;

ExtendedHeaderKind ExtendedHeader::kind() const noexcept { return impl_->layout.kind; }
std::uint64_t ExtendedHeader::bytes() const noexcept { return impl_->bytes.size(); }
std::uint64_t ExtendedHeader::record_bytes() const noexcept { return impl_->layout.record_bytes; }
std::int64_t ExtendedHeader::record_count() const noexcept { return static_cast<std::int64_t>(impl_->layout.records); }

std::vector<ExtendedField> ExtendedHeader::record(std::int64_t index) const {
    if (index < 0 || index >= record_count())
        fail(ErrorCode::invalid_argument, "extended header: record ", index, ": there are ", record_count());
    const auto size = static_cast<std::size_t>(record_bytes());
    return impl_->layout.decode(impl_->layout,
                                std::span(impl_->bytes).subspan(static_cast<std::size_t>(index) * size, size));
}

}  // namespace mrcz

namespace mrcz::header::extended {

std::uint64_t records_of_frames(const Source& source, std::uint64_t record_bytes) noexcept {
    const auto frames = static_cast<std::uint64_t>(std::max<std::int64_t>(0, source.header.nz()));
    return record_bytes == 0 ? 0 : std::min(frames, source.bytes.size() / record_bytes);
}

std::string trimmed(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::string_view used = text.substr(0, text.find('\0'));
    return std::string(used.substr(0, used.find_last_not_of(' ') + 1));
}

}  // namespace mrcz::header::extended
