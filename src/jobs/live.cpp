#include "jobs/live.hpp"

#include <exception>
#include <functional>
#include <optional>
#include <vector>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/frame_coder.hpp"
#include "container/growing_coding.hpp"
#include "container/growth.hpp"
#include "container/metadata_section.hpp"
#include "header/axes.hpp"
#include "header/compose.hpp"
#include "header/layout.hpp"
#include "header/mode0.hpp"
#include "header/packed_bytes.hpp"
#include "io/byte_stream.hpp"
#include "jobs/live_end.hpp"
#include "jobs/open_input.hpp"
#include "simd/kernels.hpp"

namespace mrcz::jobs {
namespace {

using container::Growth;

/// Frames of plain MRC that arrive through a pipe, as long as they come.
class LiveInput {
  public:
    LiveInput(const Input& input, const Limits& limits, Mode0 mode0, const RunContext& context)
        : stream_(io::unwrapped(input.descriptor
                                    ? io::make_descriptor_stream(*input.descriptor, input.display_name(),
                                                                 context.cancel, [this] { on_idle(); })
                                    : io::open_file_stream(input.path, context.cancel, [this] { on_idle(); }))) {
        Bytes head(Header::bytes_on_disk);
        const std::size_t got = io::read_up_to(*stream_, head);
        if (got < head.size())
            fail(ErrorCode::truncated, "the input has ", got, " bytes, an MRC header alone has 1024");
        layout_ = header::read_layout(std::span(head).first<Header::bytes_on_disk>(), limits);
        header::read_mode0_as(layout_, mode0);
        if (layout_.codec_id != 0)
            fail(ErrorCode::invalid_argument, "is compressed; --live takes plain MRC as it arrives");
        if (header::packing_is_open(layout_))
            fail(ErrorCode::unsupported, "header: NX ", layout_.columns,
                 ": only the end of the file tells how odd rows of 4-bit pixels lie; compress it without --live");
        extended_header_.resize(static_cast<std::size_t>(layout_.data_offset - Header::bytes_on_disk));
        if (io::read_up_to(*stream_, extended_header_) != extended_header_.size())
            fail(ErrorCode::truncated, "the input ends within its extended header");
    }
    LiveInput(const LiveInput&) = delete;
    LiveInput& operator=(const LiveInput&) = delete;

    [[nodiscard]] const header::Layout& layout() const noexcept { return layout_; }
    [[nodiscard]] const Bytes& extended_header() const noexcept { return extended_header_; }
    [[nodiscard]] std::int64_t frames_read() const noexcept { return frames_read_; }

    /// False at the end: of the stream, or of the frames that NZ counts.
    bool read(std::span<std::byte> frame) {
        if (layout_.frames > 0 && frames_read_ == layout_.frames) return false;
        rest_ = io::read_up_to(*stream_, frame);
        if (rest_ < frame.size()) return false;
        rest_ = 0;
        ++frames_read_;
        if (layout_.order == ByteOrder::big) simd::kernels().byteswap(frame, info_of(layout_.type).word_bytes);
        return true;
    }

    /// Throws when the stream ended elsewhere than behind its last frame.
    void require_whole(const std::string& output) const {
        if (rest_ == 0 && (layout_.frames == 0 || frames_read_ == layout_.frames)) return;
        fail(ErrorCode::truncated, "pixels: the stream ended after ", frames_read_,
             layout_.frames > 0 ? concat(" of ", layout_.frames) : std::string(), " frames",
             rest_ > 0 ? concat(" and ", rest_, " bytes of another") : std::string(), "; the whole frames are kept in ",
             output);
    }

    /// Bytes of a file behind the frames that its header counts. A pipe is not waited for.
    [[nodiscard]] std::uint64_t bytes_behind() const {
        const std::uint64_t end = layout_.data_offset + static_cast<std::uint64_t>(frames_read_) * layout_.frame_bytes;
        const auto size = stream_->size();
        return size && *size > end ? *size - end : 0;
    }

    /// Called while the stream is silent.
    std::function<void()> idle;

  private:
    void on_idle() const {
        if (idle) idle();
    }

