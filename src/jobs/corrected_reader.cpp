#include "mrcz/corrected_reader.hpp"

#include <mutex>
#include <numeric>
#include <vector>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "jobs/frame_corrector.hpp"
#include "jobs/memory_bound.hpp"

namespace mrcz {

using jobs::CorrectionMemory;
using jobs::FrameCorrector;

namespace {

constexpr std::uint64_t most_bytes_under_way = 160'000'000;  // beside the sum, which takes six bytes a pixel

}  // namespace

SumImage sum_frames(const Reader& reader, const RunContext& all) {
    const jobs::BoundedContext bounded(all, most_bytes_under_way, 2 * reader.frame_bytes());  // a frame and its chunk
    const RunContext& context = bounded.get();
    return in_file(reader.name(), [&] {
        if (auto kept = reader.sum()) return *std::move(kept);
        FrameSummer summer(reader.frame_format());
        const auto frame_bytes = static_cast<std::size_t>(reader.frame_bytes());
        std::vector<Buffer> memory(pipeline_slots(context));
        const PipelineStages stages{
            .take = [&](std::int64_t frame, std::size_t) { return frame < reader.frames(); },
            .work = [&](std::int64_t frame,
                        std::size_t slot) { reader.read_frame(frame, memory[slot].first(frame_bytes)); },
            .put =
                [&](std::int64_t frame, std::size_t slot) {
                    summer.add(memory[slot].first(frame_bytes));
                    if (!context.progress) return;
                    const std::uint64_t done = static_cast<std::uint64_t>(frame + 1) * frame_bytes;
                    context.progress({frame + 1, reader.frames(), done, 0});
                },
        };
        run_ordered(stages, context);
        return summer.take();
    });
}

struct CorrectedReader::Impl {
    /// Of one thread.
    struct Memory {
        Buffer raw;
        CorrectionMemory correction;
    };

    Impl(Reader opened, ProcessPlan plan)
        : reader(std::move(opened)), corrector(reader.frame_format(), std::move(plan)) {}

    std::unique_ptr<Memory> borrow() {
        const std::lock_guard lock(mutex);
        if (idle.empty()) return std::make_unique<Memory>();
        auto memory = std::move(idle.back());
        idle.pop_back();
        return memory;
    }

    void read(std::int64_t index, std::span<std::byte> out) {
        auto memory = borrow();
        const auto raw =
            corrector.works_in_place() ? out : memory->raw.first(static_cast<std::size_t>(reader.frame_bytes()));
        reader.read_frame(index, raw);
        corrector.apply(index, raw, out, memory->correction);
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(memory));
    }

    Reader reader;
    FrameCorrector corrector;
    std::mutex mutex;
    std::vector<std::unique_ptr<Memory>> idle;
};

CorrectedReader::CorrectedReader(Reader reader, ProcessPlan plan, const RunContext& context) {
    const std::string name = reader.name();
    in_file(name, [&] {
        impl_ = std::make_unique<Impl>(std::move(reader), std::move(plan));
        const ProcessPlan& kept = impl_->corrector.plan();
        if (jobs::fills_pixels(kept))
            impl_->corrector.set_outliers(
                jobs::find_plan_outliers(impl_->reader, kept, sum_frames(impl_->reader, context), context));
        impl_->corrector.follow(impl_->reader);
    });
}

CorrectedReader::CorrectedReader(Reader reader, ProcessPlan plan, Outliers found) {
    const std::string name = reader.name();
    in_file(name, [&] {
        impl_ = std::make_unique<Impl>(std::move(reader), std::move(plan));
        const FrameFormat& frame = impl_->corrector.from();
        if (!found.pixels.empty() && !(found.shape == ImageShape{frame.nx, frame.ny}))
            fail(ErrorCode::invalid_argument, "outliers of ", found.shape.nx, " x ", found.shape.ny,
                 " pixels, frames of ", frame.nx, " x ", frame.ny, ": they were found in another stack");
        impl_->corrector.set_outliers(std::move(found));
        impl_->corrector.follow(impl_->reader);
    });
}

CorrectedReader::~CorrectedReader() = default;
CorrectedReader::CorrectedReader(CorrectedReader&&) noexcept = default;
CorrectedReader& CorrectedReader::operator=(CorrectedReader&&) noexcept = default;

const Reader& CorrectedReader::reader() const noexcept { return impl_->reader; }
FrameFormat CorrectedReader::frame_format() const noexcept { return impl_->corrector.to(); }
std::uint64_t CorrectedReader::frame_bytes() const noexcept { return bytes_of(impl_->corrector.to()); }
const Outliers& CorrectedReader::outliers() const noexcept { return impl_->corrector.outliers(); }

OutlierFill CorrectedReader::fill() const noexcept { return impl_->corrector.fill(); }

void CorrectedReader::read_frame(std::int64_t index, std::span<std::byte> out) const {
    in_file(reader().name(), [&] {
        if (out.size() != frame_bytes())
            fail(ErrorCode::invalid_argument, "read_frame: room for ", out.size(), " bytes, a corrected frame has ",
                 frame_bytes());
        impl_->read(index, out);
    });
}

void CorrectedReader::read_frames(std::int64_t first, std::int64_t count, std::span<std::byte> out,
                                  const RunContext& context) const {
    in_file(reader().name(), [&] {
        const std::int64_t frames = reader().frames();
        if (first < 0 || count < 0 || first > frames || count > frames - first)
            fail(ErrorCode::invalid_argument, "read_frames: ", count, " frames from frame ", first,
                 " on: the file has ", frames);
    });
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), first);
    read_frames(indices, out, context);
}

void CorrectedReader::read_frames(std::span<const std::int64_t> indices, std::span<std::byte> out,
                                  const RunContext& context) const {
    const std::uint64_t count = indices.size();
    in_file(reader().name(), [&] {
        if (out.size() != frame_bytes() * count)
            fail(ErrorCode::invalid_argument, "read_frames: room for ", out.size(), " bytes, ", count, " frames have ",
                 frame_bytes() * count);
    });
    const auto size = static_cast<std::size_t>(frame_bytes());
    run_frames(
        static_cast<std::int64_t>(count),
        [&](std::int64_t i) {
            const auto place = static_cast<std::size_t>(i);
            read_frame(indices[place], out.subspan(place * size, size));
        },
        context);
}

}  // namespace mrcz
