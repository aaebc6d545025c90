// JSON beside MessagePack on 25 MB of nested metadata, plain and compressed: McLeod et al. 2018, section 3. Prints
// Markdown.
//
// usage: bench_metadata [MEGABYTES] [RUNS]
#include <fmt/format.h>
#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "mrcz/metadata.hpp"

namespace {

using namespace mrcz;
using Bytes = std::vector<std::byte>;

/// What an acquisition program writes for every frame: nested maps, numbers of all sizes, short and long text.
std::string acquisition_record(std::mt19937_64& random, std::size_t number) {
    const auto uniform = [&](double scale) { return scale * static_cast<double>(random() >> 11) / 9007199254740992.0; };
    std::string text = fmt::format(
        R"({{"frame":{},"time":"2018-05-{:02}T{:02}:{:02}:{:02}.{:03}Z","stage":{{"x_um":{:.4f},"y_um":{:.4f},)"
        R"("z_um":{:.3f},"tilt_deg":{:.2f}}},"beam":{{"voltage_kv":300,"spot":{},"shift":[{:.6f},{:.6f}],)"
        R"("stigmators":{{"condenser":[{:.5f},{:.5f}],"objective":[{:.5f},{:.5f}]}}}},"detector":{{"name":"K2 Summit",)"
        R"("mode":"counted","dose_rate":{:.3f},"hot_pixels":[)",
        number, 1 + number % 28, random() % 24, random() % 60, random() % 60, random() % 1000, uniform(2000) - 1000,
        uniform(2000) - 1000, uniform(100), uniform(120) - 60, random() % 11, uniform(1), uniform(1), uniform(1),
        uniform(1), uniform(1), uniform(1), uniform(8));
    for (std::size_t pixel = 0, count = random() % 24; pixel < count; ++pixel)
        text += fmt::format("{}[{},{}]", pixel == 0 ? "" : ",", random() % 3838, random() % 3710);
    return text + fmt::format(R"(]}},"drift":{{"x":[{:.4f},{:.4f},{:.4f}],"y":[{:.4f},{:.4f},{:.4f}]}},"valid":{},)"
                              R"("comment":"Größe {} nm, square {} of grid {}","operator":null}})",
                              uniform(4), uniform(4), uniform(4), uniform(4), uniform(4), uniform(4),
                              random() % 2 == 0 ? "true" : "false", random() % 90, random() % 400, random() % 12);
}

std::string nested_document(std::size_t bytes) {
    std::mt19937_64 random(2018);
    std::string text = R"({"session":{"microscope":"Titan Krios","records":[)";
    for (std::size_t number = 0; text.size() < bytes; ++number) {
        if (number > 0) text += ',';
        text += acquisition_record(random, number);
    }
    return text + "]}}";
}

double median_seconds(int runs, const std::function<void()>& work) {
    std::vector<double> times;
    for (int run = 0; run <= runs; ++run) {
        const auto start = std::chrono::steady_clock::now();
        work();
        if (run > 0) times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
}

struct Compressor {
    const char* name;
    std::function<Bytes(std::span<const std::byte>)> pack;
    std::function<void(std::span<const std::byte>, Bytes&)> unpack;
};

std::vector<Compressor> compressors() {
    const auto text = [](const auto& bytes) { return reinterpret_cast<const char*>(bytes.data()); };
    const auto lz4_pack = [text](std::span<const std::byte> raw) {
        Bytes packed(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(raw.size()))));
        const int size = LZ4_compress_default(text(raw), reinterpret_cast<char*>(packed.data()),
                                              static_cast<int>(raw.size()), static_cast<int>(packed.size()));
        packed.resize(static_cast<std::size_t>(size));
        return packed;
    };
    const auto lz4_unpack = [text](std::span<const std::byte> packed, Bytes& raw) {
        (void)LZ4_decompress_safe(text(packed), reinterpret_cast<char*>(raw.data()), static_cast<int>(packed.size()),
                                  static_cast<int>(raw.size()));
    };
    const auto zstd_pack = [](std::span<const std::byte> raw) {
        Bytes packed(ZSTD_compressBound(raw.size()));
        packed.resize(ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), 3));
        return packed;
    };
    const auto zstd_unpack = [](std::span<const std::byte> packed, Bytes& raw) {
        (void)ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
    };
    return {{"plain", [](std::span<const std::byte> raw) { return Bytes(raw.begin(), raw.end()); },
             [](std::span<const std::byte> packed, Bytes& raw) { std::ranges::copy(packed, raw.begin()); }},
            {"lz4", lz4_pack, lz4_unpack},
            {"zstd", zstd_pack, zstd_unpack}};
}

/// Writing is making the document from the other format and compressing it; reading is decompressing and checking it.
void measure(const Metadata& document, const Metadata& other, std::size_t json_bytes, int runs) {
    const bool json = document.format() == MetadataFormat::json;
    const Limits limits{.metadata_bytes = std::uint64_t{1} << 32};
    for (const Compressor& compressor : compressors()) {
        const Bytes packed = compressor.pack(document.stored());
        Bytes raw(document.stored().size());
        const double writing = median_seconds(
            runs, [&] { (void)compressor.pack(other.converted_to(document.format(), limits).stored()); });
        const double reading = median_seconds(runs, [&] {
            compressor.unpack(packed, raw);
            if (json)
                (void)Metadata::from_json({reinterpret_cast<const char*>(raw.data()), raw.size()}, limits);
            else
                (void)Metadata::from_msgpack(raw, limits);
        });
        fmt::print("| {} | {} | {:.2f} | {:.2f} | {:.0f} | {:.0f} |\n", json ? "JSON" : "MessagePack", compressor.name,
                   static_cast<double>(packed.size()) / 1e6,
                   static_cast<double>(json_bytes) / static_cast<double>(packed.size()), writing * 1e3, reading * 1e3);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t megabytes = argc > 1 ? std::stoul(argv[1]) : 25;
    const int runs = argc > 2 ? std::stoi(argv[2]) : 5;
    const std::string text = nested_document(megabytes * 1000000);
    const Metadata json = Metadata::from_json(text);
    const Metadata msgpack = json.converted_to(MetadataFormat::msgpack);
    fmt::print("| format | compression | MB | JSON plain / this | write, ms | read, ms |\n|---|---|---|---|---|---|\n");
    measure(json, msgpack, text.size(), runs);
    measure(msgpack, json, text.size(), runs);
}