    std::unique_ptr<io::ByteStream> stream_;
    header::Layout layout_;
    Bytes extended_header_;
    std::int64_t frames_read_ = 0;
    std::size_t rest_ = 0;
};

std::vector<container::Section> sections_of(const CompressOptions& options, const CodecInfo& codec) {
    std::vector<container::Section> sections;
    if (options.metadata) sections.push_back(container::metadata_section(*options.metadata));
    sections.push_back(container::provenance_section("compress live", codec.name));
    return sections;
}

container::GrowingFile create(const LiveInput& input, const Output& output, const CodecInfo& codec,
                              const CompressOptions& options) {
    const header::Layout& layout = input.layout();
    const Header header = header::compressed_header(layout, codec.id);
    const auto axes = header::axes_of(layout.header);
    const std::size_t axis = header::are_an_order(axes) ? static_cast<std::size_t>(axes[2] - 1) : 2;
    return in_file(output.path.string(), [&] {
        return container::create_live_file(output.path, {.header = header,
                                                         .extended_header = input.extended_header(),
                                                         .codec = codec,
                                                         .sections = sections_of(options, codec),
                                                         .section_voxel = layout.header.voxel_angstrom()[axis],
                                                         .overwrite = output.overwrite});
    });
}

void code_frames(LiveInput& input, const codec::CodecRow& row, const CodecOptions& coding, Growth& growth,
                 const RunContext& context) {
    const header::Layout& layout = input.layout();
    container::GrowingCoding growing(row, {layout.format(), layout.frame_bytes, layout.frames}, coding);
    std::vector<Buffer> memory(pipeline_slots(context));
    std::vector<std::optional<container::FrameCoder>> coders(memory.size());
    std::vector<const container::FrameCoding*> codings(memory.size());
    const auto frame_of = [&](std::size_t slot) {
        return memory[slot].first(static_cast<std::size_t>(layout.frame_bytes));
    };
    const PipelineStages stages{
        .take =
            [&](std::int64_t, std::size_t slot) {
                if (!input.read(frame_of(slot))) return false;
                codings[slot] = &growing.next(frame_of(slot));
                return true;
            },
        .work =
            [&](std::int64_t frame, std::size_t slot) {
                if (!coders[slot]) coders[slot].emplace(*codings[slot]);
                coders[slot]->use(*codings[slot]);
                (void)coders[slot]->encode(frame, frame_of(slot));
            },
        .put =
            [&](std::int64_t frame, std::size_t slot) {
                if (const auto model = growing.model_before(frame); !model.empty()) growth.add_model(model);
                growth.add(coders[slot]->coded());
                if (!context.progress) return;
                const std::uint64_t done = static_cast<std::uint64_t>(frame + 1) * layout.frame_bytes;
                context.progress({frame + 1, std::max(layout.frames, frame + 2), done, growth.data_end()});
            },
    };
    const auto count_entropy = [&] { growth.add_entropy(container::entropy_of(coders)); };
    try {
        run_ordered(stages, context);
    } catch (...) {
        count_entropy();
        throw;
    }
    count_entropy();
}

}  // namespace

JobResult compress_live(const Input& input, const Output& output, const codec::CodecRow& row,
                        const CompressOptions& options, const RunContext& context) {
    if (output.descriptor)
        fail(ErrorCode::invalid_argument, "--live writes a file; name it with -o, standard output cannot be one");
    require_another_file(input, output.path);
    if (options.allowed.clip || options.allowed.round)
        fail(ErrorCode::invalid_argument,
             "clip and round say how --dtype TYPE may change values, and --live takes none");
    if (options.dtype)
        fail(ErrorCode::invalid_argument, "--live stores pixels as they come; convert the finished file with --dtype");
    if (options.keep_sum)
        fail(ErrorCode::invalid_argument,
             "--keep-sum is of all frames, which --live does not know; compress the "
             "finished file with --keep-sum");
    LiveInput frames(input, options.limits, options.mode0, context);
    Growth growth(create(frames, output, row.info, options), options.live);
    frames.idle = [&growth] { growth.idle(); };
    std::exception_ptr failure;
    try {
        code_frames(frames, row, options.coding, growth, context);
    } catch (...) {
        failure = std::current_exception();  // what came before it is kept
    }
    const std::uint64_t bytes = end_live(growth, {}, output.path, failure);
    frames.require_whole(output.path.string());
    if (const std::uint64_t behind = frames.bytes_behind(); behind > 0 && context.log)
        context.log(concat(behind, " bytes behind the frames are not kept in a live file"));
    const std::uint64_t bytes_in =
        frames.layout().data_offset + static_cast<std::uint64_t>(frames.frames_read()) * frames.layout().frame_bytes;
    return {.frames = growth.frames(), .bytes_in = bytes_in, .bytes_out = bytes, .converted = {}, .codec = {}};
}

}  // namespace mrcz::jobs
