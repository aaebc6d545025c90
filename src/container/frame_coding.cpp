#include "container/frame_coding.hpp"

#include <algorithm>

#include "base/integer_types.hpp"

namespace mrcz::container {
namespace {

/// Only such rows need a word about it; see bytes_of().
bool has_contiguous_rows(const FrameFormat& format) {
    return format.type == PixelType::uint4 && format.packing == RowPacking::contiguous && format.nx % 2 != 0;
}

std::uint64_t row_bytes_of(const FrameFormat& format) {
    if (has_contiguous_rows(format)) return 0;
    return bytes_of({format.type, format.nx, 1, format.packing});
}

}  // namespace

FrameCoding::FrameCoding(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options,
                         const codec::Samples& samples, const std::optional<NumberedModel>& model)
    : row_(row),
      format_(format.format),
      frames_(format.frames),
      encoder_(row.prepare_encoder(row.info, {format.format.type, format.frame_bytes, model ? model->model : nullptr},
                                   options, samples)) {
    header_.has_contiguous_rows = container::has_contiguous_rows(format_);
    if (model) header_.model = model->number;
}

std::optional<ValueCounts> FrameCoding::make_counts() const {
    if (!row_.has_own_chunks() || !is_integer(format_.type)) return std::nullopt;
    return ValueCounts(format_, frames_);
}

std::size_t FrameCoding::encode(std::int64_t number, std::span<const std::byte> frame, std::span<std::byte> chunk,
                                codec::Scratch& scratch, codec::FrameObserver& observer) const {
    const std::size_t size = header_bytes() + encoder_->encode(frame, chunk.subspan(header_bytes()), scratch, observer);
    if (!row_.has_own_chunks()) return size;
    codec::OwnChunkHeader header = header_;
    header.first = static_cast<std::uint64_t>(number);
    codec::seal_own_chunk(chunk.first(size), row_, header);
    return size;
}

FrameSamples::FrameSamples(const codec::CodecRow& row, const CodedFormat& format, const CodecOptions& options,
                           std::span<const std::span<const std::byte>> frames) {
    if (frames.empty()) return;
    first_ = frames[0];
    for (const codec::FramePart& part :
         parts_to_measure(row, format, options, static_cast<std::int64_t>(frames.size())))
        parts_.push_back(
            frames[static_cast<std::size_t>(part.frame)].subspan(static_cast<std::size_t>(part.offset), part.bytes));
}

std::vector<codec::FramePart> parts_to_measure(const codec::CodecRow& row, const CodedFormat& format,
                                               const CodecOptions& options, std::int64_t there) {
    if (row.parts_to_measure == nullptr) return {};
    return row.parts_to_measure(row.info, {format.format.type, format.frame_bytes}, options, there, format.frames);
}

void renumber_chunk(std::span<std::byte> chunk, const codec::CodecRow& row, std::int64_t number) {
    if (!row.has_own_chunks()) return;
    codec::OwnChunkHeader header = codec::open_own_chunk(chunk, row).header;
    header.first = static_cast<std::uint64_t>(number);
    codec::seal_own_chunk(chunk, row, header);
}

std::int64_t samples_wanted(const codec::CodecRow& row, std::uint64_t frame_bytes, std::int64_t frames) {
    constexpr std::uint64_t most_bytes = std::uint64_t{32} << 20;
    constexpr std::uint64_t most = 256, least = 2;
    if (row.models == nullptr || frames < 2) return 0;
    const std::uint64_t fitting = std::clamp(most_bytes / std::max<std::uint64_t>(1, frame_bytes), least, most);
    return std::min(static_cast<std::int64_t>(fitting), frames);
}

std::optional<LearnedModel> learn_model(const codec::CodecRow& row, const CodedFormat& format,
                                        std::span<const std::span<const std::byte>> samples, std::int64_t frames) {
    if (row.models == nullptr || samples.empty()) return std::nullopt;
    const Bytes payload = row.models->learn({format.format.type, format.frame_bytes, row_bytes_of(format.format),
                                             samples, static_cast<std::uint64_t>(frames)});
    if (payload.empty()) return std::nullopt;
    LearnedModel learned;
    learned.model.model = row.models->read(payload, {format.format.type, format.frame_bytes});
    learned.chunk.resize(codec::own_chunk_header_bytes);
    append(learned.chunk, payload);
    codec::OwnChunkHeader header;
    header.frames = 0;
    header.has_contiguous_rows = has_contiguous_rows(format.format);
    codec::seal_own_chunk(learned.chunk, row, header);
    return learned;
}

}  // namespace mrcz::container
