#include "container/growing_file.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/fail.hpp"
#include "container/file_tail.hpp"
#include "container/footer.hpp"
#include "container/journal.hpp"
#include "container/provenance_steps.hpp"
#include "header/compose.hpp"
#include "simd/kernels.hpp"

namespace mrcz::container {
namespace {

using FooterMagic = std::array<std::byte, footer_magic.size()>;

/// Writes behind the data of a file that is changed where it lies. The footer's magic number is held back: a footer
/// that readers find is one that is on the disk.
class TailSink final : public io::ByteSink {
  public:
    TailSink(io::ChangeableFile& file, std::uint64_t position)
        : ByteSink(file.name()), file_(file), start_(position), position_(position) {}

    /// When all else was synced.
    void show() {
        if (position_ > start_) file_.write_at(start_, magic_);
    }

  private:
    void do_write(std::span<const std::byte> bytes) override {
        if (position_ == start_ && bytes.size() >= magic_.size()) {
            std::ranges::copy(bytes.first(magic_.size()), magic_.begin());
            file_.write_at(position_, FooterMagic{});
            position_ += magic_.size();
            bytes = bytes.subspan(magic_.size());
        }
        file_.write_at(position_, bytes);
        position_ += bytes.size();
    }
    void do_rewrite(std::uint64_t, std::span<const std::byte>) override {
        fail(ErrorCode::internal, "a footer is written once");
    }
    void do_commit() override {}

    io::ChangeableFile& file_;
    std::uint64_t start_;
    std::uint64_t position_;
    FooterMagic magic_{};
};

/// Frames reach the disk in any order: a footer that is only partly overwritten must not be taken for one.
void hide_footer(io::ChangeableFile& file, std::uint64_t data_end) {
    FooterMagic magic{};
    if (file.read_at(data_end, magic) != magic.size()) return;
    if (!std::ranges::equal(magic, std::as_bytes(std::span(footer_magic)))) return;
    file.write_at(data_end, FooterMagic{});
    file.sync();
}

}  // namespace

GrowingFile::GrowingFile(Resumed, io::FileSystem& system, std::filesystem::path path,
                         std::shared_ptr<io::ChangeableFile> file, GrowthStart start)
    : system_(system),
      path_(std::move(path)),
      file_(std::move(file)),
      start_(std::move(start)),
      position_(start_.data_end),
      next_(start_.tables.frames()),
      committed_(start_.tables.frames()) {}

GrowingFile::GrowingFile(io::FileSystem& system, std::filesystem::path path, std::shared_ptr<io::ChangeableFile> file,
                         GrowthStart start, std::optional<std::int64_t> replace_from)
    : GrowingFile(Resumed{}, system, std::move(path), std::move(file), std::move(start)) {
    if (replace_from) require_replaceable(*replace_from);
    next_ = replace_from.value_or(frames());
    try {
        write_journal(system_, path_, *file_, next_ < frames() ? offset_of_plain(next_) : start_.data_end);
    } catch (...) {  // a full disk: nothing was touched, and no half journal shall stay
        try {
            system_.remove(journal_path(path_));
        } catch (...) {
        }
        throw;
    }
    hide_footer(*file_, start_.data_end);
}

GrowingFile GrowingFile::resumed(io::FileSystem& system, std::filesystem::path path,
                                 std::shared_ptr<io::ChangeableFile> file, GrowthStart start) {
    return GrowingFile(Resumed{}, system, std::move(path), std::move(file), std::move(start));
}

void GrowingFile::require_replaceable(std::int64_t frame) const {
    if (frame < 0 || frame > frames())
        fail(ErrorCode::invalid_argument, "frame ", frame, " cannot be written: the file has ", frames(), " frames");
    if (is_compressed() && frame < frames())
        fail(ErrorCode::unsupported, "frame ", frame,
             ": frames of a compressed file cannot be replaced, only appended behind its ", frames());
}

std::uint64_t GrowingFile::offset_of_plain(std::int64_t frame) const {
    return start_.layout.data_offset + static_cast<std::uint64_t>(frame) * start_.layout.frame_bytes;
}

void GrowingFile::write_frame(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (start_.layout.order == ByteOrder::big) {
        turned_.assign(bytes.begin(), bytes.end());
        simd::kernels().byteswap(turned_, info_of(start_.layout.type).word_bytes);
        bytes = turned_;
    }
    file_->write_at(offset, bytes);
}

void GrowingFile::add(const CodedFrame& frame) {
    if (next_ < frames()) {
        write_frame(offset_of_plain(next_), frame.chunk);
        start_.tables.replace(next_, frame);
        ++next_;
        return;
    }
    if (frames() >= std::numeric_limits<std::int32_t>::max())
        fail(ErrorCode::invalid_argument, "an MRC header cannot count more than ", frames(), " frames");
    write_frame(position_, frame.chunk);
    start_.tables.add({position_, frame.chunk.size()}, frame);
    position_ += frame.chunk.size();
    next_ = frames();
}

void GrowingFile::add_model(std::span<const std::byte> chunk) {
    file_->write_at(position_, chunk);
    start_.tables.add_model(position_);
    position_ += chunk.size();
}

Header GrowingFile::header_now() const {
    Header header = start_.layout.header;
    header::set_frames(header, frames(), start_.section_voxel);
    if (is_compressed())
        header.set_integer(HeaderField::packed_bytes, static_cast<std::int64_t>(position_ - start_.layout.data_offset));
    const auto pixels = pixel_count(start_.layout.format());
    if (frames() > 0) header::set_statistics(header, start_.tables.statistics(pixels));
    return start_.layout.order == ByteOrder::big ? header::swapped(header) : header;
}

void GrowingFile::write_header() {
    file_->write_at(0, header_now().bytes());
    file_->sync();
    committed_ = frames();
}

void GrowingFile::commit() {
    if (committed_ == frames()) return;
    file_->sync();
    write_header();
}

void GrowingFile::record_step(const std::string& step) {
    if (!is_compressed() && start_.sections.empty()) return;
    const auto old = std::ranges::find(start_.sections, section::provenance, &Section::id);
    if (old == start_.sections.end()) {
        start_.sections.push_back(with_step(nullptr, step));
    } else {
        *old = with_step(&*old, step);
    }
}

std::uint64_t GrowingFile::finish() {
    if (!file_->is_at(path_))
        fail(ErrorCode::io_failed,
             "it was moved, removed or replaced while frames were appended: they are not in the file of this name");
    const Header header = header_now();
    TailSink sink(*file_, position_);
    write_tail(sink, {header.bytes(), start_.extended_header, start_.tables, is_compressed()},
               std::move(start_.sections));
    const std::uint64_t end = position_ + sink.written();
    // The index is found from the end: a shorter footer than before must not leave old bytes there.
    if (file_->size() > end) file_->cut_to(end);
    file_->sync();
    sink.show();
    write_header();
    sealed_ = true;
    remove_journal(system_, path_);
    return end;
}

void GrowingFile::roll_back() {
    if (sealed_) return;
    auto source = system_.open_source(journal_path(path_));
    auto journal = source ? read_journal(std::move(source)) : std::nullopt;
    if (!journal) fail(ErrorCode::io_failed, "the journal ", journal_path(path_).string(), " is gone");
    file_->write_at(0, journal->header);  // first: frames that go must not be counted
    file_->sync();
    write_back(*journal, *file_, start_.data_end);
    remove_journal(system_, path_);
}

}  // namespace mrcz::container
