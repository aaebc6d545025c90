#include "header/byte_order_of.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/fail.hpp"
#include "header/axes.hpp"
#include "header/foreign_formats.hpp"
#include "header/modes.hpp"

namespace mrcz::header {
namespace {

bool mode_is_known(std::int64_t mode) {
    return mode >= 0 && mode / codec_factor <= largest_codec_id &&
           find_mode(static_cast<std::int32_t>(mode % codec_factor)) != nullptr;
}

bool dimensions_are_sane(const Header& header) {
    const auto axes = axes_of(header);
    // Mode 0 reads the same in both orders; a swapped 1, 2 or 3 in MAPC/R/S, or a swapped small NX, gives it away.
    const bool axes_are_small =
        std::all_of(axes.begin(), axes.end(), [](auto axis) { return axis >= -4 && axis <= 4; });
    const bool is_zero_or_float_noise = axes[0] == 0 || axes[0] > (1 << 25);
    const std::int64_t least = std::min({header.nx(), header.ny()});
    return least >= 1 && header.nz() >= 0 && (axes_are_small || is_zero_or_float_noise) &&
           std::min({header.nx(), header.ny(), std::max<std::int64_t>(header.nz(), 1)}) < 65536;
}

/// Another format's first bytes may read as a shape and a mode, but not as an order of the axes too.
bool may_be_foreign(const Header& header) {
    return !are_an_order(axes_of(header)) && header.text(HeaderField::map).substr(0, 3) != "MAP";
}

bool is_sane(const Header& header) {
    return dimensions_are_sane(header) && mode_is_known(header.integer(HeaderField::mode));
}

/// DeltaVision and Priism files begin as MRC files do; extended header, origin and order of sections are their own.
void refuse_deltavision(const Header& header) {
    constexpr std::int64_t mark = -16224;
    if (header.integer(HeaderField::creatid) != mark || header.text(HeaderField::map).substr(0, 3) == "MAP") return;
    fail(ErrorCode::unsupported,
         "header: CREATID (offset 0x60): -16224: it is a DeltaVision (or Priism) file, which only looks like MRC; save "
         "it "
         "as MRC with Fiji (Bio-Formats) or Priism first");
}

/// What python-mrcz up to 0.5 writes little-endian whatever the file's order.
constexpr std::array always_little{HeaderField::mode,
                                   HeaderField::mz,
                                   HeaderField::dmin,
                                   HeaderField::dmax,
                                   HeaderField::dmean,
                                   HeaderField::voltage,
                                   HeaderField::spherical_aberration,
                                   HeaderField::detector_gain,
                                   HeaderField::packed_bytes,
                                   HeaderField::nlabl};

/// `big` with those fields taken from the bytes as they lie.
std::optional<Header> mixed(const Header& big, const Header& as_it_lies) {
    Header header = big;
    for (const HeaderField field : always_little) header.copy_from(as_it_lies, field);
    if (!is_sane(header)) return std::nullopt;
    return header;
}

/// MODE 0 reads alike in both orders; NLABL then tells python-mrcz's mixture from a big-endian file.
bool labels_are_counted(const Header& header) {
    const std::int64_t count = header.integer(HeaderField::nlabl);
    return count >= 0 && count <= static_cast<std::int64_t>(Header::label_count);
}

bool is_mixed_mode_0(const Header& big, const Header& little) {
    return big.integer(HeaderField::mode) == 0 && !labels_are_counted(big) && labels_are_counted(little);
}

std::string describe(const Header& header) {
    return concat("NX ", header.nx(), ", NY ", header.ny(), ", NZ ", header.nz(), ", MODE ",
                  header.integer(HeaderField::mode));
}

[[noreturn]] void refuse(const Header& little, const Header& big) {
    if (const ForeignFormat format = foreign_format_of(little.bytes()); !format.name.empty())
        fail(ErrorCode::not_mrc, "not an MRC file: it is ", format.name, format.advice.empty() ? "" : "; ",
             format.advice);
    fail(ErrorCode::not_mrc,
         "not an MRC file: the header makes no sense in either byte order (little-endian: ", describe(little),
         "; big-endian: ", describe(big), ")");
}

}  // namespace

Header swapped(const Header& header) noexcept {
    Header out = header;
    for (const HeaderFieldInfo& info : header_fields()) {
        if (info.type == HeaderFieldType::text) continue;
        for (std::size_t index = 0; index < info.count; ++index) {
            std::byte* word = out.bytes().data() + info.offset + index * info.bytes;
            std::reverse(word, word + info.bytes);
        }
    }
    return out;
}

namespace {

OrderedHeader order_of(std::span<const std::byte, Header::bytes_on_disk> bytes) {
    Header little;
    std::copy(bytes.begin(), bytes.end(), little.bytes().begin());
    const Header big = swapped(little);
    const bool foreign = !foreign_format_of(bytes).name.empty();
    const auto is_mrc = [&](const Header& header) { return is_sane(header) && !(foreign && may_be_foreign(header)); };
    const bool stamp_is_big = little.text(HeaderField::machst)[0] == '\x11';
    if (stamp_is_big) {
        if (is_mrc(big) && !is_mixed_mode_0(big, little)) return {big, ByteOrder::big};
        if (const auto header = mixed(big, little)) return {*header, ByteOrder::big, true};
    }
    if (is_mrc(little)) return {little, ByteOrder::little};
    if (is_mrc(big)) return {big, ByteOrder::big};
    refuse(little, big);
}

}  // namespace

OrderedHeader read_ordered(std::span<const std::byte, Header::bytes_on_disk> bytes) {
    OrderedHeader ordered = order_of(bytes);
    refuse_deltavision(ordered.header);
    return ordered;
}

}  // namespace mrcz::header
