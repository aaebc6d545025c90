#include "jobs/corrected_file.hpp"

#include <vector>

#include "base/ordered_pipeline.hpp"
#include "base/text.hpp"
#include "container/file_assembler.hpp"
#include "container/frame_coder.hpp"
#include "container/metadata_section.hpp"
#include "header/compose.hpp"
#include "header/converted.hpp"
#include "io/byte_sink.hpp"
#include "jobs/frame_feed.hpp"
#include "jobs/kept_sections.hpp"
#include "jobs/memory_bound.hpp"
#include "mrcz/correlation.hpp"

namespace mrcz::jobs {
namespace {

using container::Section;

header::Layout corrected_layout(const header::Layout& source, const FrameFormat& to) {
    if (source.type != to.type || source.packing != to.packing) return header::converted_layout(source, to.type);
    header::Layout layout = source;
    layout.order = ByteOrder::little;
    return layout;
}

/// What stays true of corrected pixels.
std::vector<Section> sections_of(const container::MrcFile& file, const std::string& step) {
    namespace section = container::section;
    std::vector<Section> sections;
    if (file.footer())
        for (const container::SectionEntry& entry : file.footer()->sections)
            if (!is_made_anew(entry.id) && entry.id != section::original && entry.id != section::sum)
                sections.push_back(container::load_section(file.source(), entry, file.limits().metadata_bytes));
    container::add_provenance_step(sections, step);
    return sections;
}

/// What follows the pixels and is no footer, here or in the file that a compressed one restores.
std::uint64_t bytes_left_behind(const container::MrcFile& file) {
    if (file.codec().id == 0)
        return file.source().size() - file.data_end() - (file.footer() ? file.footer()->bytes : 0);
    const auto original = file.original();
    return original && !is_footer(original->trailing) ? original->trailing.size() : 0;
}

void tell_left_behind(const container::MrcFile& file, const RunContext& context) {
    const std::uint64_t bytes = bytes_left_behind(file);
    if (bytes > 0 && context.log)
        context.log(
            concat(bytes, " bytes behind the pixels of ", file.source().name(), " are not in the corrected file"));
}

/// Correlation between the frames of one stack, as they pass.
class Measure {
  public:
    Measure(const FrameFormat& format, std::int64_t lag)
        : format_(format), all_pairs_({format.nx, format.ny}), frame_(static_cast<std::size_t>(pixel_count(format))) {
        if (lag > 0) lagged_.emplace(ImageShape{format.nx, format.ny}, lag);
    }
    void add(std::span<const std::byte> frame) {
        to_floats(frame, format_, frame_);
        all_pairs_.add(frame_);
        if (lagged_) lagged_->add(frame_);
    }
    [[nodiscard]] CorrelationResult result() const {
        return {all_pairs_.mean(), lagged_ ? lagged_->mean() : std::numeric_limits<double>::quiet_NaN()};
    }

  private:
    FrameFormat format_;
    FrameCorrelation all_pairs_;
    std::optional<FrameCorrelation> lagged_;
    std::vector<float> frame_;
};

class Slots {
  public:
    Slots(const CorrectedFile& movie, const CodecInfo& codec, const RunContext& context)
        : movie_(movie), slots_(pipeline_slots(context)) {
        const FrameFormat& to = movie_.corrector.to();
        std::span<const std::byte> first;
        if (movie_.reader.frames() > 0) {
            correct(0, slots_[0]);
            first = slots_[0].pixels;
        }
        const codec::CodecRow& row = codec::writing_row(codec);
        coding_.emplace(row, container::CodedFormat{to, bytes_of(to)}, movie_.options.coding,
                        codec::Samples{.first_frame = first});
        for (Slot& slot : slots_) slot.coder = std::make_unique<container::FrameCoder>(*coding_);
    }

    void work(std::int64_t frame, std::size_t number) {
        Slot& slot = slots_[number];
        if (frame > 0) correct(frame, slot);  // the first one is there, in slot 0
        slot.coder->encode(frame, slot.pixels);
    }

