// A whole file through everything a reader offers. The first byte's lowest bit says whether the hashes of footer and
// index are made to hold.
#include <algorithm>
#include <vector>

#include "attempt.hpp"
#include "bounds.hpp"
#include "mrcz/error.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/reader.hpp"
#include "seal.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

constexpr std::int64_t most_frames = 64;

void read_all(const Reader& reader) {
    attempt([&] { (void)reader.sections(); });
    attempt([&] { (void)reader.extended_header(); });
    attempt([&] { (void)reader.metadata(); });
    attempt([&] { (void)reader.provenance(); });
    attempt([&] { (void)reader.statistics(); });
    attempt([&] { (void)reader.sum(); });
    attempt([&] { (void)reader.original_header(); });
    attempt([&] { (void)info_json(reader, true); });
    std::vector<std::byte> frame(static_cast<std::size_t>(reader.frame_bytes()));
    for (std::int64_t index = 0; index < std::min(reader.frames(), most_frames); ++index)
        attempt([&] { reader.read_frame(index, frame); });
}

}  // namespace

void run_reader(std::span<const std::byte> input) {
    if (input.empty()) return;
    Bytes file(input.begin() + 1, input.end());
    if ((std::to_integer<unsigned>(input[0]) & 1U) != 0) seal_tail(file);
    const Reader reader(make_memory_source(std::move(file), "memory"), small_limits);
    read_all(reader);
}

}  // namespace mrcz::fuzz
