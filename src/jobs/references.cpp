#include "jobs/references.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/bytes.hpp"
#include "base/fail.hpp"
#include "io/sources.hpp"
#include "mrcz/gain_file.hpp"
#include "simd/hash.hpp"

namespace mrcz::jobs {
namespace {

namespace fs = std::filesystem;

UsedFile used(const fs::path& path) {
    return in_file(path.string(), [&] {
        const auto source = open_file_source(path);
        simd::Hasher128 hasher;
        Bytes buffer(std::size_t{1} << 20);
        for (std::uint64_t at = 0; at < source->size(); at += buffer.size()) {
            const std::uint64_t left = source->size() - at;
            const auto piece =
                std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size())));
            source->read_at(at, piece);
            hasher.update(piece);
        }
        UsedFile file{path.string(), {}};
        constexpr std::string_view digits = "0123456789abcdef";
        for (const std::byte byte : hasher.digest()) {
            file.hash += digits[std::to_integer<std::size_t>(byte >> 4)];
            file.hash += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
        }
        return file;
    });
}

FloatImage mean_of(const SumImage& sum) {
    FloatImage image{sum.shape, std::vector<float>(sum.shape.pixels())};
    const auto frames = static_cast<double>(std::max<std::int64_t>(1, sum.frames));
    std::visit(
        [&](const auto& values) {
            std::ranges::transform(values, image.values.begin(), [frames](auto value) {
                return static_cast<float>(static_cast<double>(value) / frames);
            });
        },
        sum.values);
    return image;
}

/// A list of defects is text; images are not.
bool is_text(const ByteSource& source) {
    std::array<std::byte, 1024> head{};
    const auto present =
        std::span(head).first(static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), head.size())));
    source.read_at(0, present);
    return std::ranges::all_of(present, [](std::byte byte) {
        const auto character = std::to_integer<unsigned>(byte);
        return character >= 0x20 || (character >= 0x09 && character <= 0x0d);
    });
}

std::string text_of(const ByteSource& source, const Limits& limits) {
    if (source.size() > limits.metadata_bytes)
        fail(ErrorCode::limit_exceeded, "a list of defects of ", source.size(), " bytes, more than the ",
             limits.metadata_bytes, " allowed here");
    std::string text(static_cast<std::size_t>(source.size()), '\0');
    source.read_at(0, std::as_writable_bytes(std::span(text)));
    return text;
}

std::vector<std::uint8_t> read_defects(const ImageShape& shape, const ProcessOptions& options) {
    const fs::path& path = options.defects;
    return in_file(path.string(), [&] {
        const auto source = io::open_unwrapped_source(path);
        if (is_text(*source))
            return defect_mask(parse_defects(text_of(*source, options.limits), path.string(), shape), shape);
        const FloatImage map = read_image(path, options);
        if (!(map.shape == shape)) fail(ErrorCode::invalid_argument, "defects: ", mismatch_hint(shape, map.shape));
        return defect_mask(map);
    });
}

std::uint64_t bytes_of(const BarePixels& bare) {
    return bare.offset_bytes + mrcz::bytes_of({bare.type, bare.shape.nx, bare.shape.ny});
}

/// A reference of which more is bad is the wrong file, or was read in the wrong way.
constexpr double greatest_bad_share = 0.2;

std::uint64_t bad_in(const FloatImage& image) {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(image.values, [](float value) { return !std::isfinite(value); }));
}

std::uint64_t bad_in(std::span<const std::uint8_t> mask) {
    return static_cast<std::uint64_t>(std::ranges::count_if(mask, [](std::uint8_t bad) { return bad != 0; }));
}

void require_usable(std::uint64_t bad, std::size_t pixels, std::string_view what) {
    if (static_cast<double>(bad) <= greatest_bad_share * static_cast<double>(pixels)) return;
    fail(ErrorCode::invalid_argument, what, ": ", bad, " of ", pixels,
         " pixels, where at most a fifth can be filled; is it the right file, and read in the right way?");
}

void tell_bad(std::uint64_t bad, std::string_view what, const std::string& name, const RunContext& context) {
    if (bad > 0 && context.log)
        context.log(concat(name, ": ", bad, " pixels ", what, "; they are filled from their neighbours"));
}

/// References at hand have no file.
std::string name_of(const fs::path& path, std::string_view reference) {
    return path.empty() ? std::string(reference) : path.string();
}

bool is_double(const ImageShape& large, const ImageShape& small) {
    return large.nx == 2 * small.nx && large.ny == 2 * small.ny;
}

/// Where it is twice as large, turned or not.
GainReference binned_to(const GainReference& gain, const ImageShape& shape) {
    const ImageShape stored = gain.factors.shape;
    return is_double(stored, shape) || is_double({stored.ny, stored.nx}, shape) ? binned_by_two(gain) : gain;
}

GainReference turned(GainReference gain, const GainOrientation& orientation) {
    return orientation == GainOrientation{} ? std::move(gain) : make_gain(oriented(gain.factors, orientation));
}

void require_shape(const ImageShape& found, const ImageShape& shape, std::string_view what) {
    if (!(found == shape)) fail(ErrorCode::invalid_argument, what, ": ", mismatch_hint(shape, found));
}

