#include "outlier_flags.hpp"

#include <fmt/format.h>

#include <charconv>

#include "mrcz/error.hpp"

namespace mrcz::cli {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_argument, why); }

std::vector<double> taps_of(const std::string& text) {
    if (text == "k2") return {};
    if (text == "uniform") return {1, 1, 1};
    std::vector<double> taps(1, 1);
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        double tap = 0;
        const auto parsed = std::from_chars(at, end, tap);
        if (parsed.ec != std::errc() || (parsed.ptr != end && *parsed.ptr != ',') || taps.size() > 2)
            refuse(
                fmt::format("outlier-kernel '{}': expected k2, uniform, or the weights one and two pixels away, "
                            "such as 0.17,0.016",
                            text));
        taps.push_back(tap);
        if (parsed.ptr == end) return taps;
        at = parsed.ptr + 1;
    }
}

OutlierTransform transform_named(const std::string& name) {
    if (name == "auto") return OutlierTransform::automatic;
    if (name == "none") return OutlierTransform::none;
    if (name == "anscombe") return OutlierTransform::anscombe;
    refuse(fmt::format("outlier-transform '{}': expected auto, anscombe or none", name));
}

bool spares_patches(const std::string& word) {
    if (word == "keep") return true;
    if (word == "fill") return false;
    refuse(fmt::format("outlier-patches '{}': expected keep or fill", word));
}

}  // namespace

void add_outlier_flags(CLI::App& app, OutlierFlags& flags) {
    app.add_option("--outlier-patches", flags.patches,
                   "patches of 3 x 3 and more that may be something seen (gold): keep (default) or fill")
        ->type_name("keep|fill");
    app.add_option("--outlier-least", flags.least, "no threshold lies nearer to the mean than SIGMA; 4")
        ->type_name("SIGMA");
    app.add_option("--outlier-transform", flags.transform, "auto, anscombe (takes the skew out of counts), or none")
        ->type_name("NAME");
    app.add_option("--outlier-share", flags.share, "a pixel half counts at this share of the threshold; 0.95")
        ->type_name("RHO");
    app.add_option("--outlier-steepness", flags.steepness, "how fast its weight falls there; 6")->type_name("K");
    app.add_option("--outlier-kernel", flags.kernel,
                   "weights of neighbours for mean and frame: k2, uniform, or those one and two pixels away")
        ->type_name("k2|uniform|W1,W2");
    app.add_flag("--decorrelate", flags.decorrelate,
                 "mean and frame fills get noise, half that of a frame, so that frames do not correlate");
}

bool says_anything(const OutlierFlags& flags) {
    const bool says_words = !flags.patches.empty() || !flags.kernel.empty() || !flags.transform.empty();
    return says_words || flags.least != -1 || flags.share != 0 || flags.steepness != 0 || flags.decorrelate;
}

void apply(const OutlierFlags& flags, OutlierOptions& options) {
    if (!flags.patches.empty()) options.is_sparing_patches = spares_patches(flags.patches);
    if (!flags.kernel.empty()) options.kernel_taps = taps_of(flags.kernel);
    if (!flags.transform.empty()) options.transform = transform_named(flags.transform);
    if (flags.least != -1) options.least_threshold = flags.least;
    if (flags.share != 0) options.threshold_share = flags.share;
    if (flags.steepness != 0) options.steepness = flags.steepness;
    options.is_decorrelated = flags.decorrelate;
}

}  // namespace mrcz::cli