    [[nodiscard]] const container::CodedFrame& coded(std::size_t slot) const { return slots_[slot].coder->coded(); }
    [[nodiscard]] std::span<const std::byte> before(std::size_t slot) const { return slots_[slot].raw; }
    [[nodiscard]] std::span<const std::byte> after(std::size_t slot) const { return slots_[slot].pixels; }

  private:
    struct Slot {
        Buffer raw_memory, out;
        CorrectionMemory memory;
        std::span<std::byte> raw, pixels;
        std::unique_ptr<container::FrameCoder> coder;
    };

    void correct(std::int64_t frame, Slot& slot) {
        FrameCorrector& corrector = movie_.corrector;
        slot.pixels = slot.out.first(static_cast<std::size_t>(bytes_of(corrector.to())));
        const bool in_place = corrector.works_in_place() && !movie_.options.measures_correlation;
        slot.raw =
            in_place ? slot.pixels : slot.raw_memory.first(static_cast<std::size_t>(movie_.reader.frame_bytes()));
        movie_.reader.read_frame(frame, slot.raw);
        corrector.apply(frame, slot.raw, slot.pixels, slot.memory);
    }

    const CorrectedFile& movie_;
    std::vector<Slot> slots_;
    std::optional<container::FrameCoding> coding_;
};

constexpr std::uint64_t most_bytes_under_way = 250'000'000;

/// As read, as floats, corrected and compressed.
std::uint64_t bytes_a_frame(const CorrectedFile& movie) {
    const FrameFormat& to = movie.corrector.to();
    const std::uint64_t out = 2 * bytes_of(to);
    if (movie.corrector.works_in_place() && !movie.options.measures_correlation) return out;
    const std::uint64_t floats = to.type == PixelType::float32 ? 0 : pixel_count(to) * sizeof(float);
    return out + movie.reader.frame_bytes() + floats;
}

}  // namespace

WrittenMovie write_corrected(const CorrectedFile& movie, io::ByteSink& sink, const RunContext& all) {
    const BoundedContext bounded(all, most_bytes_under_way, bytes_a_frame(movie));
    const RunContext& context = bounded.get();
    const FrameFormat& to = movie.corrector.to();
    const header::Layout layout = corrected_layout(movie.file.layout(), to);
    const CodecInfo& codec = *find_codec(movie.options.is_plain ? "raw" : "zstd");
    const std::int64_t frames = movie.reader.frames();
    const Header header =
        movie.options.is_plain ? header::plain_header(layout, frames) : header::compressed_header(layout, codec.id);
    movie.corrector.follow(movie.reader);
    Slots slots(movie, codec, context);
    container::FileAssembler assembler(sink, header, movie.file.extended_header(), codec, pixel_count(to));
    std::optional<Measure> before, after;
    if (movie.options.measures_correlation) {
        before.emplace(movie.corrector.from(), movie.options.correlation_lag);
        after.emplace(to, movie.options.correlation_lag);
    }
    const PipelineStages stages{
        .take = [&](std::int64_t frame, std::size_t) { return frame < frames; },
        .work = [&](std::int64_t frame, std::size_t slot) { slots.work(frame, slot); },
        .put =
            [&](std::int64_t frame, std::size_t slot) {
                assembler.add(slots.coded(slot));
                if (before) before->add(slots.before(slot));
                if (after) after->add(slots.after(slot));
                if (!context.progress) return;
                const std::uint64_t done = static_cast<std::uint64_t>(frame + 1) * movie.reader.frame_bytes();
                context.progress({frame + 1, frames, done, sink.written()});
            },
    };
    run_ordered(stages, context);
    tell_left_behind(movie.file, context);
    assembler.finish(sections_of(movie.file, movie.step()));
    WrittenMovie written{.bytes = sink.written(), .before = {}, .after = {}};
    if (before) written.before = before->result();
    if (after) written.after = after->result();
    return written;
}

}  // namespace mrcz::jobs
