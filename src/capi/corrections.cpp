#include "capi/corrections.hpp"

#include "capi/arguments.hpp"

namespace mrcz::capi {
namespace {

static_assert(static_cast<int>(GainKind::flat_field) == MRCZ_GAIN_FLAT_FIELD);
static_assert(static_cast<int>(GainFlip::upside_down) == MRCZ_FLIP_UPSIDE_DOWN &&
              static_cast<int>(GainFlip::left_right) == MRCZ_FLIP_LEFT_RIGHT);
static_assert(static_cast<int>(OutlierRule::guarded) == MRCZ_OUTLIERS_GUARDED - 1 &&
              static_cast<int>(OutlierRule::paper) == MRCZ_OUTLIERS_PAPER - 1);
static_assert(static_cast<int>(OutlierFill::random) == MRCZ_FILL_RANDOM - 1 &&
              static_cast<int>(OutlierFill::frame) == MRCZ_FILL_FRAME - 1 &&
              static_cast<int>(OutlierFill::mean) == MRCZ_FILL_MEAN - 1);

std::filesystem::path path_or_none(const char* path) {
    return path == nullptr ? std::filesystem::path() : std::filesystem::path(path);
}

/// Of what may be nothing: 0; else 1 more than the enumerator.
template <class Enumeration>
std::optional<Enumeration> optional_enumerator(std::int32_t value, Enumeration last, const char* argument) {
    if (value == 0) return std::nullopt;
    if (value < 0 || value > static_cast<std::int32_t>(last) + 1)
        fail(ErrorCode::invalid_argument, argument, " is ", value, "; it is 0 to ",
             static_cast<std::int32_t>(last) + 1);
    return static_cast<Enumeration>(value - 1);
}

std::optional<GainRequest> gain_of(const mrcz_corrections& asked) {
    const GainKind kind = enumerator(asked.gain_kind, GainKind::flat_field, "gain_kind");
    const GainFlip flip = enumerator(asked.gain_flip, GainFlip::left_right, "gain_flip");
    if (asked.gain_quarter_turns < 0 || asked.gain_quarter_turns > 3)
        fail(ErrorCode::invalid_argument, "gain_quarter_turns is ", asked.gain_quarter_turns, "; it is 0 to 3");
    if (asked.gamma != 0) require_gamma(asked.gamma);
    if (asked.gain == nullptr) return std::nullopt;
    GainRequest gain;
    gain.file = asked.gain;
    gain.kind = kind;
    gain.orientation = {asked.gain_quarter_turns, flip};
    gain.is_oriented_automatically = asked.gain_finds_orientation != 0;
    if (asked.gamma != 0) gain.gamma = asked.gamma;
    return gain;
}

}  // namespace

ProcessOptions process_options_of(const mrcz_corrections& asked) {
    ProcessOptions options;
    options.gain = gain_of(asked);
    options.dark = path_or_none(asked.dark);
    options.defects = path_or_none(asked.defects);
    if (const auto rule = optional_enumerator(asked.outliers, OutlierRule::paper, "outliers")) {
        options.outliers.emplace();
        options.outliers->rule = *rule;
    }
    options.fill = optional_enumerator(asked.fill, OutlierFill::mean, "fill");
    if (asked.pixel_type != 0) options.dtype = pixel_type_of(asked.pixel_type, "pixel_type");
    options.seed = asked.seed;
    return options;
}

}  // namespace mrcz::capi
