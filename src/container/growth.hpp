// Appending frames from beginning to end: commits when they are due, and undoes everything when it is given up.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "container/growing_file.hpp"
#include "mrcz/codec.hpp"
#include "mrcz/live.hpp"

namespace mrcz::container {

class Growth {
  public:
    /// `live`: commits on the way, and keeps what was committed whatever happens; without, all frames or none stay.
    Growth(GrowingFile file, std::optional<LiveOptions> live);
    /// Without finish() a file that is not live becomes what it was; a live one that got frames stays as a crash would
    /// leave it.
    ~Growth();
    Growth(const Growth&) = delete;
    Growth& operator=(const Growth&) = delete;

    void add(const CodedFrame& frame);
    /// Before the first frame that needs it.
    void add_model(std::span<const std::byte> chunk);
    /// Of the frames added.
    void add_entropy(const FrameEntropy& entropy) { file_.add_entropy(entropy); }
    /// To be called now and then while no frame comes. Any thread.
    void idle();
    [[nodiscard]] std::int64_t frames() const noexcept { return file_.frames(); }
    /// Makes what came so far last.
    void commit();
    /// Frames that a crash would leave.
    [[nodiscard]] std::int64_t committed() const noexcept { return file_.committed(); }
    [[nodiscard]] std::uint64_t data_end() const noexcept { return file_.data_end(); }
    void record_step(const std::string& step) { file_.record_step(step); }
    /// Goes into the footer when it is written.
    void add_section(Section section) { file_.add_section(std::move(section)); }
    /// `step` goes into the provenance; empty: none. Returns the bytes of the file.
    std::uint64_t finish(const std::string& step);

  private:
    using Clock = std::chrono::steady_clock;
    void commit_when_due();

    GrowingFile file_;
    std::optional<LiveOptions> live_;
    std::mutex mutex_;
    std::int64_t uncommitted_ = 0;
    Clock::time_point last_commit_ = Clock::now();
    bool added_ = false;
    bool finished_ = false;
};

/// An empty finished file under its final name, opened to grow: what a live file begins as. `header` is complete but
/// for NZ and what follows from it.
struct LiveFile {
    const Header& header;
    Bytes extended_header;
    const CodecInfo& codec;
    ByteOrder order = ByteOrder::little;
    std::vector<Section> sections;
    double section_voxel = 0;
    bool overwrite = false;
};
[[nodiscard]] GrowingFile create_live_file(const std::filesystem::path& path, LiveFile description);

}  // namespace mrcz::container
