#include "container/uncommitted.hpp"

#include <limits>
#include <vector>

#include "base/fail.hpp"
#include "container/chunk_walk.hpp"
#include "container/footer.hpp"
#include "container/frame_scan.hpp"
#include "container/patched_source.hpp"
#include "header/compose.hpp"

namespace mrcz::container {
namespace {

/// Ends of the whole chunks from `at` on; what follows them is none by its first bytes, or is cut short.
std::vector<std::uint64_t> chunk_ends(const ByteSource& source, const codec::CodecRow& row, std::uint64_t at) {
    std::vector<std::uint64_t> ends;
    while (source.size() - at >= codec::chunk_head_bytes) {
        try {
            const WalkedChunk chunk = chunk_at(source, row, at, source.size());
            at += chunk.range.bytes;
            if (!chunk.model) ends.push_back(at);
        } catch (const Error&) {
            break;
        }
    }
    return ends;
}

std::vector<std::uint64_t> frame_ends(const MrcFile& file) {
    const header::Layout& layout = file.layout();
    if (layout.codec_id != 0) return chunk_ends(file.source(), file.codec_row(), file.data_end());
    std::vector<std::uint64_t> ends;
    for (std::uint64_t at = file.data_end(); file.source().size() - at >= layout.frame_bytes;) {
        // Any bytes make a plain frame, those of a footer that was not shown yet as well.
        if (has_footer_magic(file.source(), at) || has_hidden_footer_head(file.source(), at)) break;
        ends.push_back(at += layout.frame_bytes);
    }
    return ends;
}

std::array<std::byte, Header::bytes_on_disk> header_counting(const MrcFile& file, std::int64_t frames,
                                                             std::uint64_t data_end) {
    const header::Layout& layout = file.layout();
    Header header = layout.header;
    header::set_frames(header, frames);
    if (layout.codec_id != 0)
        header.set_integer(HeaderField::packed_bytes, static_cast<std::int64_t>(data_end - layout.data_offset));
    return layout.order == ByteOrder::big ? header::swapped(header).bytes() : header.bytes();
}

}  // namespace

std::unique_ptr<MrcFile> with_uncommitted(const MrcFile& file, std::unique_ptr<ByteSource> source,
                                          const RunContext& context) {
    // What follows frames that are not all there are none.
    auto ends = file.frames_located() < file.frames() ? std::vector<std::uint64_t>() : frame_ends(file);
    const std::int64_t room = std::numeric_limits<std::int32_t>::max() - file.frames();
    if (static_cast<std::int64_t>(ends.size()) > room) ends.resize(static_cast<std::size_t>(room));
    const std::int64_t most = file.frames() + static_cast<std::int64_t>(ends.size());
    const std::shared_ptr<const ByteSource> shared = std::move(source);
    const auto seen = [&](std::int64_t frames) {
        const auto further = static_cast<std::size_t>(frames - file.frames());
        const std::uint64_t end = further == 0 ? file.data_end() : ends[further - 1];
        return std::make_unique<MrcFile>(std::make_unique<PatchedSource>(shared, header_counting(file, frames, end)),
                                         file.limits());
    };
    auto all = seen(most);
    std::int64_t whole = most;
    scan_frames(
        *all, file.frames(), most, {},
        [&](const ScannedFrame& frame) {
            if (!frame.trouble.empty()) whole = std::min(whole, frame.frame);
        },
        context);
    return whole == most ? std::move(all) : seen(whole);
}

void refuse_to_drop(std::int64_t frames) {
    if (frames == 0) return;
    fail(ErrorCode::truncated, frames, frames == 1 ? " whole frame stands" : " whole frames stand",
         " behind the last commit: nothing was changed. `mrcz repair --uncommitted` keeps what is there, "
         "`mrcz repair --drop-uncommitted` gives it up");
}

}  // namespace mrcz::container
