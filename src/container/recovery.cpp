#include "container/recovery.hpp"

#include <algorithm>
#include <optional>

#include "base/fail.hpp"
#include "container/file_checks.hpp"
#include "container/frame_records.hpp"
#include "container/frame_scan.hpp"
#include "container/growth_start.hpp"
#include "container/journal.hpp"
#include "container/provenance_steps.hpp"
#include "container/uncommitted.hpp"

namespace mrcz::container {
namespace {

namespace fs = std::filesystem;

/// A file whose growing was interrupted, and its journal, which fits it.
struct Interrupted {
    const MrcFile& file;
    const Journal& journal;
    header::Layout before;
    std::optional<Footer> footer;  ///< the old one, in the journal
};

[[noreturn]] void fail_other_file(const MrcFile& file, const std::string& why) {
    fail(ErrorCode::invalid_argument, "its journal is of another file: ", why,
         "; if a file of this name was replaced, move ", journal_path(file.source().name()).string(),
         " away and run `mrcz repair` again");
}

/// Where the frame with this number begins, or the data end.
std::uint64_t offset_of(const MrcFile& file, std::int64_t frame) {
    if (frame == file.frames()) return file.data_end();
    return file.range_of(frame).offset;
}

/// Where the data ended when the journal was written.
std::uint64_t old_data_end(const Journal& journal, const header::Layout& before) {
    if (before.codec_id != 0) return journal.kept_from;
    const std::uint64_t frames = static_cast<std::uint64_t>(before.frames) * before.frame_bytes;
    return std::max(journal.kept_from, before.data_offset + frames);
}

void require_same_shape(const MrcFile& file, const header::Layout& before) {
    const Header &now = file.layout().header, &then = before.header;
    for (const HeaderField field : {HeaderField::nx, HeaderField::ny, HeaderField::mode, HeaderField::nsymbt})
        if (now.integer(field) != then.integer(field))
            fail_other_file(file, concat(info_of(field).name, " is ", now.integer(field), ", in the journal ",
                                         then.integer(field)));
    if (file.frames() < before.frames)
        fail_other_file(file, concat("it has ", file.frames(), " frames, the journal's had ", before.frames));
}

/// Of a journal that keeps frames of a plain file. Nothing is written back that does not begin where a frame does.
std::int64_t first_replaced(const MrcFile& file, const Journal& journal, const header::Layout& before) {
    const bool is_behind_headers = journal.kept_from >= before.data_offset;
    const std::uint64_t bytes = is_behind_headers ? journal.kept_from - before.data_offset : 0;
    if (!is_behind_headers || before.frame_bytes == 0 || bytes % before.frame_bytes != 0)
        fail_other_file(file, concat("no frame begins at ", hex(journal.kept_from), ", where the journal's do"));
    return static_cast<std::int64_t>(bytes / before.frame_bytes);
}

/// Growing changes NZ, what follows from it, and nothing before the old data end.
void require_fit(const MrcFile& file, const Journal& journal, const header::Layout& before) {
    require_same_shape(file, before);
    if (file.frames_located() < file.frames()) file.require_undamaged();
    if (offset_of(file, before.frames) != journal.kept_from)
        fail_other_file(file, concat("frame ", before.frames, " begins at ", hex(offset_of(file, before.frames)),
                                     ", the journal's data ended at ", hex(journal.kept_from)));
    if (file.codec().id == 0 && file.frames() == before.frames && file.layout().header.bytes() != before.header.bytes())
        fail_other_file(file, "their headers differ");
}

KnownHashes old_hashes(const Interrupted& found) {
    KnownHashes known;
    const auto loaded = [&](std::string_view id) -> std::vector<std::uint64_t> {
        const SectionEntry* entry = found.footer ? found.footer->find(id) : nullptr;
        if (entry == nullptr) return {};
        const std::uint64_t bytes = sizeof(std::uint64_t) * static_cast<std::uint64_t>(found.before.frames);
        return parse_hashes(load_section(*found.journal.source, *entry, bytes).payload);
    };
    known.frames = loaded(section::frame_hashes);
    known.chunks = loaded(section::chunk_hashes);
    return known;
}

/// Every committed frame decoded, the old ones compared with the hashes that the journal keeps.
FrameTables checked_tables(const Interrupted& found, const RunContext& context) {
    FrameTables tables = tables_of_models(found.file);
    scan_frames(
        found.file, 0, found.file.frames(), old_hashes(found),
        [&](const ScannedFrame& frame) {
            if (!frame.trouble.empty()) fail(ErrorCode::corrupt, "frame ", frame.frame, ": ", frame.trouble);
            tables.add(frame.range, frame.coded);
        },
        context);
    return tables;
}

GrowthStart start_of(const Interrupted& found, const RunContext& context) {
    GrowthStart start{.layout = found.file.layout(),
                      .extended_header = found.file.extended_header(),
                      .data_end = found.file.data_end(),
                      .tables = checked_tables(found, context),
                      .sections = {},
                      .dropped = {},
                      .sum = {},
                      .section_voxel = 0};
    if (found.footer)
        start.sections = lasting_sections(*found.journal.source, *found.footer, found.file.limits(), start.dropped);
    return start;
}

class Recoverer {
  public:
    Recoverer(io::FileSystem& system, const fs::path& path, const std::shared_ptr<io::ChangeableFile>& file,
              const RecoveryOptions& options, const RunContext& context)
        : system_(system), path_(path), file_(file), options_(options), context_(context) {}

