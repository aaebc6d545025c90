#include "container/frame_scan.hpp"

#include <memory>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "container/frame_records.hpp"

namespace mrcz::container {
namespace {

class Slot {
  public:
    Slot(const MrcFile& file, const KnownHashes& known)
        : file_(file), known_(known), scratch_(file.decoder().make_scratch()), recorder_(file.layout().format()) {}

    void fetch(std::int64_t frame) {
        scanned = {.frame = frame, .range = {}, .trouble = {}, .coded = {}};
        stored_ = {};
        noting_trouble([&] {
            scanned.range = file_.range_of(frame);
            const auto room = memory_.first(static_cast<std::size_t>(scanned.range.bytes));
            file_.source().read_at(scanned.range.offset, room);
            stored_ = room;
        });
    }

    void examine() {
        if (!scanned.trouble.empty()) return;
        noting_trouble([&] {
            scanned.coded.chunk_hash = simd::hash64(stored_);
            turn_round();
            recorder_.start();
            file_.decode(scanned.frame, stored_, pixels_.first(static_cast<std::size_t>(file_.layout().frame_bytes)),
                         *scratch_, recorder_);
            turn_round();
            scanned.coded.chunk = stored_;
            scanned.coded.frame_hash = recorder_.hash();
            scanned.coded.statistics = recorder_.statistics();
            compare();
        });
    }

    ScannedFrame scanned;

  private:
    /// Decoders and hashes are of little-endian pixels.
    void turn_round() {
        if (file_.layout().order == ByteOrder::big)
            simd::kernels().byteswap(stored_, info_of(file_.layout().type).word_bytes);
    }

    void compare() const {
        const auto index = static_cast<std::size_t>(scanned.frame);
        if (index < known_.frames.size()) {
            if (known_.frames[index] != scanned.coded.frame_hash)
                fail(ErrorCode::corrupt, "its pixels do not match the hash kept of them");
        } else if (index < known_.chunks.size() && known_.chunks[index] != scanned.coded.chunk_hash) {
            fail(ErrorCode::corrupt, "its stored bytes do not match their hash");
        }
    }

    template <class Work>
    void noting_trouble(const Work& work) {
        try {
            work();
        } catch (const Error& error) {
            if (error.group() != ErrorGroup::data && error.code() != ErrorCode::io_failed) throw;
            scanned.trouble = error.message();
        }
    }

    const MrcFile& file_;
    const KnownHashes& known_;
    std::unique_ptr<codec::Scratch> scratch_;
    FrameRecorder recorder_;
    Buffer memory_;
    Buffer pixels_;
    std::span<std::byte> stored_;
};

}  // namespace

void scan_frames(const MrcFile& file, std::int64_t first, std::int64_t end, const KnownHashes& known,
                 const std::function<void(const ScannedFrame&)>& take, const RunContext& context) {
    if (file.layout().codec_id != 0 && file.layout().order == ByteOrder::big)
        fail(ErrorCode::unsupported,
             "compressed big-endian pixels cannot be taken over as they lie; compress the file "
             "anew with mrcz compress");
    std::vector<std::unique_ptr<Slot>> slots;
    for (std::size_t slot = pipeline_slots(context); slot > 0; --slot)
        slots.push_back(std::make_unique<Slot>(file, known));
    const PipelineStages stages{
        .take =
            [&](std::int64_t item, std::size_t slot) {
                if (item >= end - first) return false;
                slots[slot]->fetch(first + item);
                return true;
            },
        .work = [&](std::int64_t, std::size_t slot) { slots[slot]->examine(); },
        .put =
            [&](std::int64_t item, std::size_t slot) {
                take(slots[slot]->scanned);
                const ChunkRange& range = slots[slot]->scanned.range;
                if (context.progress) context.progress({item + 1, end - first, range.offset + range.bytes, 0});
            },
    };
    run_ordered(stages, context);
}

}  // namespace mrcz::container
