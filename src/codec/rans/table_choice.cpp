// A table of the model's bank for each segment of a frame.
#include <algorithm>
#include <cmath>

#include "codec/rans/model.hpp"
#include "codec/rans/pixels.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::uint64_t fold(std::int64_t value) {
    return value >= 0 ? 2 * static_cast<std::uint64_t>(value) : 2 * static_cast<std::uint64_t>(-value) - 1;
}
constexpr std::int64_t unfold(std::uint64_t folded) {
    const auto half = static_cast<std::int64_t>(folded / 2);
    return folded % 2 == 0 ? half : -half - 1;
}

std::uint64_t capped_sum(const Model& model, std::span<const std::byte> pixels) {
    return with_word(model.parts().kind, [&](auto word) -> std::uint64_t {
        using Word = decltype(word);
        const auto cap = static_cast<Word>(std::min(model.cap(), model.parts().kind.mask()));
        constexpr std::size_t run = 4096 * sizeof(Word);  // whose sum of 8 or 16 bits fits into 32
        using Sum = std::conditional_t<sizeof(Word) == 4, std::uint64_t, std::uint32_t>;
        std::uint64_t sum = 0;
        for (std::size_t first = 0; first < pixels.size(); first += run) {
            const std::byte* from = &pixels[first];
            const std::size_t bytes = std::min(run, pixels.size() - first);
            Sum part = 0;
            for (std::size_t at = 0; at < bytes; at += sizeof(Word)) part += std::min(load_le<Word>(from + at), cap);
            sum += part;
        }
        return sum;
    });
}

}  // namespace

Plan plan_segments(const FrameSetup& setup, std::span<const std::byte> gathered) {
    const Model& model = *setup.model;
    Plan plan;
    plan.row = &row_of(Mode::segments);
    double bits = 0;
    for (std::size_t segment = 0; segment < model.segment_count(); ++segment) {
        const std::size_t pixels = model.pixels_of(segment);
        const auto here =
            gathered.subspan(model.first_of(segment) << setup.kind.log2_bytes, pixels << setup.kind.log2_bytes);
        const double mean = static_cast<double>(capped_sum(model, here)) / static_cast<double>(pixels);
        const std::size_t table = model.table_for(mean);
        plan.table_of.push_back(static_cast<std::uint8_t>(table));
        bits += model.pixel_bits()[table] * static_cast<double>(pixels);
    }
    plan.bytes = static_cast<std::uint64_t>(bits / 8) + 128 * setup.block_count();
    plan.lanes = lanes_for(plan.bytes / setup.block_count());
    return plan;
}

Plan plan_histograms(const FrameSetup& setup) {
    Plan plan;
    plan.row = &row_of(Mode::histograms);
    plan.bytes = static_cast<std::uint64_t>(setup.model->histogram_bits() / 8) + 128 * setup.block_count();
    plan.lanes = lanes_for(plan.bytes / setup.block_count());
    return plan;
}

void check_histograms(Plan&, const FrameSetup& setup, Cursor&) {
    if (setup.model == nullptr || setup.model->parts().histograms.size() == 0)
        fail(ErrorCode::corrupt, "rans: a chunk of histograms, but no model that has them");
}

void write_table_choice(const Plan& plan, const FrameSetup& setup, Bytes& bytes) {
    Bytes part;
    BitWriter writer(part);
    for (std::size_t segment = 0; segment < plan.table_of.size(); ++segment)
        writer.number(fold(std::int64_t{plan.table_of[segment]} - setup.model->parts().usual[segment]));
    append_le(bytes, static_cast<std::uint32_t>(part.size()));
    append(bytes, part);
}

void read_table_choice(Plan& plan, const FrameSetup& setup, Cursor& cursor) {
    if (setup.model == nullptr) fail(ErrorCode::corrupt, "rans: a chunk of segments, but no model");
    const Model& model = *setup.model;
    for (std::size_t block = 0; block < setup.block_count(); ++block)
        if (model.segment_from(block * setup.block_pixels) == model.segment_count())
            fail(ErrorCode::corrupt, "rans: block ", block, " of ", setup.block_pixels,
                 " pixels begins within a segment of the model");
    const auto size = cursor.read<std::uint32_t>("size of the tables' numbers");
    BitReader reader(cursor.take(size, "the tables' numbers"), "rans: tables of segments");
    constexpr std::uint64_t most = 2 * 255;
    for (std::size_t segment = 0; segment < model.segment_count(); ++segment) {
        const std::int64_t table = model.parts().usual[segment] + unfold(reader.number(most, "difference"));
        if (table < 0 || static_cast<std::size_t>(table) >= model.parts().tables.size())
            fail(ErrorCode::corrupt, "rans: segment ", segment, " names table ", table, " of ",
                 model.parts().tables.size());
        plan.table_of.push_back(static_cast<std::uint8_t>(table));
    }
    if (reader.used_bytes() != size)
        fail(ErrorCode::corrupt, "rans: tables of segments: ", reader.used_bytes(), " bytes used of ", size);
}

}  // namespace mrcz::codec::rans
