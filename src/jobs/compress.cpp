#include <algorithm>
#include <optional>
#include <vector>

#include "base/fail.hpp"
#include "container/file_assembler.hpp"
#include "container/metadata_section.hpp"
#include "container/provenance_steps.hpp"
#include "container/sum_section.hpp"
#include "header/compose.hpp"
#include "jobs/coding_slots.hpp"
#include "jobs/converting_feed.hpp"
#include "jobs/live.hpp"
#include "jobs/open_input.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/sum_image.hpp"

namespace mrcz {
namespace {

using container::FileAssembler;
using container::Section;
using jobs::CodingSlots;
using jobs::FrameFeed;

/// Null: to be measured.
const codec::CodecRow* row_chosen(const CompressOptions& options) {
    const std::string& name = options.codec;
    if (name == "auto") {
        if (options.live)
            fail(ErrorCode::invalid_argument,
                 "codec auto measures frames, and with --live none is there when the file begins; name a codec");
        if (options.coding.level != 0)
            fail(ErrorCode::invalid_argument, "codec auto compares codecs at their own levels; name a codec with -",
                 options.coding.level);
        return nullptr;
    }
    const CodecInfo* info = find_codec(name);
    if (info == nullptr) fail(ErrorCode::invalid_argument, "there is no codec named ", name, "; see `mrcz codecs`");
    if (info->id == 0) fail(ErrorCode::invalid_argument, "codec raw does not compress; use decompress");
    return &codec::writing_row(*info);
}

/// The steps that made the pixels, and that they were compressed: by which codec no earlier step can tell. A record
/// that is no JSON moves over as it is; it is nothing that the pixels depend on.
void record_compression(std::vector<Section>& sections, const CompressOptions& options, std::string_view codec) {
    const std::string step = container::coding_step("compress", codec);
    auto steps = std::ranges::find(sections, container::section::provenance, &Section::id);
    if (steps == sections.end()) {
        if (!options.provenance.empty()) sections.push_back(container::edited_provenance(options.provenance));
        return container::add_provenance_step(sections, step);
    }
    if (steps->encoding != container::encoding::json) return;
    try {
        *steps = container::with_step(&*steps, step);
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data && error.group() != ErrorGroup::caller) throw;
    }
}

/// What the input carries, with the metadata given now in place of older ones.
std::vector<Section> footer_sections(FrameFeed& feed, const CompressOptions& options, std::string_view codec,
                                     const std::optional<SumImage>& sum) {
    std::vector<Section> sections;
    if (options.metadata) sections.push_back(container::metadata_section(*options.metadata));
    for (Section& section : feed.sections()) {
        if (options.metadata && section.id == container::section::metadata) continue;
        sections.push_back(std::move(section));
    }
    if (sum) {
        std::erase_if(sections, [](const Section& section) { return section.id == container::section::sum; });
        sections.push_back(container::sum_section(*sum));
    }
    record_compression(sections, options, codec);
    return sections;
}

}  // namespace

JobResult compress(const Input& input, const Output& output, const CompressOptions& options,
                   const RunContext& context) {
    return in_file(input.display_name(), [&] {
        const codec::CodecRow* const row = row_chosen(options);
        if (options.live) return jobs::compress_live(input, output, *row, options, context);
        const auto source = jobs::open_feed(input, options.limits, options.mode0, context);
        const auto conversion =
            jobs::requested_conversion(source->layout(), options.dtype, options.allowed, options.limits);
        const auto converting = conversion ? jobs::make_converting_feed(*source, *conversion) : nullptr;
        FrameFeed* const feed = conversion ? converting.get() : source.get();
        const header::Layout& layout = feed->layout();
        auto summer = options.keep_sum ? std::optional<FrameSummer>(layout.format()) : std::nullopt;
        const auto sink = jobs::open_sink(output, input, true);  // before any frame is read: it may be refused
        CodingSlots slots(*feed, row, options.coding, context, false, options.least_speed);
        const CodecInfo& codec = slots.codec();
        const std::uint64_t pixels = pixel_count(layout.format());
        FileAssembler assembler(*sink, header::compressed_header(layout, codec.id), feed->extended_header(), codec,
                                pixels);
        if (!slots.model_chunk().empty()) assembler.add_model(slots.model_chunk());
        jobs::code_frames(
            slots, layout,
            [&](std::size_t slot) {
                assembler.add(slots.coded(slot));
                if (summer) summer->add(slots.pixels(slot));
            },
            [&] { return sink->written(); }, context);
        assembler.add_entropy(slots.entropy());
        const auto sum = summer ? std::optional(summer->take()) : std::nullopt;
        assembler.finish(footer_sections(*feed, options, codec.name, sum));
        sink->commit();
        if (conversion) conversion->tell(context);
        const ConversionResult changed = conversion ? conversion->result() : ConversionResult{};
        return JobResult{layout.frames, feed->bytes_read(), sink->written(), changed,
                         row == nullptr ? std::string(codec.name) : std::string()};
    });
}

}  // namespace mrcz
