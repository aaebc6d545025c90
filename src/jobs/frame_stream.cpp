#include "jobs/frame_stream.hpp"

#include <optional>
#include <vector>

#include "base/buffer.hpp"
#include "base/ordered_pipeline.hpp"
#include "base/thread_shares.hpp"
#include "container/frame_loader.hpp"

namespace mrcz::jobs {
namespace {

struct Slot {
    explicit Slot(const container::MrcFile& file) : loader(file) {}

    container::FrameLoader loader;
    Buffer memory;
    Buffer converted;
    StreamedFrame current;
    std::optional<Error> damage;
};

void decode(Slot& slot, std::size_t frame_bytes, bool goes_on) {
    slot.damage.reset();
    slot.current.pixels = slot.memory.first(frame_bytes);
    try {
        slot.loader.decode(slot.current.pixels);
    } catch (const Error& error) {
        if (!goes_on || error.group() != ErrorGroup::data) throw;
        slot.damage = error;
    }
}

}  // namespace

void stream_frames(const container::MrcFile& file, const FrameRange& range, const FrameStreamStages& stages,
                   const RunContext& context) {
    const ThreadShares threads(context, range.last - range.first, file.decoder().parts());
    std::vector<std::unique_ptr<Slot>> slots;
    for (std::size_t slot = pipeline_slots(context); slot > 0; --slot) slots.push_back(std::make_unique<Slot>(file));
    for (const auto& slot : slots) slot->loader.run_parts_on(threads.of_parts());
    const auto frame_bytes = static_cast<std::size_t>(file.layout().frame_bytes);
    const PipelineStages pipeline{
        .take =
            [&](std::int64_t item, std::size_t number) {
                if (item >= range.last - range.first) return false;
                Slot& slot = *slots[number];
                slot.current.frame = range.first + item;
                slot.current.stored = slot.loader.fetch(slot.current.frame);
                return true;
            },
        .work =
            [&](std::int64_t, std::size_t number) {
                Slot& slot = *slots[number];
                decode(slot, frame_bytes, static_cast<bool>(stages.damaged));
                if (slot.damage) return;
                if (stages.work) stages.work(slot.current);
                if (!stages.convert) return;
                const auto converted = slot.converted.first(static_cast<std::size_t>(stages.converted_bytes));
                stages.convert(slot.current, converted);
                slot.current.pixels = converted;
            },
        .put =
            [&](std::int64_t, std::size_t number) {
                const Slot& slot = *slots[number];
                if (slot.damage) return stages.damaged(slot.current.frame, *slot.damage);
                if (stages.put) stages.put(slot.current);
            },
    };
    run_ordered(pipeline, threads.of_frames());
}

}  // namespace mrcz::jobs
