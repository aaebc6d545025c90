#include "container/frame_loader.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "container/repair_hint.hpp"

namespace mrcz::container {
namespace {

template <class Work>
void naming_frame(std::int64_t frame, std::uint64_t offset, const Work& work) {
    try {
        work();
    } catch (const Error& error) {
        throw Error(error.code(), concat("frame ", frame, " (offset ", hex(offset), "): ", error.message()));
    }
}

}  // namespace

FrameLoader::FrameLoader(const MrcFile& file)
    : file_(file), scratch_(file.decoder().make_scratch()), recorder_(file.layout().format(), false) {}

std::span<const std::byte> FrameLoader::fetch(std::int64_t frame) {
    const ChunkRange range = file_.range_of(frame);
    frame_ = frame;
    stored_ = memory_.first(static_cast<std::size_t>(range.bytes));
    naming_frame(frame, range.offset, [&] { file_.source().read_at(range.offset, stored_); });
    return stored_;
}

void FrameLoader::decode(std::span<std::byte> out) {
    const bool others_may_be_whole = file_.frames_located() > 1;
    hinting_repair(others_may_be_whole,
                   [&] { naming_frame(frame_, file_.range_of(frame_).offset, [&] { decode_fetched(out); }); });
}

void FrameLoader::decode_fetched(std::span<std::byte> out) {
    // Hashes are of little-endian pixels; a plain big-endian file is turned round before it is decoded.
    if (file_.layout().order == ByteOrder::big && file_.layout().codec_id == 0)
        simd::kernels().byteswap(stored_, info_of(file_.layout().type).word_bytes);
    recorder_.start();
    file_.decode(frame_, stored_, out, *scratch_, recorder_);
    if (file_.layout().order == ByteOrder::big && file_.layout().codec_id != 0)
        simd::kernels().byteswap(out, info_of(file_.layout().type).word_bytes);
    const auto expected = file_.frame_hash(frame_);
    if (expected && *expected != recorder_.hash())
        fail(ErrorCode::corrupt, "its pixels do not match the hash kept of them: the file is damaged");
}

}  // namespace mrcz::container
