// The rans codec in memory, each level beside c-blosc (bitshuffle, zstd-1, 64 KiB) in the same run, and beside the
// Shannon bound of the data. usage: bench_rans FILE.raw DTYPE NY NX [FRAMES [BITS_BOUND [LEVELS]]]
// FRAMES frames, spread evenly over the file, are coded and decoded in turn with every peer until the medians settle.
#include <blosc.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "codec/rans/frame.hpp"
#include "codec/rans/model.hpp"

namespace {

using namespace mrcz;
using namespace mrcz::codec;

using Frames = std::vector<Bytes>;

Frames read_frames(const char* path, std::size_t frame_bytes, std::size_t wanted) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const auto total = static_cast<std::size_t>(file.tellg()) / frame_bytes;
    const std::size_t count = std::min(wanted, total);
    Frames frames(count, Bytes(frame_bytes));
    for (std::size_t k = 0; k < count; ++k) {
        file.seekg(static_cast<std::streamoff>(k * total / count * frame_bytes));
        file.read(reinterpret_cast<char*>(frames[k].data()), static_cast<std::streamsize>(frame_bytes));
    }
    return frames;
}

struct Peer {
    std::string name;
    std::function<std::size_t(const Bytes& frame, Bytes& chunk)> encode;
    std::function<void(const Bytes& chunk, std::size_t size, Bytes& frame)> decode;
    std::vector<double> encode_seconds{}, decode_seconds{};
    std::size_t coded = 0;
};

/// Of this thread alone: other programs on the machine are not measured.
double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds(const std::function<void()>& work) {
    const double start = processor_seconds();
    work();
    return processor_seconds() - start;
}

