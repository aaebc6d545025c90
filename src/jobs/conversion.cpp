#include "jobs/conversion.hpp"

#include "base/fail.hpp"
#include "container/metadata_section.hpp"
#include "header/converted.hpp"

namespace mrcz::jobs {
namespace {

void check_convertible(PixelType from, PixelType to) {
    if (!is_convertible(from, to))
        fail(ErrorCode::invalid_argument, "dtype ", info_of(to).name, ": ", info_of(from).name,
             " pixels cannot be converted to it; ",
             "real numbers go to real ones, complex to complex, colours to none");
}

}  // namespace

Conversion::Conversion(const header::Layout& source, PixelType type, const ConversionRules& allowed)
    : from_(source.format()), allowed_(allowed) {
    check_convertible(source.type, type);
    to_ = header::converted_layout(source, type);
}

void Conversion::convert(std::int64_t frame, std::span<const std::byte> from, std::span<std::byte> to) {
    try {
        const ConversionResult result = mrcz::convert(from, from_, to, to_.format(), allowed_);
        clipped_ += result.clipped;
        rounded_ += result.rounded;
    } catch (const Error& error) {
        throw Error(error.code(), concat("frame ", frame, ": ", error.message()));
    }
}

void Conversion::preview(std::span<const std::byte> from, std::span<std::byte> to) const {
    (void)mrcz::convert(from, from_, to, to_.format(), allowed_);
}

void Conversion::record(std::vector<container::Section>& sections) const {
    container::add_provenance_step(sections, container::conversion_step(from_.type, to_.type, allowed_, result()));
}

void Conversion::tell(const RunContext& context) const {
    const ConversionResult changed = result();
    if (!context.log) return;
    if (left_behind_ > 0)
        context.log(concat(left_behind_, " bytes behind the pixels are not kept: converted pixels have no original"));
    if (changed.clipped == 0 && changed.rounded == 0) return;
    std::string what;
    if (changed.clipped > 0) what = concat(changed.clipped, " clipped");
    if (changed.rounded > 0) what += concat(what.empty() ? "" : ", ", changed.rounded, " rounded");
    context.log(concat("values changed to fit ", info_of(to_.type).name, ": ", what));
}

std::unique_ptr<Conversion> with_padded_rows(const header::Layout& source) {
    if (source.packing == RowPacking::padded) return nullptr;
    return std::make_unique<Conversion>(source, source.type, ConversionRules{});
}

std::unique_ptr<Conversion> requested_conversion(const header::Layout& source, const std::optional<PixelType>& dtype,
                                                 const ConversionRules& allowed, const Limits& limits) {
    if (!dtype && (allowed.clip || allowed.round))
        fail(ErrorCode::invalid_argument, "clip and round say how --dtype TYPE may change values: give a type");
    if (!dtype || *dtype == source.type) return nullptr;
    auto conversion = std::make_unique<Conversion>(source, *dtype, allowed);
    if (conversion->layout().frame_bytes > limits.frame_bytes)
        fail(ErrorCode::limit_exceeded, "a frame of ", source.columns, " x ", source.rows, " pixels of ",
             info_of(*dtype).name, " takes ", conversion->layout().frame_bytes, " bytes, more than the limit of ",
             limits.frame_bytes);
    return conversion;
}

}  // namespace mrcz::jobs
