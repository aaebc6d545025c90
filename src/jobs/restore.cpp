#include "jobs/restore.hpp"

#include "base/fail.hpp"
#include "container/repair_hint.hpp"
#include "simd/hash.hpp"
#include "simd/kernels.hpp"

namespace mrcz::jobs {

void restore_original(const container::MrcFile& file, const container::Original& original,
                      const std::function<void(std::span<const std::byte>)>& write,
                      const std::function<void(const StreamedFrame&)>& each_frame, const RunContext& context,
                      const std::function<void(std::int64_t frame, const Error& why)>& damaged) {
    simd::Hasher128 hasher;
    const auto pass_on = [&](std::span<const std::byte> bytes) {
        hasher.update(bytes);
        write(bytes);
    };
    pass_on(original.header);
    pass_on(file.extended_header());
    const std::size_t word_bytes = info_of(file.layout().type).word_bytes;
    FrameStreamStages stages{
        .work =
            [&](const StreamedFrame& frame) {
                if (original.order == ByteOrder::big) simd::kernels().byteswap(frame.pixels, word_bytes);
            },
        .put =
            [&](const StreamedFrame& frame) {
                pass_on(frame.pixels);
                if (each_frame) each_frame(frame);
            },
    };
    bool all_read = true;
    if (damaged)
        stages.damaged = [&](std::int64_t frame, const Error& why) {
            all_read = false;
            damaged(frame, why);
        };
    stream_frames(file, {0, file.frames()}, stages, context);
    pass_on(original.trailing);
    if (all_read && hasher.digest() != original.hash)
        fail(ErrorCode::corrupt, "the restored bytes do not match the hash of the original: the file is damaged",
             file.frames() > 0 ? container::repair_hint : "");
}

}  // namespace mrcz::jobs
