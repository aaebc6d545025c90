#include "container/frame_tables.hpp"

#include <cmath>
#include <limits>

#include "container/frame_records.hpp"

namespace mrcz::container {
namespace {

Section raw_section(std::string_view id, Bytes payload) {
    return {std::string(id), std::string(encoding::raw), 0, std::move(payload)};
}

}  // namespace

void FrameTables::add(const ChunkRange& range, const CodedFrame& frame) {
    append_entry(index_, range);
    append_le(frame_hashes_, frame.frame_hash);
    append_le(chunk_hashes_, frame.chunk_hash);
    statistics_.push_back(frame.statistics);
}

void FrameTables::add_model(std::uint64_t offset) { append_le(models_, offset); }

void FrameTables::add_entropy(const FrameEntropy& entropy) {
    if (entropy.frames == 0) return;
    const auto before = static_cast<double>(entropy_.frames), more = static_cast<double>(entropy.frames);
    entropy_.pixel_bits = (entropy_.pixel_bits * before + entropy.pixel_bits * more) / (before + more);
    entropy_.frames += entropy.frames;
}

void FrameTables::add_unhashed(const FrameStatistics& statistics) {
    hashed_ = false;
    known_ = known_ && std::isfinite(statistics.minimum);
    statistics_.push_back(statistics);
}

void FrameTables::replace(std::int64_t frame, const CodedFrame& coded) {
    const auto at = static_cast<std::size_t>(frame);
    statistics_[at] = coded.statistics;
    if (hashed_) {
        store_le(&frame_hashes_[at * sizeof(std::uint64_t)], coded.frame_hash);
    } else {
        known_ = known_ && statistics_.size() == 1;
    }
}

FrameStatistics FrameTables::statistics(std::uint64_t pixels_per_frame) const {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    if (!known_) return {nan, nan, nan, nan, 0};
    return combined(statistics_, pixels_per_frame);
}

std::vector<Section> FrameTables::sections(std::span<const std::byte> header,
                                           std::span<const std::byte> extended_header, bool compressed) const {
    if (!hashed_) return {};
    simd::Hasher64 hasher;
    hasher.update(header);
    hasher.update(extended_header);
    Bytes header_hash;
    append_le(header_hash, hasher.digest());
    Bytes statistics;
    statistics.reserve(statistics_.size() * statistics_entry_bytes);
    for (const FrameStatistics& frame : statistics_) append_statistics(statistics, frame);
    std::vector<Section> sections;
    if (!models_.empty()) sections.push_back(raw_section(section::models, models_));
    sections.push_back(raw_section(section::frame_hashes, frame_hashes_));
    if (compressed) sections.push_back(raw_section(section::chunk_hashes, chunk_hashes_));
    sections.push_back(raw_section(section::header_hash, std::move(header_hash)));
    sections.push_back(raw_section(section::frame_statistics, std::move(statistics)));
    if (entropy_.frames != 0 && entropy_.frames == frames()) {
        Bytes entropy;
        append_le(entropy, entropy_.pixel_bits);
        sections.push_back(raw_section(section::entropy, std::move(entropy)));
    }
    return sections;
}

Bytes FrameTables::index() const {
    Bytes sealed = index_;
    seal_index(sealed);
    return sealed;
}

}  // namespace mrcz::container
