// A file that gets more frames where it lies. Its journal is written first; frames then overwrite footer and index; the
// header counts them only when they are on the disk. A crash at any moment leaves the frames that the header counts.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "container/frame_tables.hpp"
#include "header/layout.hpp"
#include "io/file_system.hpp"
#include "mrcz/stack_sum.hpp"

namespace mrcz::container {

/// A file as growing finds it.
struct GrowthStart {
    header::Layout layout;
    Bytes extended_header;
    std::uint64_t data_end = 0;        ///< F
    FrameTables tables;                ///< of the frames there are
    std::vector<Section> sections;     ///< what the footer keeps beside the tables
    std::vector<std::string> dropped;  ///< ids of sections that a longer file does not have
    std::optional<SumImage> sum;       ///< over the frames there are, where the footer kept it; one of the dropped
    double section_voxel = 0;          ///< of a file without frames, in Ångström
};

class GrowingFile {
  public:
    /// `file` is `path`, locked. Writes the journal. Frames added replace those of a plain file from `replace_from` on,
    /// which the journal keeps until all is finished; behind the last they are appended.
    GrowingFile(io::FileSystem& system, std::filesystem::path path, std::shared_ptr<io::ChangeableFile> file,
                GrowthStart start, std::optional<std::int64_t> replace_from = std::nullopt);
    /// Goes on with a file whose journal is there from before; `start` is what its header counts.
    [[nodiscard]] static GrowingFile resumed(io::FileSystem& system, std::filesystem::path path,
                                             std::shared_ptr<io::ChangeableFile> file, GrowthStart start);

    [[nodiscard]] const header::Layout& layout() const noexcept { return start_.layout; }
    [[nodiscard]] std::int64_t frames() const noexcept { return start_.tables.frames(); }
    /// Of these, as many as a crash would leave.
    [[nodiscard]] std::int64_t committed() const noexcept { return committed_; }
    /// Bytes of the file up to the last frame.
    [[nodiscard]] std::uint64_t data_end() const noexcept { return position_; }

    void add(const CodedFrame& frame);
    /// Before the first frame that needs it.
    void add_model(std::span<const std::byte> chunk);
    /// Of the frames added.
    void add_entropy(const FrameEntropy& entropy) { start_.tables.add_entropy(entropy); }
    /// Makes the frames added so far last: a crash from here on keeps them.
    void commit();
    /// Adds to the provenance, where the file has a footer to keep it in.
    void record_step(const std::string& step);
    /// Puts a section among those of the footer, which has none of that id.
    void add_section(Section section) { start_.sections.push_back(std::move(section)); }
    /// Footer, index, header; the journal goes. Returns the bytes of the file.
    std::uint64_t finish();
    /// Makes the file what it was before. Does nothing once it is finished.
    void roll_back();

  private:
    struct Resumed {};
    GrowingFile(Resumed, io::FileSystem& system, std::filesystem::path path, std::shared_ptr<io::ChangeableFile> file,
                GrowthStart start);

    [[nodiscard]] bool is_compressed() const noexcept { return start_.layout.codec_id != 0; }
    void require_replaceable(std::int64_t frame) const;
    [[nodiscard]] std::uint64_t offset_of_plain(std::int64_t frame) const;
    void write_frame(std::uint64_t offset, std::span<const std::byte> bytes);
    [[nodiscard]] Header header_now() const;
    void write_header();

    io::FileSystem& system_;
    std::filesystem::path path_;
    std::shared_ptr<io::ChangeableFile> file_;
    GrowthStart start_;
    std::uint64_t position_ = 0;
    std::int64_t next_ = 0;  ///< number of the frame that is added next
    std::int64_t committed_ = 0;
    bool sealed_ = false;
    Bytes turned_;
};

}  // namespace mrcz::container
