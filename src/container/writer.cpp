#include "mrcz/writer.hpp"

#include <limits>
#include <vector>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "base/thread_shares.hpp"
#include "container/file_assembler.hpp"
#include "container/frame_coder.hpp"
#include "container/growing_coding.hpp"
#include "container/growth.hpp"
#include "container/growth_start.hpp"
#include "container/journal.hpp"
#include "container/metadata_section.hpp"
#include "container/open_to_grow.hpp"
#include "container/provenance_steps.hpp"
#include "container/target_coding.hpp"
#include "header/compose.hpp"
#include "header/inherited.hpp"
#include "simd/kernels.hpp"

namespace mrcz {
namespace {

const CodecInfo& codec_named(std::string_view name) {
    const CodecInfo* info = find_codec(name);
    if (info == nullptr) fail(ErrorCode::invalid_argument, "there is no codec named ", name, "; see `mrcz codecs`");
    return *info;
}

header::FreshImage image_of(const WriterOptions& options) {
    return {options.nx,
            options.ny,
            options.type,
            options.is_volume,
            options.volume_sections,
            options.voltage_kv,
            options.spherical_aberration_mm,
            options.detector_gain,
            options.label,
            options.slices_per_item};
}

header::SectionSampling sampling_of(const WriterOptions& options) {
    return {options.slices_per_item, options.cell_spans_stack};
}

FrameFormat format_of(const WriterOptions& options) { return {options.type, options.nx, options.ny}; }

std::size_t frame_bytes_of(const WriterOptions& options) {
    const std::uint64_t bytes = bytes_of(format_of(options));
    if (bytes == std::numeric_limits<std::uint64_t>::max())
        fail(ErrorCode::invalid_argument, "frames of ", options.nx, " x ", options.ny, " pixels cannot be written");
    return static_cast<std::size_t>(bytes);
}

/// Where coded frames go.
class FrameOutput {
  public:
    virtual ~FrameOutput() = default;
    virtual void add(const container::CodedFrame& frame) = 0;
    /// Whether a file of these frames alone is to get a model: one that grew before keeps what it has.
    [[nodiscard]] virtual bool takes_model() const = 0;
    /// Before the first frame that needs it.
    virtual void add_model(std::span<const std::byte> chunk) = 0;
    virtual void add_entropy(const container::FrameEntropy& entropy) = 0;
    [[nodiscard]] virtual std::int64_t frames() const = 0;
    [[nodiscard]] virtual std::uint64_t written() const = 0;
    virtual void record_step(const std::string& step) = 0;
    virtual std::uint64_t finish() = 0;
};

std::vector<container::Section> sections_of(const WriterOptions& options, const CodecInfo& codec) {
    std::vector<container::Section> sections;
    if (options.metadata) sections.push_back(container::metadata_section(*options.metadata));
    if (options.metadata || codec.id != 0 || !options.earlier_steps.empty())
        sections.push_back(container::provenance_section("write", codec.name, options.earlier_steps));
    return sections;
}

std::unique_ptr<io::ByteSink> open_new_sink(const std::filesystem::path& path, const WriterOptions& options) {
    container::refuse_growing_output(path);
    return io::open_file_sink(path, {.overwrite = options.overwrite, .like = {}});
}

/// python-mrcz reads JSON with blanks behind it; the pixels then lie where loads of 16 bytes find them aligned.
Bytes extended_header_of(const WriterOptions& options) {
    constexpr std::size_t alignment = 16;
    Bytes bytes = options.extended_header;
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) - alignment)
        fail(ErrorCode::invalid_argument, "an extended header of ", bytes.size(), " bytes is more than MRC can hold");
    if (options.extended_type == "json")
        bytes.resize((bytes.size() + alignment - 1) / alignment * alignment, std::byte{' '});
    return bytes;
}

ByteOrder order_of(const WriterOptions& options, const CodecInfo& codec) {
    return options.big_endian && codec.id == 0 ? ByteOrder::big : ByteOrder::little;
}

class FreshOutput final : public FrameOutput {
  public:
    FreshOutput(const std::filesystem::path& path, const WriterOptions& options, const Header& header,
                const CodecInfo& codec)
        : options_(options),
          codec_(codec),
          order_(order_of(options, codec)),
          sink_(open_new_sink(path, options)),
          assembler_(*sink_, header, extended_header_of(options), codec, pixel_count(format_of(options)), order_) {
        options_.extended_header.clear();
    }

    void add(const container::CodedFrame& frame) override {
        if (order_ == ByteOrder::little) return assembler_.add(frame);
        turned_.assign(frame.chunk.begin(), frame.chunk.end());
        simd::kernels().byteswap(turned_, info_of(options_.type).word_bytes);
        container::CodedFrame turned = frame;
        turned.chunk = turned_;
        assembler_.add(turned);
    }
    bool takes_model() const override { return true; }
    void add_model(std::span<const std::byte> chunk) override { assembler_.add_model(chunk); }
    void add_entropy(const container::FrameEntropy& entropy) override { assembler_.add_entropy(entropy); }
    std::int64_t frames() const override { return assembler_.frames(); }
    std::uint64_t written() const override { return sink_->written(); }
    void record_step(const std::string& step) override { steps_.push_back(step); }
    std::uint64_t finish() override {
        header::set_extent(assembler_.header(), assembler_.frames(), options_.voxel_angstrom, sampling_of(options_));
        std::vector<container::Section> sections = sections_of(options_, codec_);
        for (const std::string& step : steps_) container::add_provenance_step(sections, step);
        assembler_.finish(sections);
        sink_->commit();
        return sink_->written();
    }

