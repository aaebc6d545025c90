#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "io/byte_sink.hpp"
#include "io/descriptor.hpp"
#include "io/staged_path.hpp"
#include "io/unwrap.hpp"
#include "jobs/zarr_folder.hpp"
#include "mrcz/convert_file.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;

/// Offsets are those in the file as it lies.
Reader reader_of_bare_file(const fs::path& path, const Limits& limits, Mode0 mode0) {
    auto source = open_file_source(path);
    std::array<std::byte, io::wrapper_magic_bytes> magic{};
    if (source->size() >= magic.size()) source->read_at(0, magic);
    if (io::wrapper_of(magic) != nullptr)
        throw Error(ErrorCode::unsupported,
                    "is wrapped in gzip, bzip2 or zstd, so that its frames lie nowhere in it; unwrap it, or `mrcz "
                    "compress` it",
                    path.string());
    return Reader(std::move(source), limits, mode0);
}

void copy_file(const fs::path& from, const fs::path& to, const RunContext& context) {
    const auto source = open_file_source(from);
    const auto sink = io::open_file_sink(to, {});
    std::vector<std::byte> piece(std::size_t{1} << 20);
    for (std::uint64_t at = 0; at < source->size();) {
        check_cancelled(context);
        const auto bytes = std::span(piece).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), source->size() - at)));
        source->read_at(at, bytes);
        sink->write(bytes);
        at += bytes.size();
        if (context.progress) context.progress({0, 0, at, at});
    }
    sink->commit();
}

void make_link(const fs::path& path, const fs::path& folder, const fs::path& shard, const ZarrLinkOptions& options,
               const RunContext& context) {
    if (options.kind == LinkKind::copy) return copy_file(path, shard, context);
    std::error_code failed;
    if (options.kind == LinkKind::hard) {
        fs::create_hard_link(path, shard, failed);
        if (failed)
            fail(ErrorCode::io_failed, "cannot hard-link it from ", folder.string(), ": ", failed.message(),
                 "; a symbolic link (without --hardlink) can cross file systems");
        return;
    }
    const fs::path whole = fs::absolute(path).lexically_normal();
    // The folder that is being made stands where the finished one will.
    const fs::path from = fs::canonical(fs::absolute(shard).parent_path());
    fs::create_symlink(
        options.absolute ? whole : fs::relative(fs::canonical(whole.parent_path()) / whole.filename(), from), shard,
        failed);
    if (failed) fail(ErrorCode::io_failed, "cannot link it from ", folder.string(), ": ", failed.message());
}

}  // namespace

void jobs::write_text_file(const fs::path& path, std::string_view text, bool overwrite) {
    const auto sink = io::open_file_sink(path, {.overwrite = overwrite, .like = {}});
    sink->write(std::as_bytes(std::span(text)));
    sink->commit();
}

bool jobs::is_zarr_array(const fs::path& folder) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / ".zarray", ignored)) return true;
    if (!fs::is_regular_file(folder / "zarr.json", ignored)) return false;
    try {
        const auto source = open_file_source(folder / "zarr.json");
        constexpr std::uint64_t enough = std::uint64_t{16} << 20;
        if (source->size() > enough) return false;
        std::string text(static_cast<std::size_t>(source->size()), ' ');
        source->read_at(0, std::as_writable_bytes(std::span(text)));
        const auto* const kind = meta::JsonValue::parse(text, {}).find("node_type");
        return kind != nullptr && kind->text() == "array";
    } catch (const Error&) {
        return false;
    }
}

fs::path jobs::shard_in(const fs::path& folder, const Reader& reader, const std::optional<ScanShape>& scan) {
    fs::path shard = folder / "c";
    for (std::size_t axis = array_type_of(reader, scan).shape.size(); axis > 0; --axis) shard /= "0";
    return shard;
}

void link_as_zarr(const fs::path& path, const fs::path& folder, const ZarrLinkOptions& options,
                  const RunContext& context) {
    in_file(path.string(), [&] {
        const Reader reader = reader_of_bare_file(path, options.limits, options.mode0);
        const std::string description = zarr_metadata_json(reader, options.scan, true);
        auto staged = io::StagedPath::folder(folder, options.overwrite, jobs::is_zarr_array);
        const fs::path shard = jobs::shard_in(staged.path(), reader, options.scan);
        fs::create_directories(shard.parent_path());
        make_link(path, folder, shard, options, context);
        jobs::write_text_file(staged.path() / "zarr.json", description + '\n', false);
        staged.commit();
    });
}

void write_zarr_references(const fs::path& path, const fs::path& output, const ZarrReferenceOptions& options,
                           const RunContext& context) {
    in_file(path.string(), [&] {
        check_cancelled(context);
        const Reader reader = reader_of_bare_file(path, options.limits, options.mode0);
        std::string url = options.url;
        if (url.empty()) {
            const fs::path whole = fs::absolute(path).lexically_normal();
            const fs::path folder = fs::absolute(output).lexically_normal().parent_path();
            url = options.relative ? fs::relative(whole, folder).string() : whole.string();
        }
        jobs::write_text_file(output, zarr_references_json(reader, url, options.scan) + '\n', options.overwrite);
    });
}

}  // namespace mrcz