std::string said_of(const std::optional<BarePixels>& bare) {
    if (!bare) return {};
    return concat(", and not the ", bare->shape.nx, " x ", bare->shape.ny, " pixels of ", info_of(bare->type).name,
                  " that --bare says, which take ", bytes_of(*bare), " bytes");
}

}  // namespace

ReferenceFiles::ReferenceFiles(const ProcessOptions& options, const ReferencesAtHand& at_hand)
    : options_(options), defects_(at_hand.defects) {
    read_dark(at_hand);
    if (!options_.defects.empty() && !defects_) defects_file_ = used(options_.defects);
    read_gain(at_hand);
}

void ReferenceFiles::read_dark(const ReferencesAtHand& at_hand) {
    if (options_.dark.empty() && !at_hand.dark) return;
    dark_ = at_hand.dark ? *at_hand.dark : read_image(options_.dark, options_);
    if (!at_hand.dark) dark_file_ = used(options_.dark);
    const std::uint64_t bad = bad_in(*dark_);
    has_holes_ = bad > 0;
    in_file(name_of(options_.dark, "dark"),
            [&] { require_usable(bad, dark_->values.size(), "dark reference without a number"); });
}

void ReferenceFiles::read_gain(const ReferencesAtHand& at_hand) {
    if (!options_.gain) return;
    if (options_.gain->gamma) require_gamma(*options_.gain->gamma);
    FloatImage image = at_hand.gain ? *at_hand.gain : read_image(options_.gain->file, options_);
    const bool is_flat = options_.gain->kind == GainKind::flat_field;
    in_file(name_of(options_.gain->file, "gain"), [&] {
        if (is_flat && dark_) image = difference(image, *dark_);
        gain_ = make_gain(image, options_.gain->kind);
        const std::uint64_t bad = bad_in(gain_->bad);
        has_holes_ = has_holes_ || bad > 0;
        require_usable(bad, gain_->bad.size(), "gain reference without a positive number");
    });
    if (!at_hand.gain) gain_file_ = used(options_.gain->file);
}

References ReferenceFiles::oriented(const ImageShape& shape, const SumImage* raw, const RunContext& context) const {
    if (!gain_) return oriented(shape, GainOrientation{}, context);
    if (!options_.gain->is_oriented_automatically) return oriented(shape, options_.gain->orientation, context);
    const auto scores = in_file(name_of(options_.gain->file, "gain"),
                                [&] { return score_orientations(*raw, binned_to(*gain_, shape), context); });
    References found = oriented(shape, scores.front().orientation, context);
    found.orientation_margin = margin_of(scores);
    return found;
}

References ReferenceFiles::oriented(const ImageShape& shape, const GainOrientation& orientation,
                                    const RunContext& context) const {
    References found;
    if (gain_) {
        const std::string name = name_of(options_.gain->file, "gain");
        in_file(name, [&] {
            GainReference gain = binned_to(*gain_, shape);
            found.is_gain_binned = !(gain.factors.shape == gain_->factors.shape);
            if (found.is_gain_binned && context.log)
                context.log(concat(name, ": twice as large as the frames, so it is binned by 2"));
            gain = turned(std::move(gain), orientation);
            require_shape(gain.factors.shape, shape, "gain reference");
            found.bad_in_gain = bad_in(gain.bad);
            tell_bad(found.bad_in_gain, "are zero, negative or no number", name, context);
            found.gain = std::make_shared<const GainReference>(std::move(gain));
        });
        found.orientation = orientation;
    }
    if (dark_) {
        const std::string name = name_of(options_.dark, "dark");
        in_file(name, [&] {
            FloatImage dark = mrcz::oriented(*dark_, orientation);
            require_shape(dark.shape, shape, "dark reference");
            found.bad_in_dark = bad_in(dark);
            tell_bad(found.bad_in_dark, "are no number", name, context);
            found.dark = std::make_shared<const FloatImage>(std::move(dark));
        });
    }
    if (has_defects()) {
        found.defects =
            defects_ ? defects_ : std::make_shared<const std::vector<std::uint8_t>>(read_defects(shape, options_));
        found.bad_in_defects = bad_in(*found.defects);
        in_file(name_of(options_.defects, "defects"),
                [&] { require_usable(found.bad_in_defects, found.defects->size(), "defects"); });
    }
    return found;
}

}  // namespace mrcz::jobs

namespace mrcz {

FloatImage read_image(const std::filesystem::path& path, const ProcessOptions& chosen) {
    return in_file(path.string(), [&] {
        const auto source = io::open_unwrapped_source(path);
        ReferenceOptions options;
        options.limits = chosen.limits;
        if (reference_format_of(*source)) return read_reference(*source, options);
        if (chosen.bare && source->size() == jobs::bytes_of(*chosen.bare)) {
            options.bare = chosen.bare;
            return read_reference(*source, options);
        }
        try {
            return jobs::mean_of(sum_frames(Reader(path, chosen.limits, chosen.mode0)));
        } catch (const Error& error) {
            if (error.code() != ErrorCode::not_mrc) throw;
            fail(ErrorCode::unsupported, "is neither MRC nor TIFF nor Digital Micrograph", jobs::said_of(chosen.bare),
                 "; of pixels alone say columns, ", "rows and type (--bare 4096x4096:float32), by which its ",
                 source->size(), " bytes must be explained");
        }
    });
}

}  // namespace mrcz