  private:
    WriterOptions options_;
    const CodecInfo& codec_;
    ByteOrder order_;
    std::unique_ptr<io::ByteSink> sink_;
    container::FileAssembler assembler_;
    Bytes turned_;
    std::vector<std::string> steps_;
};

class GrowingOutput final : public FrameOutput {
  public:
    GrowingOutput(container::GrowingFile file, std::optional<LiveOptions> live, const CodecInfo* appends_with,
                  std::optional<std::int64_t> replace_from = std::nullopt)
        : growth_(std::move(file), live), frames_before_(growth_.frames()), appends_with_(appends_with) {
        if (!replace_from) return;
        replaced_ = {*replace_from, *replace_from};
    }

    void add(const container::CodedFrame& frame) override {
        growth_.add(frame);
        if (replaced_.last < frames_before_) ++replaced_.last;
    }
    bool takes_model() const override { return appends_with_ == nullptr; }
    void add_model(std::span<const std::byte> chunk) override { growth_.add_model(chunk); }
    void add_entropy(const container::FrameEntropy& entropy) override { growth_.add_entropy(entropy); }
    std::int64_t frames() const override { return growth_.frames(); }
    std::uint64_t written() const override { return growth_.data_end(); }
    void record_step(const std::string& step) override { growth_.record_step(step); }
    std::uint64_t finish() override {
        if (replaced_.last > replaced_.first) growth_.record_step(container::replace_step(replaced_));
        const bool longer = appends_with_ != nullptr && growth_.frames() > frames_before_;
        return growth_.finish(longer ? container::append_step(appends_with_->name, frames_before_, growth_.frames())
                                     : std::string());
    }

  private:
    container::Growth growth_;
    std::int64_t frames_before_;
    const CodecInfo* appends_with_;  ///< null: a file of this writer's own
    container::FrameRun replaced_{frames_before_, frames_before_};
};

std::unique_ptr<FrameOutput> make_output(const std::filesystem::path& path, const WriterOptions& options,
                                         const CodecInfo& codec) {
    Header header = header::fresh_header(image_of(options), codec.id);
    if (options.slices_per_item < 0 || options.slices_per_item > std::numeric_limits<std::int32_t>::max())
        fail(ErrorCode::invalid_argument, "items of ", options.slices_per_item, " slices cannot be written");
    if (options.like && options.slices_per_item == 0)
        header::inherit(header, options.like->header, options.like->is_big_endian ? ByteOrder::big : ByteOrder::little);
    if (!options.extended_type.empty()) header.set_text(HeaderField::exttyp, options.extended_type);
    if (order_of(options, codec) == ByteOrder::big)
        header.set_text(HeaderField::machst, std::string_view("\x11\x11\0\0", 4));
    if (!options.live) return std::make_unique<FreshOutput>(path, options, header, codec);
    const auto section_axis = static_cast<std::size_t>(header.integer(HeaderField::maps) - 1);
    header::set_extent(header, 0, options.voxel_angstrom, sampling_of(options));
    return std::make_unique<GrowingOutput>(
        container::create_live_file(path, {.header = header,
                                           .extended_header = extended_header_of(options),
                                           .codec = codec,
                                           .order = order_of(options, codec),
                                           .sections = sections_of(options, codec),
                                           .section_voxel = options.voxel_angstrom[section_axis],
                                           .overwrite = options.overwrite}),
        options.live, nullptr);
}

}  // namespace

struct Writer::Impl {
    void append(std::span<const std::byte> frames, const RunContext& context) {
        if (frames.size() % frame_bytes != 0)
            fail(ErrorCode::invalid_argument, "append: ", frames.size(), " bytes are no whole number of frames of ",
                 frame_bytes);
        require_whole();
        if (frames.empty()) return;
        // From here on a failure leaves parts of frames, or some of those given: no file can be made of that.
        failed = true;
        add_frames(frames, context);
        failed = false;
    }

    std::uint64_t finish() {
        require_whole();
        failed = true;
        output->add_entropy(container::entropy_of(coders));
        const std::uint64_t bytes = output->finish();
        failed = false;
        return bytes;
    }

    void require_whole() const {
        if (failed)
            fail(ErrorCode::invalid_argument,
                 "writing failed before: no one knows which frames are in, the writer can only be given up");
    }

