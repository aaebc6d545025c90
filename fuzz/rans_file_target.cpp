// A whole file of the codec rans, with models. The first byte's lowest bit says whether all hashes, those in the
// headers of chunks among them, are made to hold: behind them stand chunk headers, models and payloads.
#include <algorithm>
#include <vector>

#include "attempt.hpp"
#include "base/fail.hpp"
#include "bounds.hpp"
#include "kit/counts.hpp"
#include "kit/files.hpp"
#include "kit/images.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reader.hpp"
#include "seal.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

constexpr std::int64_t side = 64, most_frames = 48;

void seal(Bytes& file) {
    if (file.size() < 1024) return;
    seal_own_chunks(file, std::size_t{1024} + load_le<std::uint32_t>(&file[92]));
    seal_tail(file);
}

/// A disk on a ground so bright that a model pays.
Bytes disk_stack(std::int64_t frames) {
    kit::Counts counts(7);
    Bytes file = kit::make_plain_file({PixelType::uint16, side, side, frames, ByteOrder::little, 0, 0});
    file.resize(1024);
    for (std::int64_t at = 0; at < frames * side * side; ++at) {
        const std::int64_t x = at % side - 32, y = at / side % side - 32;
        append_le(file, static_cast<std::uint16_t>(counts.poisson(x * x + y * y < 200 ? 20 : 0.1)));
    }
    return file;
}

Bytes compressed(const Bytes& plain, bool live) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "plain", plain);
    CompressOptions options;
    options.codec = "rans";
    if (live) options.live = LiveOptions{};
    (void)compress(Input::file(folder / "plain"), Output::file(folder / "packed"), options);
    return kit::read_file(folder / "packed");
}

}  // namespace

void run_rans_file(std::span<const std::byte> input) {
    if (input.empty()) return;
    Bytes file(input.begin() + 1, input.end());
    if ((std::to_integer<unsigned>(input[0]) & 1U) != 0) seal(file);
    const Reader reader(make_memory_source(std::move(file), "memory"), small_limits);
    attempt([&] { (void)reader.coding_modes(); });
    attempt([&] { (void)reader.entropy(); });
    attempt([&] { (void)info_json(reader, false); });
    std::vector<std::byte> frame(static_cast<std::size_t>(reader.frame_bytes()));
    for (std::int64_t index = 0; index < std::min(reader.frames(), most_frames); ++index)
        attempt([&] { reader.read_frame(index, frame); });
}

std::vector<Bytes> rans_file_seeds() {
    std::vector<Bytes> seeds;
    for (const bool live : {false, true}) {
        const Bytes file = compressed(disk_stack(live ? 48 : 40), live);
        if (Reader(make_memory_source(file, "seed")).models() == 0) fail(ErrorCode::internal, "the stack got no model");
        for (const std::byte sealed : {std::byte{0}, std::byte{1}}) {
            seeds.push_back({sealed});
            append(seeds.back(), file);
        }
    }
    return seeds;
}

}  // namespace mrcz::fuzz
