// Valid inputs, made from a seed and from testdata: small, so that a change of one byte is a large one.
#include "codec/codec.hpp"
#include "kit/chunks.hpp"
#include "kit/files.hpp"
#include "kit/images.hpp"
#include "mrcz/jobs.hpp"
#include "mrcz/metadata.hpp"
#include "mrcz/writer.hpp"
#include "targets.hpp"

namespace mrcz::fuzz {
namespace {

Bytes bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

Bytes behind(std::initializer_list<int> first, std::span<const std::byte> rest) {
    Bytes bytes;
    for (const int byte : first) bytes.push_back(static_cast<std::byte>(byte));
    append(bytes, rest);
    return bytes;
}

constexpr std::string_view documents[] = {
    R"({"detector":{"name":"K2","gain":[1.5,2,-3e-7]},"note":"Größe","on":true,"off":null})",
    R"([[],{},"",0,-1,1e308,18446744073709551615,"é😀\n"])",
    R"([[[[[[[[1]]]]]]]])",
};

std::vector<std::string> codecs_that_write() {
    std::vector<std::string> names;
    for (const CodecInfo& info : codecs())
        if (info.writes) names.emplace_back(info.name);
    return names;
}

Bytes compressed(const Bytes& plain, std::string_view codec, bool with_metadata, bool with_sum = false) {
    const kit::TemporaryFolder folder;
    kit::write_file(folder / "plain", plain);
    CompressOptions options;
    options.codec = codec;
    options.coding.block_bytes = 64;
    options.keep_sum = with_sum;
    if (with_metadata) options.metadata = Metadata::from_json(documents[0]);
    (void)compress(Input::file(folder / "plain"), Output::file(folder / "packed"), options);
    return kit::read_file(folder / "packed");
}

std::vector<Bytes> small_files() {
    std::vector<Bytes> files;
    for (const PixelType type : kit::pixel_types_with_a_mode())
        for (const ByteOrder order : {ByteOrder::little, ByteOrder::big})
            files.push_back(kit::make_plain_file(
                {.type = type, .nx = 7, .ny = 5, .nz = 2, .order = order, .extended_bytes = 24, .trailing_bytes = 3}));
    return files;
}

/// As python-mrcz leaves it: neither footer nor index, JSON in the extended header.
Bytes without_footer(const Bytes& file, std::string_view document) {
    const auto data = 1024 + load_le<std::uint32_t>(&file[92]);
    const auto packed = load_le<std::uint64_t>(&file[144]);
    Bytes bare(file.begin(), file.begin() + 1024);
    store_le(&bare[92], static_cast<std::uint32_t>(document.size()));
    const std::string_view label = "MRCZ0.5.7";
    for (std::size_t i = 0; i < label.size(); ++i) bare[224 + i] = static_cast<std::byte>(label[i]);
    const std::string_view type = "json";
    for (std::size_t i = 0; i < type.size(); ++i) bare[104 + i] = static_cast<std::byte>(type[i]);
    append(bare, std::as_bytes(std::span(document)));
    append(bare, std::span(file).subspan(data, static_cast<std::size_t>(packed)));
    return bare;
}

}  // namespace

std::vector<Bytes> header_seeds() {
    std::vector<Bytes> seeds;
    for (const Bytes& file : small_files()) seeds.emplace_back(file.begin(), file.begin() + 1024);
    for (const char* name : {"input_mrc.mrc", "projections.mrcs", "EMD-3197.map", "signed_ints.mrc", "TS_run1.st"}) {
        const Bytes file = kit::read_file(kit::testdata() / name);
        seeds.emplace_back(file.begin(), file.begin() + 1024);
    }
    return seeds;
}

std::vector<Bytes> metadata_seeds() {
    std::vector<Bytes> seeds;
    for (const std::string_view document : documents) {
        const Metadata packed = Metadata::from_json(document).converted_to(MetadataFormat::msgpack);
        seeds.push_back(behind({0}, bytes_of(document)));
        seeds.push_back(behind({1}, packed.stored()));
    }
    seeds.push_back(behind({1, 0x82, 0xa1, 'b', 0xc4, 2, 7, 8, 0xa1, 't', 0xd6, 0xff, 0x60, 0, 0, 0}, {}));
    seeds.push_back(behind({1, 0x92, 0xca, 0x7f, 0xc0, 0, 0, 0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0}, {}));
    return seeds;
}

std::vector<Bytes> footer_seeds() {
    std::vector<Bytes> seeds;
    for (const bool with_metadata : {false, true}) {
        const Bytes plain = kit::make_plain_file({.nx = 7, .ny = 5, .nz = 2, .trailing_bytes = 5});
        const Bytes file = compressed(plain, "lz4", with_metadata);
        const auto footer = std::span(file).subspan(1024 + load_le<std::uint64_t>(&file[144]));
        seeds.push_back(behind({0, 2}, footer));
        seeds.push_back(behind({1, 2}, footer));
    }
    return seeds;
}

std::vector<Bytes> chunk_seeds() {
    std::vector<Bytes> seeds;
    const auto add = [&](const Bytes& chunk) { seeds.push_back(behind({0, 1}, chunk)); };
    const Bytes frame = kit::make_pixels(PixelType::int16, 160);
    const Bytes noise = kit::make_noise(64);
    for (const std::string& name : codecs_that_write()) {
        const CodecInfo& info = *find_codec(name);
        if (codec::reading_row(info.id).chunk_size == nullptr) continue;
        for (const Filter filter : {Filter::none, Filter::byteshuffle, Filter::bitshuffle})
            for (const Bytes* pixels : {&frame, &noise}) {
                const auto encoder = codec::writing_row(info).prepare_encoder(
                    info, {PixelType::int16, pixels->size()}, {.level = 0, .block_bytes = 128, .filter = filter}, {});
                struct : codec::FrameObserver {
                    void observe(std::span<const std::byte>) override {}
                } nobody;
                Bytes chunk(encoder->chunk_bound());
                chunk.resize(encoder->encode(*pixels, chunk, *encoder->make_scratch(), nobody));
                add(chunk);
                add(kit::as_blosc2(chunk));
            }
    }
    add(kit::chunk_around(2, kit::as_snappy(frame), frame.size()));
    add(kit::blosc2_header(0, 4, 4000, 4000, 32, {.flags = 0x10}));
    return seeds;
}

std::vector<Bytes> reader_seeds() {
    std::vector<Bytes> seeds;
    for (const Bytes& file : small_files()) {
        seeds.push_back(behind({0}, file));
        seeds.push_back(behind({1}, compressed(file, "zstd", false)));
    }
    const Bytes plain = kit::make_plain_file({.nx = 7, .ny = 5, .nz = 3});
    for (const std::string& name : codecs_that_write()) {
        if (name == "raw") continue;
        const Bytes file = compressed(plain, name, true, true);
        seeds.push_back(behind({1}, file));
        seeds.push_back(behind({0}, without_footer(file, documents[0])));
    }
    return seeds;
}

}  // namespace mrcz::fuzz