    void add_frames(std::span<const std::byte> frames, const RunContext& context) {
        const auto count = static_cast<std::int64_t>(frames.size() / frame_bytes);
        if (!coding) prepare(frames, count);
        const auto frame = [&](std::int64_t item) {
            return frames.subspan(static_cast<std::size_t>(item) * frame_bytes, frame_bytes);
        };
        std::vector<std::span<const std::byte>> all;
        for (std::int64_t item = 0; item < count; ++item) all.push_back(frame(item));
        const ThreadShares threads(context, count, coding->begin(all).encoder().parts());
        if (coders.size() < pipeline_slots(context)) coders.resize(pipeline_slots(context));
        const std::int64_t before = output->frames();
        std::vector<const container::FrameCoding*> codings(coders.size());
        const PipelineStages stages{
            .take =
                [&](std::int64_t item, std::size_t slot) {
                    if (item >= count) return false;
                    codings[slot] = &coding->next(frame(item));
                    return true;
                },
            .work =
                [&](std::int64_t item, std::size_t slot) {
                    if (!coders[slot]) coders[slot].emplace(*codings[slot]);
                    coders[slot]->use(*codings[slot]);
                    coders[slot]->run_parts_on(threads.of_parts());
                    coders[slot]->encode(before + item, frame(item));
                },
            .put =
                [&](std::int64_t item, std::size_t slot) {
                    if (const auto learned = coding->model_before(before + item); !learned.empty())
                        output->add_model(learned);
                    put(coders[slot]->coded(), item + 1, count, context);
                },
        };
        run_ordered(stages, threads.of_frames());
    }

    /// Frames that come many at once are taken for all there will be, or like them: as many as would be kept to learn
    /// from are, and need not be kept.
    void prepare(std::span<const std::byte> frames, std::int64_t count) {
        const std::int64_t many =
            std::min<std::int64_t>(16, container::GrowingCoding::most_samples_of(row, frame_bytes));
        const container::CodedFormat shape{format, frame_bytes, 0};
        if (output->takes_model() && count < many) {
            coding.emplace(row, shape, options);
            return;
        }
        if (output->takes_model()) {
            std::vector<std::span<const std::byte>> samples;
            const std::int64_t wanted = container::samples_wanted(row, frame_bytes, count);
            for (std::int64_t i = 0; i < wanted; ++i)
                samples.push_back(
                    frames.subspan(static_cast<std::size_t>(i * count / wanted) * frame_bytes, frame_bytes));
            if (auto learned = container::learn_model(row, shape, samples, count)) {
                output->add_model(learned->chunk);
                model = std::move(learned->model);
            }
        }
        coding.emplace(row, shape, options, model);
    }

    void put(const container::CodedFrame& frame, std::int64_t done, std::int64_t total, const RunContext& context) {
        output->add(frame);
        if (context.progress)
            context.progress({done, total, static_cast<std::uint64_t>(done) * frame_bytes, output->written()});
    }

    std::string name;
    const codec::CodecRow& row;
    FrameFormat format;
    std::size_t frame_bytes = 0;
    CodecOptions options;
    std::unique_ptr<FrameOutput> output;
    std::optional<container::NumberedModel> model;
    std::optional<container::GrowingCoding> coding;
    std::vector<std::optional<container::FrameCoder>> coders;
    bool failed = false;
};

Writer::Writer(const std::filesystem::path& path, const WriterOptions& options) {
    in_file(path.string(), [&] {
        const codec::CodecRow& row = codec::writing_row(codec_named(options.codec));
        const std::size_t frame_bytes = frame_bytes_of(options);
        impl_.reset(new Impl{path.string(),
                             row,
                             format_of(options),
                             frame_bytes,
                             options.coding,
                             make_output(path, options, row.info),
                             {},
                             {},
                             {}});
    });
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Writer Writer::extending(const std::filesystem::path& path, const ExtendOptions& options, const RunContext& context) {
    return in_file(path.string(), [&] {
        container::Growable found = container::open_to_grow(io::disk(), path, options.limits, context);
        const header::Layout& layout = found.start.layout;
        const codec::CodecRow& row = codec::writing_row(*find_codec(layout.codec_id));
        std::unique_ptr<Impl> impl(new Impl{path.string(),
                                            row,
                                            layout.format(),
                                            static_cast<std::size_t>(layout.frame_bytes),
                                            container::merged(options.coding, found.coding),
                                            {},
                                            std::move(found.model),
                                            {},
                                            {}});
        if (options.live && options.replace_from && *options.replace_from < found.start.tables.frames())
            fail(ErrorCode::invalid_argument, "frames are replaced all or none: not with live commits on the way");
        const std::vector<std::string> dropped = found.start.dropped;
        container::GrowingFile file(io::disk(), path, std::move(found.file), std::move(found.start),
                                    options.replace_from);
        container::tell_dropped(dropped, path.string(), context);
        impl->output = std::make_unique<GrowingOutput>(std::move(file), options.live, &row.info, options.replace_from);
        return Writer(std::move(impl));
    });
}

Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

void Writer::append(std::span<const std::byte> frames, const RunContext& context) {
    in_file(impl_->name, [&] { impl_->append(frames, context); });
}

void Writer::record_step(const std::string& step) {
    in_file(impl_->name, [&] {
        impl_->require_whole();
        impl_->output->record_step(Metadata::from_json(step).to_json());
    });
}

std::uint64_t Writer::finish() {
    return in_file(impl_->name, [&] { return impl_->finish(); });
}

}  // namespace mrcz
