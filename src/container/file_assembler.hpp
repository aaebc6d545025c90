// Puts a file together from its parts: header, extended header, chunks as they come, footer, index.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "container/section.hpp"
#include "io/byte_sink.hpp"
#include "mrcz/codec.hpp"
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

class FileAssembler {
  public:
    /// `header` is complete but for NZ, statistics and packed bytes, which finish() fills in.
    FileAssembler(io::ByteSink& sink, const Header& header, Bytes extended_header, const CodecInfo& codec,
                  std::uint64_t pixels_per_frame);

    void add(const CodedFrame& frame);

    /// Writes footer (a plain file gets one only when there are `sections`) and index, then the final header. The sink
    /// is the caller's to commit.
    void finish(std::vector<Section> sections);

    /// For what depends on the number of frames, before finish().
    [[nodiscard]] Header& header() noexcept { return header_; }
    [[nodiscard]] std::int64_t frames() const noexcept { return static_cast<std::int64_t>(statistics_.size()); }

  private:
    void finish_header();
    [[nodiscard]] std::vector<Section> own_sections();

    io::ByteSink& sink_;
    Header header_;
    Bytes extended_header_;
    const CodecInfo& codec_;
    std::uint64_t pixels_per_frame_;
    Bytes index_;
    Bytes frame_hashes_;
    Bytes chunk_hashes_;
    std::vector<FrameStatistics> statistics_;
};

}  // namespace mrcz::container