void measure(Peer& peer, const Frames& frames, std::size_t chunk_bound) {
    std::vector<Bytes> chunks(frames.size(), Bytes(chunk_bound));
    std::vector<std::size_t> sizes(frames.size());
    Bytes back(frames[0].size());
    std::vector<double> both[2];
    for (std::size_t k = 0; k < frames.size(); ++k) {
        sizes[k] = peer.encode(frames[k], chunks[k]);
        both[0].push_back(seconds([&] { sizes[k] = peer.encode(frames[k], chunks[k]); }));
        peer.decode(chunks[k], sizes[k], back);
        both[1].push_back(seconds([&] { peer.decode(chunks[k], sizes[k], back); }));
        if (back != frames[k]) {
            std::fprintf(stderr, "%s: frame %zu does not come back\n", peer.name.c_str(), k);
            std::exit(1);
        }
    }
    peer.coded = 0;
    for (const std::size_t size : sizes) peer.coded += size;
    for (unsigned way : {0u, 1u}) {
        std::sort(both[way].begin(), both[way].end());
        (way == 0 ? peer.encode_seconds : peer.decode_seconds).push_back(both[way][both[way].size() / 2]);
    }
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 5)
        return std::fprintf(stderr, "usage: bench_rans FILE.raw DTYPE NY NX [FRAMES [BITS [LEVELS [MODEL]]]]\n"), 2;
    const auto type = find_pixel_type(argv[2]);
    if (!type) return std::fprintf(stderr, "no pixel type %s\n", argv[2]), 2;
    const std::size_t row_pixels = std::strtoull(argv[4], nullptr, 10);
    const std::size_t pixels = std::strtoull(argv[3], nullptr, 10) * row_pixels;
    const std::size_t pixel_bytes = info_of(*type).pixel_bytes;
    const Frames frames =
        read_frames(argv[1], pixels * pixel_bytes, argc > 5 ? std::strtoull(argv[5], nullptr, 10) : 2);
    const double bound = argc > 6 ? std::atof(argv[6]) : 0;
    const std::string levels = argc > 7 ? argv[7] : "avx512,avx2,scalar";
    const std::size_t sharing = argc > 8 ? std::strtoull(argv[8], nullptr, 10) : 0;

    rans::FrameSetup setup;
    setup.kind = rans::kind_of(*type);
    setup.pixels = pixels;
    setup.kernels = &simd::rans_kernels();
    std::shared_ptr<const rans::Model> model;
    std::size_t model_bytes = 0;
    if (sharing != 0) {
        const Frames taken = read_frames(argv[1], pixels * pixel_bytes, std::min<std::size_t>(sharing, 256));
        const std::vector<std::span<const std::byte>> spans(taken.begin(), taken.end());
        const double took = seconds([&] {
            model = rans::learn_model(
                {*type, pixels, row_pixels, spans, sharing, std::getenv("RANS_HISTOGRAMS") != nullptr});
        });
        if (model) {
            const Bytes payload = rans::write_model(*model);
            model_bytes = payload.size();
            model = rans::read_model(payload, *type, pixels);
        }
        std::printf("model: %zu bytes, learned in %.3f s from %zu frames\n", model_bytes, took, taken.size());
    }
    setup.model = model.get();

    std::vector<Peer> peers;
    peers.push_back({"c-blosc",
                     [&](const Bytes& frame, Bytes& chunk) {
                         return static_cast<std::size_t>(blosc_compress_ctx(1, BLOSC_BITSHUFFLE, pixel_bytes,
                                                                            frame.size(), frame.data(), chunk.data(),
                                                                            chunk.size(), "zstd", 65536, 1));
                     },
                     [](const Bytes& chunk, std::size_t, Bytes& frame) {
                         blosc_decompress_ctx(chunk.data(), frame.data(), frame.size(), 1);
                     }});
    rans::EncodeMemory encode_memory;
    std::vector<rans::DecodeMemory> decode_memory;
    std::vector<rans::FrameSetup> setups;
    std::vector<std::string> names{"scalar", "avx2", "avx512"};
    for (std::size_t level = 0; level <= static_cast<std::size_t>(simd::best_level()); ++level) {
        setups.push_back(setup);
        setups.back().kernels = &simd::rans_kernels(static_cast<simd::Level>(level));
    }
    for (std::size_t level = setups.size(); level-- > 0;) {
        if (levels.find(names[level]) == std::string::npos) continue;
        const rans::FrameSetup& here = setups[level];
        peers.push_back(
            {names[level],
             [&](const Bytes& frame, Bytes& chunk) { return rans::encode_frame(here, frame, chunk, encode_memory); },
             [&](const Bytes& chunk, std::size_t size, Bytes& frame) {
                 rans::decode_frame(here, std::span(chunk).first(size), frame, decode_memory);
             }});
    }
    const std::size_t chunk_bound = std::max(rans::payload_bound(setup), pixels * pixel_bytes + BLOSC_MAX_OVERHEAD);
    for (unsigned round = 0; round < 3; ++round)
        for (Peer& peer : peers) measure(peer, frames, chunk_bound);

    Bytes chunk(chunk_bound);
    const std::size_t size = rans::encode_frame(setup, frames[0], chunk, encode_memory);
    const rans::ParsedFrame parsed(setup, std::span(chunk).first(size));
    std::printf("%s: mode %s, %u lanes, %zu frames\n", argv[1], std::string(parsed.plan().row->name).c_str(),
                parsed.plan().lanes, frames.size());
    const double base_encode = median(peers[0].encode_seconds), base_decode = median(peers[0].decode_seconds);
    for (const Peer& peer : peers) {
        double bits = static_cast<double>(peer.coded) * 8 / static_cast<double>(frames.size() * pixels);
        const bool ours = &peer != &peers[0];
        if (ours) bits += 40 * 8 / static_cast<double>(pixels);
        if (ours && sharing != 0)
            bits += static_cast<double>(model_bytes + 40) * 8 / static_cast<double>(sharing * pixels);
        const double encode = median(peer.encode_seconds), decode = median(peer.decode_seconds);
        const double megabytes = static_cast<double>(pixels * pixel_bytes) / 1e6;
        std::printf("  %-8s %.4f bit/px", peer.name.c_str(), bits);
        if (bound > 0) std::printf(" (%.2f %% of the bound)", 100 * bound / bits);
        std::printf("  encode %6.0f MB/s (%.2fx)  decode %6.0f MB/s (%.2fx)\n", megabytes / encode,
                    base_encode / encode, megabytes / decode, base_decode / decode);
    }
}
