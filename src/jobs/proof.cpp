#include <algorithm>
#include <optional>
#include <vector>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/footer.hpp"
#include "header/layout.hpp"
#include "io/descriptor.hpp"
#include "jobs/conversion.hpp"
#include "jobs/frame_stream.hpp"
#include "jobs/kept_sections.hpp"
#include "jobs/open_input.hpp"
#include "mrcz/jobs.hpp"
#include "simd/hash.hpp"

namespace mrcz {
namespace {

using container::MrcFile;
using container::Original;
using container::Section;

Bytes head_of(const Input& input, const RunContext& context) {
    const auto stream = jobs::open_stream(input, context);
    Bytes head(Header::bytes_on_disk);
    head.resize(io::read_up_to(*stream, head));
    return head;
}

MrcFile opened(const Input& input, const Limits& limits, const RunContext& context) {
    return MrcFile(jobs::open_source(input, context), limits);
}

/// Of the frames as `conversion` makes them; null: as they are.
std::vector<std::uint64_t> pixel_hashes(const MrcFile& file, jobs::Conversion* conversion, const RunContext& context) {
    std::vector<std::uint64_t> hashes(static_cast<std::size_t>(file.frames()));
    const auto keep_hash = [&](std::int64_t frame, std::span<const std::byte> pixels) {
        hashes[static_cast<std::size_t>(frame)] = simd::hash64(pixels);
    };
    jobs::FrameStreamStages stages;
    if (conversion != nullptr) {
        stages.converted_bytes = conversion->layout().frame_bytes;
        stages.convert = [&](const jobs::StreamedFrame& frame, std::span<std::byte> out) {
            conversion->convert(frame.frame, frame.pixels, out);
            keep_hash(frame.frame, out);
        };
    } else {
        stages.work = [&](const jobs::StreamedFrame& frame) { keep_hash(frame.frame, frame.pixels); };
    }
    jobs::stream_frames(file, {0, file.frames()}, stages, context);
    return hashes;
}

/// `made` has the pixels of `from`, in rows that may be padded only there.
void require_equal_pixels(const MrcFile& from, const MrcFile& made, const RunContext& context) {
    const bool same_rows = from.layout().packing == made.layout().packing;
    const auto conversion = same_rows ? nullptr : jobs::with_padded_rows(from.layout());
    const header::Layout& expected = conversion ? conversion->layout() : from.layout();
    const bool alike = expected.type == made.layout().type && from.frames() == made.frames() &&
                       expected.frame_bytes == made.layout().frame_bytes &&
                       expected.header.nx() == made.layout().header.nx();
    if (!alike || pixel_hashes(from, conversion.get(), context) != pixel_hashes(made, nullptr, context))
        fail(ErrorCode::corrupt, "its pixels are not those of ", from.source().name());
}

void hash_part(simd::Hasher128& hasher, const ByteSource& source, std::uint64_t begin, std::uint64_t end,
               const RunContext& context) {
    Bytes buffer(std::size_t{1} << 20);
    for (std::uint64_t at = begin; at < end; at += buffer.size()) {
        check_cancelled(context);
        const auto piece =
            std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - at)));
        source.read_at(at, piece);
        hasher.update(piece);
    }
}

simd::Hash128 hash_of(const ByteSource& source, const RunContext& context) {
    simd::Hasher128 hasher;
    hash_part(hasher, source, 0, source.size(), context);
    return hasher.digest();
}

/// The original's bytes; where its own footer was exchanged for another, all but that.
void require_original_bytes(const ByteSource& output, const Original& original, const RunContext& context) {
    const std::uint64_t data_end = original.file_bytes - original.trailing.size();
    if (output.size() < data_end)
        fail(ErrorCode::corrupt, "it has ", output.size(), " bytes, the original had ", original.file_bytes);
    simd::Hasher128 hasher;
    hash_part(hasher, output, 0, data_end, context);
    hasher.update(original.trailing);
    Bytes behind(static_cast<std::size_t>(std::min<std::uint64_t>(original.trailing.size(), output.size() - data_end)));
    output.read_at(data_end, behind);
    const bool has_other_footer = jobs::is_footer(original.trailing) && container::has_footer_magic(output, data_end);
    if (hasher.digest() != original.hash || (behind != original.trailing && !has_other_footer))
        fail(ErrorCode::corrupt, "its bytes are not those of the original");
}

