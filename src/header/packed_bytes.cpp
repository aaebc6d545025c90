#include "header/packed_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "header/modes.hpp"

namespace mrcz::header {
namespace {

constexpr std::string_view label_of_packed_files = "4 bits packed";

struct DetectorSize {
    std::int64_t width, height;
};

/// Super-resolution frames of the K2 (cut and whole) and the K3.
constexpr std::array<DetectorSize, 3> detectors{{{7676, 7420}, {7680, 7424}, {11520, 8184}}};
constexpr std::int64_t tolerance = 2;

bool is_near(std::int64_t a, std::int64_t b) { return std::abs(a - b) <= tolerance; }

bool is_half_of(const DetectorSize& detector, const Header& header) {
    const bool upright = is_near(header.nx(), detector.width / 2) && is_near(header.ny(), detector.height);
    const bool turned = is_near(header.nx(), detector.height / 2) && is_near(header.ny(), detector.width);
    return upright || turned;
}

bool only_label_says_packed(const Header& header) {
    constexpr auto most = static_cast<std::int64_t>(Header::label_count);
    const auto used = static_cast<std::size_t>(std::clamp<std::int64_t>(header.integer(HeaderField::nlabl), 0, most));
    std::size_t labels = 0;
    bool says_packed = false;
    for (std::size_t i = 0; i < used; ++i) {
        if (header.label(i).starts_with("MRCZ")) continue;
        ++labels;
        says_packed = header.label(i).find(label_of_packed_files) != std::string_view::npos;
    }
    return labels == 1 && says_packed;
}

}  // namespace

bool bytes_hold_two_pixels(const Header& header) noexcept {
    if (header.integer(HeaderField::mode) % codec_factor != 0) return false;
    if (header.integer(HeaderField::imod_stamp) == imod_stamp)
        return (header.integer(HeaderField::imod_flags) & imod_flag::packed_4_bit) != 0;
    return only_label_says_packed(header) &&
           std::ranges::any_of(detectors, [&](const DetectorSize& detector) { return is_half_of(detector, header); });
}

}  // namespace mrcz::header
