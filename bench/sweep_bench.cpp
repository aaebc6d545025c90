// The codecs over level, block size and threads, beside c-blosc with the same settings in the same process, in memory:
// the free parameters of McLeod et al. 2018, section 2.3. Prints one JSON object a line; paper_tables.py runs it.
//
// usage: bench_sweep PIXELS.raw TYPE NX NY FRAMES [RUNS]      the file may hold more than FRAMES frames of NX x NY
#include <blosc.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "codec/codec.hpp"

namespace {

using namespace mrcz;

constexpr std::array levels{1, 3, 5, 9};
constexpr std::array<std::size_t, 4> block_sizes{std::size_t{1} << 16, std::size_t{1} << 18, std::size_t{1} << 20,
                                                 std::size_t{1} << 22};
constexpr std::array<unsigned, 2> thread_counts{1, 2};

PixelType type_named(const std::string& name) {
    if (name == "uint8") return PixelType::int8;  // MRC has no unsigned bytes: counts are stored as int8
    for (const PixelType type : {PixelType::int8, PixelType::int16, PixelType::uint16, PixelType::float32})
        if (info_of(type).name == name) return type;
    throw std::runtime_error("type " + name);
}

struct Set {
    PixelType type = PixelType::int8;
    std::size_t frame_bytes = 0;
    std::vector<std::vector<std::byte>> frames;
};

Set load(const std::vector<std::string>& arguments) {
    Set set;
    set.type = type_named(arguments[1]);
    set.frame_bytes = std::stoul(arguments[2]) * std::stoul(arguments[3]) * info_of(set.type).pixel_bytes;
    std::ifstream file(arguments[0], std::ios::binary);
    for (std::size_t left = std::stoul(arguments[4]); left > 0; --left) {
        auto& frame = set.frames.emplace_back(set.frame_bytes);
        if (!file.read(reinterpret_cast<char*>(frame.data()), static_cast<std::streamsize>(frame.size())))
            throw std::runtime_error("cannot read " + arguments[0]);
    }
    return set;
}

struct Point {
    const CodecInfo* codec;
    int level;
    std::size_t block_bytes;
    unsigned threads;
};

struct Chunks {
    std::vector<std::vector<std::byte>> bytes;
    std::vector<std::size_t> sizes;
};

/// One way to code a set at one point. Frames are compressed and decompressed whole, into memory that is there already.
class Coder {
  public:
    virtual ~Coder() = default;
    virtual void compress(const Set& set, Chunks& chunks) = 0;
    virtual void decompress(const Chunks& chunks, std::vector<std::vector<std::byte>>& frames) = 0;
};

class NoObserver final : public codec::FrameObserver {
    void observe(std::span<const std::byte>) override {}
};

/// Ours: one frame a thread.
class FrameCodec final : public Coder {
  public:
    FrameCodec(const Set& set, const Point& point) : threads_(point.threads) {
        const codec::CodecRow& row = codec::writing_row(*point.codec);
        const CodecOptions options{.level = point.level, .block_bytes = point.block_bytes};
        encoder_ = row.prepare_encoder(row.info, {set.type, set.frame_bytes}, options, {.first_frame = set.frames[0]});
        decoder_ = row.prepare_decoder({set.type, set.frame_bytes});
        for (unsigned thread = 0; thread < threads_; ++thread) {
            encoding_.push_back(encoder_->make_scratch());
            decoding_.push_back(decoder_->make_scratch());
        }
    }

    void compress(const Set& set, Chunks& chunks) override {
        side_by_side(set.frames.size(), [&](std::size_t frame, unsigned thread) {
            if (chunks.bytes[frame].size() < encoder_->chunk_bound())
                chunks.bytes[frame].resize(encoder_->chunk_bound());
            NoObserver observer;
            chunks.sizes[frame] =
                encoder_->encode(set.frames[frame], chunks.bytes[frame], *encoding_[thread], observer);
        });
    }

    void decompress(const Chunks& chunks, std::vector<std::vector<std::byte>>& frames) override {
        side_by_side(frames.size(), [&](std::size_t frame, unsigned thread) {
            NoObserver observer;
            decoder_->decode(std::span(chunks.bytes[frame]).first(chunks.sizes[frame]), frames[frame],
                             *decoding_[thread], observer);
        });
    }

  private:
    template <class Work>
    void side_by_side(std::size_t frames, const Work& work) {
        const auto every_nth = [&](unsigned thread) {
            for (std::size_t frame = thread; frame < frames; frame += threads_) work(frame, thread);
        };
        std::vector<std::thread> others;
        for (unsigned thread = 1; thread < threads_; ++thread) others.emplace_back(every_nth, thread);
        every_nth(0);
        for (std::thread& other : others) other.join();
    }

