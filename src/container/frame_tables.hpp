// What a file keeps of all its frames: where their chunks are, hashes, statistics. Becomes sections and the chunk
// index.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "container/chunk_index.hpp"
#include "container/section.hpp"
#include "container/value_counts.hpp"
#include "mrcz/frame_statistics.hpp"
#include "mrcz/header.hpp"

namespace mrcz::container {

/// One frame, coded.
struct CodedFrame {
    std::span<const std::byte> chunk;
    std::uint64_t chunk_hash = 0;
    std::uint64_t frame_hash = 0;
    FrameStatistics statistics;
};

class FrameTables {
  public:
    void add(const ChunkRange& range, const CodedFrame& frame);
    /// A frame of which only this is known: the tables then make no sections.
    void add_unhashed(const FrameStatistics& statistics);
    /// Of a frame of a plain file that got other pixels. Where nothing tells what the other frames hold, the statistics
    /// of the whole are not known from here on.
    void replace(std::int64_t frame, const CodedFrame& coded);

    /// Of a model chunk.
    void add_model(std::uint64_t offset);

    /// Of frames that were or will be added.
    void add_entropy(const FrameEntropy& entropy);

    [[nodiscard]] std::int64_t frames() const noexcept { return static_cast<std::int64_t>(statistics_.size()); }
    [[nodiscard]] FrameStatistics statistics(std::uint64_t pixels_per_frame) const;

    /// MODL where there are models, FHSH, CHSH for compressed files, HHSH, FSTA, ENTR where it is known of every frame;
    /// empty where frames were added unhashed.
    [[nodiscard]] std::vector<Section> sections(std::span<const std::byte> header,
                                                std::span<const std::byte> extended_header, bool compressed) const;
    [[nodiscard]] Bytes index() const;

  private:
    Bytes index_;
    Bytes models_;
    Bytes frame_hashes_;
    Bytes chunk_hashes_;
    FrameEntropy entropy_;
    std::vector<FrameStatistics> statistics_;
    bool hashed_ = true;
    bool known_ = true;  ///< statistics of every frame
};

}  // namespace mrcz::container
