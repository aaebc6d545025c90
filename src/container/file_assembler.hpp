// Puts a file together from its parts: header, extended header, chunks as they come, footer, index.
#pragma once

#include <vector>

#include "base/byte_order.hpp"
#include "base/bytes.hpp"
#include "container/frame_tables.hpp"
#include "io/byte_sink.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/header.hpp"

namespace mrcz::container {

class FileAssembler {
  public:
    /// `header` is complete but for NZ, statistics and packed bytes, which finish() fills in.
    /// `order` is that of the header's numbers; the bytes of plain frames are in it already.
    FileAssembler(io::ByteSink& sink, const Header& header, Bytes extended_header, const CodecInfo& codec,
                  std::uint64_t pixels_per_frame, ByteOrder order = ByteOrder::little);

    void add(const CodedFrame& frame);
    /// Before the first frame that needs it.
    void add_model(std::span<const std::byte> chunk);
    /// Of the frames added.
    void add_entropy(const FrameEntropy& entropy) { tables_.add_entropy(entropy); }

    /// Writes footer (a plain file gets one only when there are `sections`) and index, then the final header. The sink
    /// is the caller's to commit.
    void finish(std::vector<Section> sections);

    /// For what depends on the number of frames, before finish().
    [[nodiscard]] Header& header() noexcept { return header_; }
    [[nodiscard]] std::int64_t frames() const noexcept { return tables_.frames(); }

  private:
    void finish_header();
    [[nodiscard]] Header stored_header() const;

    io::ByteSink& sink_;
    Header header_;
    Bytes extended_header_;
    const CodecInfo& codec_;
    std::uint64_t pixels_per_frame_;
    ByteOrder order_;
    FrameTables tables_;
};

}  // namespace mrcz::container
