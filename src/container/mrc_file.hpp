// An MRC or MRCZ file opened for reading: where its frames are, what stands behind them, what is wrong with it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/buffer.hpp"
#include "codec/codec.hpp"
#include "container/chunk_index.hpp"
#include "container/footer.hpp"
#include "container/models.hpp"
#include "container/original.hpp"
#include "header/layout.hpp"
#include "mrcz/byte_source.hpp"
#include "mrcz/error.hpp"
#include "mrcz/frame_statistics.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/stack_sum.hpp"

namespace mrcz::container {

/// Safe to use from several threads. Errors do not name the file: callers wrap with in_file().
class MrcFile {
  public:
    MrcFile(std::unique_ptr<ByteSource> source, const Limits& limits, Mode0 mode0 = Mode0::by_header);

    [[nodiscard]] const ByteSource& source() const noexcept { return *source_; }
    [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
    [[nodiscard]] const header::Layout& layout() const noexcept { return layout_; }
    [[nodiscard]] const CodecInfo& codec() const noexcept { return row_.info; }
    [[nodiscard]] std::int64_t frames() const noexcept { return layout_.frames; }
    [[nodiscard]] const std::optional<Footer>& footer() const noexcept { return footer_; }
    [[nodiscard]] const std::vector<Finding>& findings() const noexcept { return findings_; }
    /// F, where the data end and the footer begins.
    [[nodiscard]] std::uint64_t data_end() const noexcept { return data_end_; }
    /// Whether ranges come from the index, not from walking the chunks.
    [[nodiscard]] bool has_index() const noexcept { return has_index_; }

    /// Throws what is wrong with a file that can still be read in part: footer or index lost, bytes missing, never
    /// finished.
    void require_undamaged() const;
    /// Frames from the first on whose stored bytes are where they should be.
    [[nodiscard]] std::int64_t frames_located() const noexcept;

    /// Where the stored bytes of a frame are. Throws Error{invalid_argument} when there is no such frame.
    [[nodiscard]] ChunkRange range_of(std::int64_t frame) const;

    /// Throws Error{unsupported} when this build cannot read the codec. Its scratch serves decode().
    [[nodiscard]] const codec::FrameDecoder& decoder() const;
    /// Fills `out` from the stored bytes of a frame, as FrameDecoder::decode() does.
    void decode(std::int64_t frame, std::span<const std::byte> stored, std::span<std::byte> out,
                codec::Scratch& scratch, codec::FrameObserver& observer) const;
    [[nodiscard]] const Models& models() const noexcept { return models_; }
    [[nodiscard]] const codec::CodecRow& codec_row() const noexcept { return row_; }

    /// A section's contents, or nothing when the file has none of that id.
    [[nodiscard]] std::optional<Section> section(std::string_view id, std::uint64_t most_bytes) const;
    /// A section of the footer.
    [[nodiscard]] Section load(const SectionEntry& entry, std::uint64_t most_bytes) const;
    [[nodiscard]] std::optional<Original> original() const;
    /// Empty where the file holds none, or of bytes read with the other sign than the caller chose.
    [[nodiscard]] std::vector<FrameStatistics> statistics() const;
    /// The sum over all frames, or nothing where the file keeps none, or one of bytes read with the other sign.
    [[nodiscard]] std::optional<SumImage> sum() const;
    /// Bits a pixel has in a code of single pixels that is ideal for the file; nothing where that is not kept.
    [[nodiscard]] std::optional<double> entropy() const;
    /// How frames are coded, by the heads of their chunks; empty of codecs with one way only.
    [[nodiscard]] std::vector<CodingMode> coding_modes() const;
    [[nodiscard]] std::vector<std::uint64_t> chunk_hashes() const;
    /// The stored hash of a frame; loaded once, on first use.
    [[nodiscard]] std::optional<std::uint64_t> frame_hash(std::int64_t frame) const;
    [[nodiscard]] Bytes extended_header() const;
    /// Whether header or extended header changed since the file was written. Tools edit headers: it is no damage.
    [[nodiscard]] bool header_was_edited() const;

  private:
    void locate_plain_data();
    void locate_chunks();
    void read_footer_at_data_end();
    void walk_chunks();
    /// Chunks that stand where the index speaks of none.
    void find_models();
    void find_models_in(std::uint64_t at, std::uint64_t end);
    void note_unfinished();
    void note_damage(ErrorCode code, std::string message);
    [[nodiscard]] Bytes table_section(std::string_view id, std::uint64_t entry_bytes) const;

    std::unique_ptr<ByteSource> source_;
    Limits limits_;
    header::Layout layout_;
    const codec::CodecRow& row_;
    std::unique_ptr<const codec::FrameDecoder> decoder_;  ///< null when this build cannot decode the codec
    Models models_;
    std::vector<ChunkRange> ranges_;  ///< empty for plain files
    std::optional<Footer> footer_;
    std::vector<Finding> findings_;
    std::optional<Error> damage_;
    std::uint64_t data_end_ = 0;
    bool has_index_ = false;
    mutable std::once_flag hashes_loaded_;
    mutable std::vector<std::uint64_t> frame_hashes_;
};

}  // namespace mrcz::container