    Recovery run() {
        auto source = system_.open_source(journal_path(path_));
        if (!source) return {};
        const auto journal = read_journal(std::move(source));
        if (!journal) return forget();  // not completed: the file was not touched
        MrcFile file(io::source_of(file_), options_.limits);
        const header::Layout before = header::read_layout(journal->header, options_.limits);
        const bool replaced = journal->kept_from < old_data_end(*journal, before);
        // Of a plain file without a footer, pixels that are new in part look as sound as any: the header is written
        // last.
        const bool may_be_mixed = replaced && !file.footer() && file.layout().header.bytes() == before.header.bytes();
        if (!may_be_mixed && is_sound_around_frames(file)) return forget();
        if (replaced) return undo_replacement(file, *journal, before);
        if (options_.uncommitted == Uncommitted::drop) return replay(file, *journal, before);
        require_fit(file, *journal, before);
        const auto longer = with_uncommitted(file, io::source_of(file_), context_);
        const std::int64_t further = longer->frames() - file.frames();
        if (further > 0 && options_.uncommitted == Uncommitted::leave)
            return {RecoveryStep::undecided, file.frames(), 0, further};
        return replay(*longer, *journal, before);
    }

  private:
    Recovery forget() {
        if (!options_.dry_run) remove_journal(system_, path_);
        return {RecoveryStep::forget_journal, MrcFile(io::source_of(file_), options_.limits).frames(), 0};
    }

    Recovery undo_replacement(const MrcFile& file, const Journal& journal, const header::Layout& before) {
        require_same_shape(file, before);
        const std::int64_t first = first_replaced(file, journal, before);
        const std::uint64_t present = file_->size();
        if (!options_.dry_run) {
            file_->write_at(0, journal.header);
            file_->sync();
            put_back(journal, before);
        }
        return {RecoveryStep::roll_back, before.frames, present - std::min(present, journal.file_bytes), 0, first};
    }

    void put_back(const Journal& journal, const header::Layout& before) {
        write_back(journal, *file_, old_data_end(journal, before));
        remove_journal(system_, path_);
    }

    Recovery replay(const MrcFile& file, const Journal& journal, const header::Layout& before) {
        require_fit(file, journal, before);
        const std::uint64_t present = file_->size();
        if (file.frames() == before.frames) {
            if (!options_.dry_run) put_back(journal, before);
            return {RecoveryStep::roll_back, before.frames, present - std::min(present, journal.file_bytes)};
        }
        Interrupted found{file, journal, before, {}};
        if (has_footer_magic(*journal.source, journal.tail_offset()))
            found.footer = read_footer(*journal.source, journal.tail_offset());
        GrowthStart start = start_of(found, context_);
        if (options_.dry_run) return {RecoveryStep::finish, file.frames(), present - file.data_end()};
        auto growing = GrowingFile::resumed(system_, path_, file_, std::move(start));
        const std::int64_t frames = growing.frames();
        growing.record_step(repair_step("finished", frames, {{0, frames}}));
        (void)growing.finish();
        return {RecoveryStep::finish, frames, present - file.data_end()};
    }

    io::FileSystem& system_;
    const fs::path& path_;
    const std::shared_ptr<io::ChangeableFile>& file_;
    const RecoveryOptions& options_;
    const RunContext& context_;
};

}  // namespace

Recovery recover(io::FileSystem& system, const fs::path& path, const std::shared_ptr<io::ChangeableFile>& file,
                 const RecoveryOptions& options, const RunContext& context) {
    return Recoverer(system, path, file, options, context).run();
}

}  // namespace mrcz::container