    unsigned threads_;
    std::unique_ptr<const codec::FrameEncoder> encoder_;
    std::unique_ptr<const codec::FrameDecoder> decoder_;
    std::vector<std::unique_ptr<codec::Scratch>> encoding_;
    std::vector<std::unique_ptr<codec::Scratch>> decoding_;
};

/// c-blosc with bitshuffle, as the paper used it: its threads share the blocks of a frame.
class CBlosc final : public Coder {
  public:
    CBlosc(const Set& set, const Point& point)
        : point_(point), name_(point.codec->name), type_bytes_(info_of(set.type).pixel_bytes) {}

    void compress(const Set& set, Chunks& chunks) override {
        for (std::size_t frame = 0; frame < set.frames.size(); ++frame) {
            const std::size_t room = set.frame_bytes + BLOSC_MAX_OVERHEAD;
            if (chunks.bytes[frame].size() < room) chunks.bytes[frame].resize(room);
            const int size = blosc_compress_ctx(point_.level, BLOSC_BITSHUFFLE, type_bytes_, set.frame_bytes,
                                                set.frames[frame].data(), chunks.bytes[frame].data(), room,
                                                name_.c_str(), point_.block_bytes, static_cast<int>(point_.threads));
            if (size <= 0) throw std::runtime_error("c-blosc cannot compress");
            chunks.sizes[frame] = static_cast<std::size_t>(size);
        }
    }

    void decompress(const Chunks& chunks, std::vector<std::vector<std::byte>>& frames) override {
        for (std::size_t frame = 0; frame < frames.size(); ++frame)
            if (blosc_decompress_ctx(chunks.bytes[frame].data(), frames[frame].data(), frames[frame].size(),
                                     static_cast<int>(point_.threads)) <= 0)
                throw std::runtime_error("c-blosc cannot decompress");
    }

  private:
    Point point_;
    std::string name_;
    std::size_t type_bytes_;
};

double median_seconds(int runs, const std::function<void()>& work) {
    std::vector<double> times;
    for (int run = 0; run < runs; ++run) {
        const auto start = std::chrono::steady_clock::now();
        work();
        times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
}

void measure(const Set& set, const Point& point, const char* name, Coder& coder, int runs) {
    Chunks chunks{std::vector<std::vector<std::byte>>(set.frames.size()), std::vector<std::size_t>(set.frames.size())};
    std::vector<std::vector<std::byte>> back(set.frames.size(), std::vector<std::byte>(set.frame_bytes));
    coder.compress(set, chunks);
    coder.decompress(chunks, back);
    if (back != set.frames) throw std::runtime_error("pixels changed");
    const double compressing = median_seconds(runs, [&] { coder.compress(set, chunks); });
    const double decompressing = median_seconds(runs, [&] { coder.decompress(chunks, back); });
    std::size_t bytes = 0;
    for (const std::size_t size : chunks.sizes) bytes += size;
    fmt::print(
        "{{\"coder\":\"{}\",\"codec\":\"{}\",\"level\":{},\"block\":{},\"threads\":{},\"raw_bytes\":{},"
        "\"bytes\":{},\"compress\":{:.6f},\"decompress\":{:.6f}}}\n",
        name, point.codec->name, point.level, point.block_bytes, point.threads, set.frame_bytes * set.frames.size(),
        bytes, compressing, decompressing);
    std::fflush(stdout);
}

void sweep(const Set& set, int runs, const std::string& only) {
    for (const CodecInfo& codec : codecs()) {
        const bool in_c_blosc = blosc_compname_to_compcode(std::string(codec.name).c_str()) >= 0;
        if (!codec.writes || !in_c_blosc) continue;
        if (!only.empty() && only != codec.name) continue;
        for (const int level : levels)
            for (const std::size_t block_bytes : block_sizes)
                for (const unsigned threads : thread_counts) {
                    const Point point{&codec, level, block_bytes, threads};
                    FrameCodec ours(set, point);
                    measure(set, point, "mrcz", ours, runs);
                    CBlosc theirs(set, point);
                    measure(set, point, "c-blosc", theirs, runs);
                }
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 5) {
        fmt::print(stderr, "usage: bench_sweep PIXELS.raw TYPE NX NY FRAMES [RUNS [CODEC]]\n");
        return 2;
    }
    try {
        sweep(load(arguments), arguments.size() > 5 ? std::stoi(arguments[5]) : 3,
              arguments.size() > 6 ? arguments[6] : "");
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_sweep: {}\n", error.what());
        return 1;
    }
}
