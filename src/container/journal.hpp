// NAME.journal: what stood in NAME where frames are written over it, behind its data or from the first frame that is
// replaced. While it is there, NAME may be unfinished; a journal that is cut short says that NAME was not touched.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "io/file_system.hpp"
#include "mrcz/header.hpp"

namespace mrcz::container {

/// `NAME.journal` of the file that `path` leads to.
[[nodiscard]] std::filesystem::path journal_path(const std::filesystem::path& path);

/// Whether frames are being appended to a file of the disk, or an append never ended: another program has its lock, or
/// a journal lies beside it.
[[nodiscard]] bool is_growing(const std::filesystem::path& path);
/// Whether a journal that is whole lies beside it.
[[nodiscard]] bool has_whole_journal(const std::filesystem::path& path);
/// Throws Error{not_found} when a journal lies there, but not its file.
void require_file_of_journal(io::FileSystem& system, const std::filesystem::path& path);
/// Throws Error{target_exists} when the file that an output would replace is_growing().
void refuse_growing_output(const std::filesystem::path& path);

inline constexpr std::string_view unfinished_append =
    "an append to it has not ended, or was interrupted: its journal lies beside it; run `mrcz repair` first";

/// A journal whose hash holds.
struct Journal {
    std::unique_ptr<ByteSource> source;
    std::uint64_t file_bytes = 0;                           ///< of the old file
    std::uint64_t kept_from = 0;                            ///< its F, or the frame before it that is replaced first
    std::array<std::byte, Header::bytes_on_disk> header{};  ///< as it lay in the file

    /// The old bytes from `kept_from` to the end, in the journal.
    [[nodiscard]] std::uint64_t tail_offset() const noexcept;
    [[nodiscard]] std::uint64_t tail_bytes() const noexcept { return file_bytes - kept_from; }
};

/// Writes the journal of `file`, synced with its folder: only then may bytes from `kept_from` on be overwritten.
void write_journal(io::FileSystem& system, const std::filesystem::path& path, const io::ChangeableFile& file,
                   std::uint64_t kept_from);

/// Nothing when `source` is no whole journal.
[[nodiscard]] std::optional<Journal> read_journal(std::unique_ptr<ByteSource> source);

/// Puts the old bytes back, the footer's magic number at `data_end`, the old F, last of all. Synced, but the journal is
/// still there.
void write_back(const Journal& journal, io::ChangeableFile& file, std::uint64_t data_end);

/// For good.
void remove_journal(io::FileSystem& system, const std::filesystem::path& path);

}  // namespace mrcz::container