/// What the user put beside the pixels must be in `output` too.
void require_sections(const std::vector<Section>& sections, const MrcFile& output, std::string_view remedy) {
    for (const Section& section : sections) {
        const auto kept = output.section(section.id, output.limits().metadata_bytes);
        if (!kept || kept->payload != section.payload)
            fail(ErrorCode::invalid_argument, "section ", section.id, " (", section.payload.size(),
                 " bytes) would be lost; ", remedy);
    }
}

/// What says that pixels were corrected, and how.
void require_record(const MrcFile& from, const MrcFile& made) {
    const auto record = from.section(container::section::provenance, from.limits().metadata_bytes);
    const auto kept = made.section(container::section::provenance, made.limits().metadata_bytes);
    if (record && (!kept || kept->payload != record->payload))
        fail(ErrorCode::invalid_argument, "the record of its corrections (section PROV, ", record->payload.size(),
             " bytes) would be lost; use --keep-metadata");
}

/// Of the input as it is now: it need not be the one the output was made from.
simd::Hash128 hash_of_stream(const Input& input, const RunContext& context) {
    const auto stream = jobs::open_stream(input, context);
    simd::Hasher128 hasher;
    Bytes buffer(std::size_t{1} << 20);
    while (const std::size_t got = stream->read_some(buffer)) {
        check_cancelled(context);
        hasher.update(std::span(buffer).first(got));
    }
    return hasher.digest();
}

void prove_against_plain(const Input& input, const std::optional<Original>& made, const RunContext& context) {
    if (!made)
        fail(ErrorCode::invalid_argument, "it cannot give back ", input.display_name(),
             " byte for byte: it keeps no original (converted, appended or live)");
    if (hash_of_stream(input, context) != made->hash)
        fail(ErrorCode::corrupt, "it holds another original than ", input.display_name());
}

/// An MRCZ file that was compressed anew.
void prove_against_compressed(const MrcFile& from, const MrcFile& made, const RunContext& context) {
    require_sections(jobs::user_sections(from), made, "do not replace it, or keep the input");
    const auto original = from.original();
    const auto kept = made.original();
    if (!original) return require_equal_pixels(from, made, context);
    if (!kept || kept->hash != original->hash)
        fail(ErrorCode::invalid_argument, "it cannot give back the original that ", from.source().name(), " holds");
}

}  // namespace

void prove_compressed(const Input& input, const std::filesystem::path& output, const Limits& limits,
                      const RunContext& context) {
    in_file(output.string(), [&] {
        io::drop_cached_pages(output);
        const VerifyResult verified = verify(Input::file(output), {.limits = limits}, context);
        const MrcFile made(open_file_source(output), limits);
        const auto original = made.original();
        if (original && !verified.original_matched) fail(ErrorCode::internal, "an original that was not checked");
        const Bytes head = head_of(input, context);
        if (head.size() < Header::bytes_on_disk) fail(ErrorCode::corrupt, "its input was emptied meanwhile");
        if (header::read_layout(std::span(head).first<Header::bytes_on_disk>(), limits).codec_id == 0)
            return prove_against_plain(input, original, context);
        prove_against_compressed(opened(input, limits, context), made, context);
    });
}

void prove_restored(const Input& input, const std::filesystem::path& output, const Limits& limits,
                    const RunContext& context) {
    in_file(output.string(), [&] {
        io::drop_cached_pages(output);
        const MrcFile from = opened(input, limits, context);
        const MrcFile made(open_file_source(output), limits);
        if (from.header_was_edited())
            fail(ErrorCode::invalid_argument, "the header of ", input.display_name(),
                 " was changed after it was written, which would be lost");
        if (from.codec().id == 0) {
            if (hash_of(from.source(), context) != hash_of(made.source(), context))
                fail(ErrorCode::corrupt, "it is no copy of ", input.display_name());
        } else if (const auto original = from.original()) {
            require_original_bytes(made.source(), *original, context);
            require_sections(jobs::sections_beyond(from, *original), made, "use --keep-metadata");
        } else {
            require_equal_pixels(from, made, context);
            require_sections(jobs::user_sections(from), made, "use --keep-metadata");
            if (!jobs::corrections_of(from).empty()) require_record(from, made);
        }
    });
}

}  // namespace mrcz
