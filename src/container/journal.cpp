#include "container/journal.hpp"

#include <algorithm>
#include <string_view>

#include "base/bytes.hpp"
#include "base/cursor.hpp"
#include "base/fail.hpp"
#include "container/footer.hpp"
#include "simd/hash.hpp"

namespace mrcz::container {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "MRCZJRNL";
constexpr std::size_t head_bytes = 8 + 8 + 8 + Header::bytes_on_disk;
constexpr std::size_t hash_bytes = 8;
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

/// Hands `bytes` bytes from `offset` on to `take`, piece by piece.
template <class Read, class Take>
void in_pieces(std::uint64_t offset, std::uint64_t bytes, const Read& read, const Take& take) {
    Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, piece_bytes)));
    for (std::uint64_t done = 0; done < bytes;) {
        const auto piece =
            std::span(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes - done, piece_bytes)));
        read(offset + done, piece);
        take(offset + done, piece);
        done += piece.size();
    }
}

Bytes head_of(const io::ChangeableFile& file, std::uint64_t file_bytes, std::uint64_t kept_from) {
    Bytes head;
    append(head, std::as_bytes(std::span(magic)));
    append_le(head, file_bytes);
    append_le(head, kept_from);
    std::array<std::byte, Header::bytes_on_disk> header{};
    if (file.read_at(0, header) != header.size()) fail(ErrorCode::truncated, "the file lost its header");
    append(head, header);
    return head;
}

bool hash_holds(const ByteSource& source) {
    simd::Hasher64 hasher;
    const std::uint64_t hashed = source.size() - hash_bytes;
    in_pieces(
        0, hashed, [&](std::uint64_t at, std::span<std::byte> into) { source.read_at(at, into); },
        [&](std::uint64_t, std::span<const std::byte> piece) { hasher.update(piece); });
    std::array<std::byte, hash_bytes> stored{};
    source.read_at(hashed, stored);
    return load_le<std::uint64_t>(stored.data()) == hasher.digest();
}

}  // namespace

fs::path journal_path(const fs::path& path) {
    std::error_code failed;
    const fs::path followed = fs::is_symlink(path, failed) ? fs::canonical(path, failed) : path;
    fs::path journal = failed || followed.empty() ? path : followed;
    journal += ".journal";
    return journal;
}

bool is_growing(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) &&
           (io::is_locked(path) || fs::exists(fs::symlink_status(journal_path(path), ignored)));
}

bool has_whole_journal(const fs::path& path) {
    auto source = io::disk().open_source(journal_path(path));
    return source && read_journal(std::move(source));
}

void require_file_of_journal(io::FileSystem& system, const fs::path& path) {
    if (system.open_source(path) || !system.open_source(journal_path(path))) return;
    fail(ErrorCode::not_found, "there is no such file, only its journal ", journal_path(path).string(),
         ": put the file back beside it, or remove the journal");
}

void refuse_growing_output(const fs::path& path) {
    if (!is_growing(path)) return;
    throw Error(ErrorCode::target_exists,
                io::is_locked(path) ? "another program is writing to it; wait until that has ended"
                                    : "has an unfinished append; run `mrcz repair` first, or remove its journal",
                path.string());
}

std::uint64_t Journal::tail_offset() const noexcept { return head_bytes; }

void write_journal(io::FileSystem& system, const fs::path& path, const io::ChangeableFile& file,
                   std::uint64_t kept_from) {
    const fs::path name = journal_path(path);
    const auto journal = system.create(name, path);
    const std::uint64_t file_bytes = file.size();
    const Bytes head = head_of(file, file_bytes, kept_from);
    simd::Hasher64 hasher;
    hasher.update(head);
    journal->write_at(0, head);
    in_pieces(
        kept_from, file_bytes - kept_from,
        [&](std::uint64_t at, std::span<std::byte> into) {
            if (file.read_at(at, into) != into.size()) fail(ErrorCode::truncated, "the file became shorter");
        },
        [&](std::uint64_t at, std::span<const std::byte> piece) {
            hasher.update(piece);
            journal->write_at(head_bytes + (at - kept_from), piece);
        });
    Bytes hash;
    append_le(hash, hasher.digest());
    journal->write_at(head_bytes + (file_bytes - kept_from), hash);
    journal->sync();
    system.sync_folder_of(name);
}

std::optional<Journal> read_journal(std::unique_ptr<ByteSource> source) {
    if (source->size() < head_bytes + hash_bytes) return std::nullopt;
    Bytes head(head_bytes);
    source->read_at(0, head);
    Cursor cursor(head, "journal");
    const auto found = cursor.take(magic.size(), "magic");
    if (!std::ranges::equal(found, std::as_bytes(std::span(magic)))) return std::nullopt;
    Journal journal;
    journal.file_bytes = cursor.read<std::uint64_t>("file bytes");
    journal.kept_from = cursor.read<std::uint64_t>("kept from");
    std::ranges::copy(cursor.take(journal.header.size(), "header"), journal.header.begin());
    if (journal.kept_from < Header::bytes_on_disk || journal.file_bytes < journal.kept_from ||
        journal.tail_bytes() != source->size() - head_bytes - hash_bytes || !hash_holds(*source))
        return std::nullopt;
    journal.source = std::move(source);
    return journal;
}

void write_back(const Journal& journal, io::ChangeableFile& file, std::uint64_t data_end) {
    const auto put_back = [&](std::uint64_t first, std::uint64_t last) {
        in_pieces(
            first, last - first,
            [&](std::uint64_t at, std::span<std::byte> into) {
                journal.source->read_at(journal.tail_offset() + (at - journal.kept_from), into);
            },
            [&](std::uint64_t at, std::span<const std::byte> piece) { file.write_at(at, piece); });
    };
    // What makes the footer one comes when all the rest is on the disk.
    const std::uint64_t shown = std::clamp(data_end, journal.kept_from, journal.file_bytes);
    const std::uint64_t rest = std::min(shown + footer_magic.size(), journal.file_bytes);
    put_back(journal.kept_from, shown);
    put_back(rest, journal.file_bytes);
    file.cut_to(journal.file_bytes);
    file.sync();
    put_back(shown, rest);
    file.sync();
}

void remove_journal(io::FileSystem& system, const fs::path& path) {
    const fs::path name = journal_path(path);
    system.remove(name);
    system.sync_folder_of(name);
}

}  // namespace mrcz::container
