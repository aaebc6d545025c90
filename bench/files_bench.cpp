// Writing, reading and opening files through the library, beside c-blosc in memory in the same process, taken in turn.
// Prints one JSON object; blosc_table.py runs it for every data set.
//
// usage: bench_files PIXELS.raw TYPE NX NY FRAMES FOLDER [RUNS]
#include <blosc.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "container/mrc_file.hpp"
#include "mrcz/reader.hpp"
#include "mrcz/thread_executor.hpp"
#include "mrcz/writer.hpp"

namespace {

using namespace mrcz;
using Seconds = double;

struct Set {
    std::vector<std::byte> pixels;
    PixelType type = PixelType::int8;
    std::int64_t nx = 0, ny = 0, frames = 0;

    std::size_t frame_bytes() const { return pixels.size() / static_cast<std::size_t>(frames); }
    std::span<const std::byte> frame(std::int64_t i) const {
        return std::span(pixels).subspan(static_cast<std::size_t>(i) * frame_bytes(), frame_bytes());
    }
};

/// MRC has no unsigned bytes: counts are stored as int8, as every program stores them.
PixelType type_named(const std::string& name) {
    if (name == "uint8" || name == "int8") return PixelType::int8;
    if (name == "int16") return PixelType::int16;
    if (name == "uint16") return PixelType::uint16;
    if (name == "float32") return PixelType::float32;
    throw std::runtime_error("type " + name);
}

Set load(const std::vector<std::string>& arguments) {
    Set set;
    set.type = type_named(arguments[1]);
    set.nx = std::stoll(arguments[2]);
    set.ny = std::stoll(arguments[3]);
    set.frames = std::stoll(arguments[4]);
    set.pixels.resize(static_cast<std::size_t>(set.nx * set.ny * set.frames) * info_of(set.type).pixel_bytes);
    std::ifstream file(arguments[0], std::ios::binary);
    if (!file.read(reinterpret_cast<char*>(set.pixels.data()), static_cast<std::streamsize>(set.pixels.size())))
        throw std::runtime_error("cannot read " + arguments[0]);
    return set;
}

Seconds timed(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Seconds median(std::vector<Seconds> times) {
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
}

/// Named measurements taken round by round, so that a machine that slows down slows all of them.
class Table {
  public:
    void add(std::string name, std::function<void()> work) { rows_.push_back({std::move(name), std::move(work), {}}); }

    void run(int rounds) {
        for (Row& row : rows_) row.work();
        for (int round = 0; round < rounds; ++round)
            for (Row& row : rows_) row.times.push_back(timed(row.work));
    }

    std::string json() const {
        std::string text;
        for (const Row& row : rows_) text += fmt::format(",\"{}\":{:.9f}", row.name, median(row.times));
        return text;
    }

  private:
    struct Row {
        std::string name;
        std::function<void()> work;
        std::vector<Seconds> times;
    };
    std::vector<Row> rows_;
};

/// c-blosc with python-mrcz's arguments: bitshuffle, zstd 1, one thread.
class BloscPeer {
  public:
    BloscPeer(const Set& set, std::size_t block_bytes) : set_(set), block_bytes_(block_bytes) {
        chunks_.resize(static_cast<std::size_t>(set.frames));
        frame_.resize(set.frame_bytes());
        other_frame_.resize(set.frame_bytes());
    }

    void compress() { compress(0, set_.frames); }
    void decompress() { decompress(0, set_.frames, frame_); }

    /// Halves on two threads that share nothing: how far this machine lets two threads go.
    void compress_on_two() {
        std::thread other([this] { compress(0, set_.frames / 2); });
        compress(set_.frames / 2, set_.frames);
        other.join();
    }
    void decompress_on_two() {
        std::thread other([this] { decompress(0, set_.frames / 2, other_frame_); });
        decompress(set_.frames / 2, set_.frames, frame_);
        other.join();
    }

    std::size_t bytes() const {
        std::size_t total = 0;
        for (const auto& chunk : chunks_) total += chunk.size();
        return total;
    }

  private:
    void compress(std::int64_t first, std::int64_t end) {
        for (std::int64_t i = first; i < end; ++i) {
            auto& chunk = chunks_[static_cast<std::size_t>(i)];
            chunk.resize(set_.frame_bytes() + BLOSC_MAX_OVERHEAD);
            const int size =
                blosc_compress_ctx(1, BLOSC_BITSHUFFLE, info_of(set_.type).pixel_bytes, set_.frame_bytes(),
                                   set_.frame(i).data(), chunk.data(), chunk.size(), "zstd", block_bytes_, 1);
            chunk.resize(static_cast<std::size_t>(std::max(size, 0)));
        }
    }
    void decompress(std::int64_t first, std::int64_t end, std::vector<std::byte>& frame) {
        for (std::int64_t i = first; i < end; ++i)
            blosc_decompress_ctx(chunks_[static_cast<std::size_t>(i)].data(), frame.data(), frame.size(), 1);
    }

    const Set& set_;
    std::size_t block_bytes_;
    std::vector<std::vector<std::byte>> chunks_;
    std::vector<std::byte> frame_;
    std::vector<std::byte> other_frame_;
};

void write_file(const Set& set, const std::filesystem::path& path, const std::string& codec,
                const RunContext& context) {
    WriterOptions options;
    options.nx = set.nx;
    options.ny = set.ny;
    options.type = set.type;
    options.codec = codec;
    options.overwrite = true;
    Writer writer(path, options);
    writer.append(set.pixels, context);
    writer.finish();
}

/// One chunk in memory, decoded and nothing else: what reading a frame from a file is measured against.
class DecodeAlone {
  public:
    DecodeAlone(const std::filesystem::path& path, std::int64_t frame)
        : file_(open_file_source(path), {}), frame_(frame), scratch_(file_.decoder().make_scratch()) {
        const auto range = file_.range_of(frame);
        chunk_.resize(range.bytes);
        file_.source().read_at(range.offset, chunk_);
    }
    void decode(std::span<std::byte> out) {
        NoObserver observer;
        file_.decode(frame_, chunk_, out, *scratch_, observer);
    }

  private:
    class NoObserver final : public codec::FrameObserver {
        void observe(std::span<const std::byte>) override {}
    };
    container::MrcFile file_;
    std::int64_t frame_;
    std::unique_ptr<codec::Scratch> scratch_;
    std::vector<std::byte> chunk_;
};

/// The codec rans through files, as a user of the library comes by it; nothing for pixels that it does not take.
class RansFiles {
  public:
    RansFiles(const Set& set, const std::filesystem::path& folder, const RunContext& with_two)
        : set_(set), path_(folder / "bench_rans.mrcz"), with_two_(with_two) {
        if (set.type == PixelType::float32) return;
        write({});
        reader_.emplace(path_);
        alone_.emplace(path_, set.frames / 2);
    }
    ~RansFiles() { std::filesystem::remove(path_); }
    RansFiles(const RansFiles&) = delete;
    RansFiles& operator=(const RansFiles&) = delete;

    void add_writing(Table& table) {
        if (!reader_) return;
        table.add("write_rans_1", [this] { write({}); });
        table.add("write_rans_2", [this] { write(with_two_); });
    }
    void add_reading(Table& table, std::span<std::byte> out) {
        if (!reader_) return;
        const auto frame = out.first(set_.frame_bytes());
        table.add("read_rans_1", [this, out] { reader_->read_frames(0, set_.frames, out); });
        table.add("read_rans_2", [this, out] { reader_->read_frames(0, set_.frames, out, with_two_); });
        table.add("one_frame_rans_1", [this, frame] { reader_->read_frames(set_.frames / 2, 1, frame); });
        table.add("one_frame_rans_2", [this, frame] { reader_->read_frames(set_.frames / 2, 1, frame, with_two_); });
        table.add("one_frame_rans_decode", [this, frame] { alone_->decode(frame); });
    }
    std::uintmax_t bytes() const { return reader_ ? std::filesystem::file_size(path_) : 0; }
    /// Reads the file with two threads; true where there is none.
    bool gives_back(std::span<std::byte> out) const {
        if (reader_) Reader(path_).read_frames(0, set_.frames, out, with_two_);
        return !reader_ || std::ranges::equal(out, set_.pixels);
    }

  private:
    void write(const RunContext& context) const { write_file(set_, path_, "rans", context); }

    const Set& set_;
    std::filesystem::path path_;
    const RunContext& with_two_;
    std::optional<Reader> reader_;
    std::optional<DecodeAlone> alone_;
};

/// What the machine does to bytes of that size when nobody codes them.
class PlainCopy {
  public:
    PlainCopy(const Set& set, const std::filesystem::path& folder)
        : from_(folder / "bench_plain.mrc"), to_(folder / "bench_copy.mrc") {
        write_file(set, from_, "raw", {});
    }
    ~PlainCopy() {
        std::filesystem::remove(from_);
        std::filesystem::remove(to_);
    }
    PlainCopy(const PlainCopy&) = delete;
    PlainCopy& operator=(const PlainCopy&) = delete;

    void copy() const { std::filesystem::copy_file(from_, to_, std::filesystem::copy_options::overwrite_existing); }

  private:
    std::filesystem::path from_, to_;
};

void run(const std::vector<std::string>& arguments) {
    const Set set = load(arguments);
    const std::filesystem::path folder = arguments[5];
    const int rounds = arguments.size() > 6 ? std::stoi(arguments[6]) : 7;
    const auto zstd_path = folder / "bench_zstd.mrcz";
    const auto lz4_path = folder / "bench_lz4.mrcz";
    ThreadExecutor two(2);
    RunContext with_two;
    with_two.executor = &two;
    write_file(set, zstd_path, "zstd", {});
    write_file(set, lz4_path, "lz4", {});
    std::vector<std::byte> out(set.pixels.size());
    std::vector<std::byte> copy(set.pixels.size());
    const Reader zstd_reader(zstd_path);
    const Reader lz4_reader(lz4_path);
    BloscPeer blosc_64k(set, 65536);
    BloscPeer blosc_1m(set, 1 << 20);
    const auto one_frame = std::span(out).first(set.frame_bytes());
    const std::int64_t middle = set.frames / 2;
    DecodeAlone alone(zstd_path, middle);

    RansFiles rans(set, folder, with_two);
    const PlainCopy plain(set, folder);

    Table table;
    table.add("memcpy", [&] { std::copy(set.pixels.begin(), set.pixels.end(), copy.begin()); });
    table.add("write_zstd_1", [&] { write_file(set, zstd_path, "zstd", {}); });
    table.add("write_zstd_2", [&] { write_file(set, zstd_path, "zstd", with_two); });
    rans.add_writing(table);
    table.add("cp", [&] { plain.copy(); });
    table.add("write_lz4_1", [&] { write_file(set, lz4_path, "lz4", {}); });
    table.add("blosc_64k_compress", [&] { blosc_64k.compress(); });
    table.add("blosc_1m_compress", [&] { blosc_1m.compress(); });
    table.add("blosc_1m_compress_on_two", [&] { blosc_1m.compress_on_two(); });
    table.add("read_zstd_1", [&] { zstd_reader.read_frames(0, set.frames, out); });
    table.add("read_zstd_2", [&] { zstd_reader.read_frames(0, set.frames, out, with_two); });
    rans.add_reading(table, out);
    table.add("read_lz4_1", [&] { lz4_reader.read_frames(0, set.frames, out); });
    table.add("blosc_64k_decompress", [&] { blosc_64k.decompress(); });
    table.add("blosc_1m_decompress", [&] { blosc_1m.decompress(); });
    table.add("blosc_1m_decompress_on_two", [&] { blosc_1m.decompress_on_two(); });
    table.add("one_frame_file", [&] { zstd_reader.read_frame(middle, one_frame); });
    table.add("one_frame_decode", [&] { alone.decode(one_frame); });
    table.add("open", [&] { const Reader reader(zstd_path); });
    table.run(rounds);
    if (out != set.pixels) zstd_reader.read_frames(0, set.frames, out);
    if (out != set.pixels) throw std::runtime_error("pixels differ");
    std::ranges::fill(out, std::byte{0});
    if (!rans.gives_back(out)) throw std::runtime_error("pixels of rans differ");

    std::cout << fmt::format(
        "{{\"bytes\":{},\"zstd_bytes\":{},\"lz4_bytes\":{},\"rans_bytes\":{},\"blosc_64k_bytes\":{},\"blosc_1m_bytes\":"
        "{}{}}}\n",
        set.pixels.size(), std::filesystem::file_size(zstd_path), std::filesystem::file_size(lz4_path), rans.bytes(),
        blosc_64k.bytes(), blosc_1m.bytes(), table.json());
    std::filesystem::remove(zstd_path);
    std::filesystem::remove(lz4_path);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 6) {
        std::cerr << "usage: bench_files PIXELS.raw TYPE NX NY FRAMES FOLDER [RUNS]\n";
        return 2;
    }
    try {
        run(arguments);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench_files: " << error.what() << '\n';
        return 1;
    }
}
