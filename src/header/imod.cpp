#include "header/imod.hpp"

#include <algorithm>
#include <cmath>

namespace mrcz::header::imod {
namespace {

constexpr std::array origin_fields{HeaderField::origin_x, HeaderField::origin_y, HeaderField::origin_z};

// Where old files keep the number of wavelengths and five of them, then the origin z, x, y.
constexpr std::size_t waves_offset = 196;
constexpr std::size_t z_offset = 208;
constexpr std::size_t x_offset = 212;

bool is_coordinate(float value) {
    return value == 0 || (std::isfinite(value) && std::abs(value) >= 1e-6F && std::abs(value) < 1e9F);
}

/// The six int16, in file order: the field table swaps their bytes as those of ORIGIN's floats.
std::array<std::int16_t, 6> waves_of(const Header& header, ByteOrder order) {
    std::array<std::int16_t, 6> waves{};
    for (std::size_t i = 0; i < waves.size(); ++i) {
        const std::size_t at = order == ByteOrder::little ? i : i ^ 1U;
        waves[i] = load_le<std::int16_t>(header.bytes().data() + waves_offset + 2 * at);
    }
    return waves;
}

bool are_wavelengths(const std::array<std::int16_t, 6>& waves) {
    const std::int16_t count = waves[0];
    if (count < 0 || count > 5) return false;
    return std::all_of(waves.begin() + 1, waves.begin() + 1 + count, [](auto wave) { return wave > 0; }) &&
           std::all_of(waves.begin() + 1 + count, waves.end(), [](auto wave) { return wave == 0; });
}

}  // namespace

bool is_stamped(const Header& header) noexcept { return header.integer(HeaderField::imod_stamp) == stamp; }

bool origin_is_negated(const Header& header) noexcept {
    return is_stamped(header) && header.integer(HeaderField::nversion) == 0 &&
           (header.integer(HeaderField::imod_flags) & standard_origin) == 0;
}

std::optional<std::array<float, 3>> old_origin(const Header& header, ByteOrder order) noexcept {
    if (header.text(HeaderField::map).substr(0, 3) == "MAP" || header.integer(HeaderField::nversion) != 0)
        return std::nullopt;
    const auto waves = waves_of(header, order);
    const std::array origin{load<float>(header.bytes().data() + x_offset, order), header.real(HeaderField::rms),
                            load<float>(header.bytes().data() + z_offset, order)};
    if (!are_wavelengths(waves) || !std::all_of(origin.begin(), origin.end(), is_coordinate)) return std::nullopt;
    // Programs that leave MAP and stamp zero may still write RMS: y alone proves nothing.
    if (waves[0] == 0 && origin[0] == 0 && origin[2] == 0) return std::nullopt;
    return origin;
}

void standardise_origin(Header& header, ByteOrder order) noexcept {
    if (const auto origin = old_origin(header, order)) {
        for (std::size_t i = 0; i < origin->size(); ++i) header.set_real(origin_fields[i], 0 - (*origin)[i]);
        header.set_real(HeaderField::rms, -1);
    } else if (origin_is_negated(header)) {
        for (const HeaderField field : origin_fields) header.set_real(field, 0 - header.real(field));
        header.set_integer(HeaderField::imod_flags, header.integer(HeaderField::imod_flags) | standard_origin);
    }
}

}  // namespace mrcz::header::imod
