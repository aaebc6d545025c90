#include "jobs/references.hpp"

#include <algorithm>
#include <array>

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

std::vector<std::uint8_t> read_defects(const fs::path& path, const ImageShape& shape, const Limits& limits) {
    return in_file(path.string(), [&] {
        const auto source = io::open_unwrapped_source(path);
        if (is_text(*source)) return defect_mask(parse_defects(text_of(*source, limits), path.string(), shape), shape);
        const FloatImage map = read_image(path, limits);
        if (!(map.shape == shape)) fail(ErrorCode::invalid_argument, "defects: ", mismatch_hint(shape, map.shape));
        return defect_mask(map);
    });
}

bool is_double(const ImageShape& large, const ImageShape& small) {
    return large.nx == 2 * small.nx && large.ny == 2 * small.ny;
}

}  // namespace

FloatImage read_image(const fs::path& path, const Limits& limits) {
    return in_file(path.string(), [&] {
        if (reference_format_of(path))
            return read_reference(path, {.rows = RowOrder::by_format, .bare = {}, .limits = limits});
        const Reader reader(path, limits);
        return mean_of(sum_frames(reader));
    });
}

ReferenceFiles::ReferenceFiles(const ProcessOptions& options) : options_(options) {
    if (!options_.dark.empty()) {
        dark_ = read_image(options_.dark, options_.limits);
        dark_file_ = used(options_.dark);
    }
    if (!options_.defects.empty()) defects_file_ = used(options_.defects);
    if (!options_.gain) return;
    FloatImage image = read_image(options_.gain->file, options_.limits);
    const bool is_flat = options_.gain->kind == GainKind::flat_field;
    in_file(options_.gain->file.string(), [&] {
        if (is_flat && dark_) image = difference(image, *dark_);
        gain_ = make_gain(image, options_.gain->kind);
    });
    gain_file_ = used(options_.gain->file);
}

bool ReferenceFiles::needs_sum() const noexcept { return options_.gain && options_.gain->is_oriented_automatically; }

References ReferenceFiles::oriented(const ImageShape& shape, const SumImage* raw, const RunContext& context) const {
    References found;
    std::optional<GainReference> gain = gain_;
    GainOrientation orientation;
    if (gain) {
        const ImageShape stored = gain->factors.shape;
        if (is_double(stored, shape) || is_double({stored.ny, stored.nx}, shape)) {
            gain = binned_by_two(*gain);
            found.is_gain_binned = true;
            if (context.log)
                context.log(
                    concat(options_.gain->file.string(), ": twice as large as the frames, so it is binned by 2"));
        }
        orientation = options_.gain->orientation;
        if (needs_sum()) {
            const auto scores =
                in_file(options_.gain->file.string(), [&] { return score_orientations(*raw, *gain, context); });
            orientation = scores.front().orientation;
            found.orientation_margin = margin_of(scores);
        }
        found.orientation = orientation;
        FloatImage factors = mrcz::oriented(gain->factors, orientation);
        if (!(factors.shape == shape))
            throw Error(ErrorCode::invalid_argument, concat("gain reference: ", mismatch_hint(shape, factors.shape)),
                        options_.gain->file.string());
        found.gain = std::make_shared<const GainReference>(make_gain(factors));
    }
    if (dark_) {
        FloatImage dark = mrcz::oriented(*dark_, orientation);
        if (!(dark.shape == shape))
            throw Error(ErrorCode::invalid_argument, concat("dark reference: ", mismatch_hint(shape, dark.shape)),
                        options_.dark.string());
        found.dark = std::make_shared<const FloatImage>(std::move(dark));
    }
    if (!options_.defects.empty())
        found.defects =
            std::make_shared<const std::vector<std::uint8_t>>(read_defects(options_.defects, shape, options_.limits));
    return found;
}

}  // namespace mrcz::jobs
