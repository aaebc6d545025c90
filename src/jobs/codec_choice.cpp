#include "jobs/codec_choice.hpp"

#include <algorithm>

#include "base/fail.hpp"

namespace mrcz::jobs {
namespace {

struct Candidate {
    const codec::CodecRow* row = nullptr;
    std::optional<container::LearnedModel> model;
    double bytes = 0;
};

std::vector<const codec::CodecRow*> candidate_rows(PixelType type, double least_speed) {
    std::vector<const codec::CodecRow*> rows;
    double fastest = 0;
    for (const CodecInfo& info : codecs()) {
        if (info.id == 0 || !info.writes || info.loss != Loss::lossless) continue;
        const codec::CodecRow& row = codec::writing_row(info);
        if (row.takes != nullptr && !row.takes(type)) continue;
        fastest = std::max(fastest, static_cast<double>(info.speed));
        if (info.speed >= least_speed) rows.push_back(&row);
    }
    if (rows.empty())
        fail(ErrorCode::invalid_argument, "--min-speed ", least_speed, ": the fastest codec for ", info_of(type).name,
             " pixels is listed with ", fastest, " MB/s (`mrcz codecs`)");
    return rows;
}

/// Samples from among all, as far apart as they are.
std::vector<std::span<const std::byte>> measured(std::span<const std::span<const std::byte>> samples,
                                                 std::uint64_t frame_bytes) {
    constexpr std::uint64_t most_bytes = std::uint64_t{8} << 20;
    const auto fitting = static_cast<std::size_t>(std::max<std::uint64_t>(1, most_bytes / frame_bytes));
    const std::size_t count = std::min(fitting, samples.size());
    std::vector<std::span<const std::byte>> chosen;
    for (std::size_t k = 0; k < count; ++k) chosen.push_back(samples[k * samples.size() / count]);
    return chosen;
}

Candidate measure(const codec::CodecRow& row, const container::CodedFormat& format, const CodecOptions& options,
                  std::span<const std::span<const std::byte>> samples) {
    Candidate candidate{&row, container::learn_model(row, format, samples, format.frames), 0};
    const auto model = candidate.model ? std::optional(candidate.model->model) : std::nullopt;
    const container::FrameSamples settling(row, format, options, samples);
    const container::FrameCoding coding(row, format, options, settling.get(), model);
    const auto scratch = coding.encoder().make_scratch();
    const auto frames = measured(samples, format.frame_bytes);
    Bytes chunk(coding.chunk_bound());
    codec::NoObserver observer;
    for (const auto frame : frames)
        candidate.bytes += static_cast<double>(coding.encode(0, frame, chunk, *scratch, observer));
    candidate.bytes *= static_cast<double>(format.frames) / static_cast<double>(frames.size());
    if (candidate.model) candidate.bytes += static_cast<double>(candidate.model->chunk.size());
    return candidate;
}

/// What everybody reads is worth a hundredth, and so is speed.
bool is_preferred(const Candidate& one, const Candidate& other) {
    if (one.row->has_own_chunks() != other.row->has_own_chunks()) return !one.row->has_own_chunks();
    return one.row->info.speed > other.row->info.speed;
}

}  // namespace

std::int64_t samples_to_choose(const container::CodedFormat& format) {
    std::int64_t most = std::min<std::int64_t>(format.frames, 4);
    for (const CodecInfo& info : codecs())
        if (info.id != 0 && info.writes)
            most =
                std::max(most, container::samples_wanted(codec::writing_row(info), format.frame_bytes, format.frames));
    return most;
}

CodecChoice choose_codec(const container::CodedFormat& format, const CodecOptions& options, double least_speed,
                         std::span<const std::span<const std::byte>> samples) {
    const auto rows = candidate_rows(format.format.type, least_speed);
    if (samples.empty()) return {rows.front(), {}};
    std::vector<Candidate> candidates;
    for (const codec::CodecRow* row : rows) candidates.push_back(measure(*row, format, options, samples));
    constexpr double nearly = 1.01;
    const double least = std::ranges::min_element(candidates, {}, &Candidate::bytes)->bytes;
    Candidate* best = nullptr;
    for (Candidate& candidate : candidates)
        if (candidate.bytes <= least * nearly && (best == nullptr || is_preferred(candidate, *best))) best = &candidate;
    return {best->row, std::move(best->model)};
}

}  // namespace mrcz::jobs
