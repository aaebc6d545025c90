// Pixels: frames as they are, in another type, added up.
#include <algorithm>
#include <vector>

#include "base/buffer.hpp"
#include "base/checked.hpp"
#include "base/ordered_pipeline.hpp"
#include "capi/arguments.hpp"
#include "capi/context.hpp"
#include "capi/handles.hpp"
#include "mrcz/convert.hpp"
#include "mrcz/corrected_reader.hpp"

namespace mrcz::capi {
namespace {

void require_frames(const Reader& reader, std::int64_t first, std::int64_t count) {
    const std::int64_t frames = reader.frames();
    if (first < 0 || count < 0 || first > frames || count > frames - first)
        fail(ErrorCode::invalid_argument, count, " frames from frame ", first, " on: the file has ", frames);
}

/// Frames read and converted side by side, put in order, so that errors are those of the first failing frame.
class ConvertedFrames {
  public:
    ConvertedFrames(const Reader& reader, std::int64_t first, std::int32_t pixel_type, std::int32_t allow)
        : reader_(reader),
          first_(first),
          to_{pixel_type_of(pixel_type, "pixel_type"), reader.columns(), reader.rows()},
          rules_(rules_of(allow)) {}

    ConversionResult read(std::int64_t count, std::span<std::byte> out, const RunContext& context) {
        require_frames(reader_, first_, count);
        const auto frame = static_cast<std::size_t>(bytes_of(to_));
        if (out.size() / std::max<std::size_t>(frame, 1) != static_cast<std::size_t>(count) ||
            out.size() != frame * static_cast<std::size_t>(count))
            fail(ErrorCode::invalid_argument, "room for ", out.size(), " bytes; ", count, " frames of that type have ",
                 frame, " each");
        std::vector<Slot> slots(pipeline_slots(context));
        ConversionResult all;
        run_ordered({.take = [count](std::int64_t item, std::size_t) { return item < count; },
                     .work =
                         [&](std::int64_t item, std::size_t slot) {
                             convert_one(item, out.subspan(static_cast<std::size_t>(item) * frame, frame), slots[slot]);
                         },
                     .put =
                         [&](std::int64_t item, std::size_t slot) {
                             all.clipped += slots[slot].result.clipped;
                             all.rounded += slots[slot].result.rounded;
                             if (context.progress) context.progress({item + 1, count, 0, 0});
                         }},
                    context);
        return all;
    }

  private:
    struct Slot {
        Buffer raw;
        ConversionResult result;
    };

    void convert_one(std::int64_t item, std::span<std::byte> out, Slot& slot) {
        const auto raw = slot.raw.first(static_cast<std::size_t>(reader_.frame_bytes()));
        reader_.read_frame(first_ + item, raw);
        try {
            slot.result = convert(raw, reader_.frame_format(), out, to_, rules_);
        } catch (const Error& error) {
            throw Error(error.code(), concat("frame ", first_ + item, ": ", error.message()), reader_.name());
        }
    }

    const Reader& reader_;
    std::int64_t first_;
    FrameFormat to_;
    ConversionRules rules_;
};

template <class Value>
void give_sum(const mrcz_reader* reader, Value* out, std::size_t pixels, mrcz_context* context) {
    require(reader, "reader");
    require(out, "out");
    const auto wanted =
        static_cast<std::uint64_t>(reader->reader->rows()) * static_cast<std::uint64_t>(reader->reader->columns());
    if (pixels != wanted) fail(ErrorCode::invalid_argument, "pixels is ", pixels, "; a frame has ", wanted);
    const ContextUse use(context);
    const SumImage sum = sum_frames(*reader->reader, use.get());
    std::visit(
        [&]<class Sum>(const std::vector<Sum>& values) {
            if constexpr (std::is_same_v<Value, std::int64_t> && std::is_same_v<Sum, double>)
                fail(ErrorCode::invalid_argument, "the pixels are no integers: their sum is read with mrcz_read_sum()");
            else
                std::ranges::transform(values, out, [](Sum value) { return static_cast<Value>(value); });
        },
        sum.values);
}

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_read_frame(const mrcz_reader* reader, std::int64_t index, void* out, std::size_t bytes) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        require(out, "out");
        reader->reader->read_frame(index, bytes_at(out, bytes));
    });
}

std::int32_t mrcz_read_frames(const mrcz_reader* reader, std::int64_t first, std::int64_t count, void* out,
                              std::size_t bytes, mrcz_context* context) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        require(out, "out");
        const ContextUse use(context);
        reader->reader->read_frames(first, count, bytes_at(out, bytes), use.get());
    });
}

std::int32_t mrcz_read_frames_as(const mrcz_reader* reader, std::int64_t first, std::int64_t count,
                                 std::int32_t pixel_type, std::int32_t allow, void* out, std::size_t bytes,
                                 mrcz_changes* changes, mrcz_context* context) {
    return guarded(__func__, [&] {
        require(reader, "reader");
        require(out, "out");
        const ContextUse use(context);
        const mrcz::ConversionResult result =
            ConvertedFrames(*reader->reader, first, pixel_type, allow).read(count, bytes_at(out, bytes), use.get());
        if (changes != nullptr) *changes = {result.clipped, result.rounded};
    });
}

std::int32_t mrcz_read_sum(const mrcz_reader* reader, double* out, std::size_t pixels, mrcz_context* context) {
    return guarded(__func__, [&] { give_sum(reader, out, pixels, context); });
}

std::int32_t mrcz_read_integer_sum(const mrcz_reader* reader, std::int64_t* out, std::size_t pixels,
                                   mrcz_context* context) {
    return guarded(__func__, [&] { give_sum(reader, out, pixels, context); });
}
