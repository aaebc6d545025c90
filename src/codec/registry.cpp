#include <array>

#include "base/fail.hpp"
#include "codec/blosc/blosc.hpp"
#include "codec/blosc/blosc2_header.hpp"
#include "codec/blosc/chunk.hpp"
#include "codec/codec.hpp"
#include "codec/rans/rans.hpp"
#include "codec/raw.hpp"

namespace mrcz {
namespace {

using codec::CodecRow;

/// A blosc codec with levels 1-9.
constexpr CodecRow blosc_row(std::uint16_t id, std::string_view name, int default_level, unsigned speed,
                             std::string_view summary) {
    return {{id, name, Loss::lossless, 1, false, true, true, 1, default_level, 9, summary, {}, speed},
            codec::blosc::prepare_encoder,
            codec::blosc::prepare_decoder,
            codec::blosc::chunk_size,
            codec::blosc::frame_size,
            0,
            nullptr,
            nullptr,
            nullptr,
            codec::blosc::parts_to_measure};
}

/// A blosc codec that nothing new is written with.
constexpr CodecRow old_blosc_row(std::uint16_t id, std::string_view name, std::string_view summary,
                                 std::string_view why_not) {
    return {{id, name, Loss::lossless, 1, false, false, true, 0, 0, 0, summary, why_not},
            nullptr,
            codec::blosc::prepare_decoder,
            codec::blosc::chunk_size,
            codec::blosc::frame_size};
}

constexpr std::array<CodecRow, 8> rows{{
    {{0, "raw", Loss::lossless, 1, false, true, true, 0, 0, 0, "plain MRC, not compressed", {}},
     codec::raw::prepare_encoder,
     codec::raw::prepare_decoder,
     nullptr},
    blosc_row(1, "blosclz", 5, 1800, "blosc's own; for readers that have nothing else"),
    blosc_row(2, "lz4", 1, 4800, "fastest; for data on the move"),
    blosc_row(3, "lz4hc", 9, 35, "slow to write, fast to read"),
    old_blosc_row(4, "snappy", "found in old files", "newer programs cannot read it; write zstd instead"),
    blosc_row(5, "zlib", 1, 150, "for readers that have nothing newer"),
    blosc_row(6, "zstd", 1, 2500, "the default: small, fast, read by every MRCZ reader"),
    {{16,
      "rans",
      Loss::lossless,
      1,
      true,
      true,
      true,
      0,
      0,
      0,
      "counts and other integers, close to their entropy; read by mrcz only",
      {},
      5500},
     codec::rans::prepare_encoder,
     codec::rans::prepare_decoder,
     nullptr,
     nullptr,
     codec::rans::chunk_version,
     &codec::rans::model_row,
     codec::rans::takes,
     codec::rans::mode_of},
}};

constexpr auto public_rows = [] {
    std::array<CodecInfo, rows.size()> infos{};
    for (std::size_t i = 0; i < rows.size(); ++i) infos[i] = rows[i].info;
    return infos;
}();

/// python-mrcz 0.6 numbers the plug-ins of c-blosc2 from 7 on, in their own order from 32 on.
void refuse_plugin(std::uint16_t id) {
    constexpr unsigned first_id = 7;
    constexpr unsigned first_plugin = 32;
    const std::string_view name =
        id < first_id ? std::string_view{} : codec::blosc::blosc2_plugin(id - first_id + first_plugin);
    if (name.empty()) return;
    fail(ErrorCode::unsupported, "header: MODE (offset 0xc): codec id ", id, " is ", name,
         ", a plug-in of c-blosc2, which this program does not have; open the file in the python-mrcz (0.6 or later) "
         "that wrote it and write it again with compressor='zstd'");
}

const CodecRow* find_row(std::uint16_t id) {
    for (const CodecRow& row : rows)
        if (row.info.id == id) return &row;
    return nullptr;
}

}  // namespace

std::span<const CodecInfo> codecs() noexcept { return public_rows; }

const CodecInfo* find_codec(std::string_view name) noexcept {
    for (const CodecInfo& info : public_rows)
        if (info.name == name) return &info;
    return nullptr;
}

const CodecInfo* find_codec(std::uint16_t id) noexcept {
    for (const CodecInfo& info : public_rows)
        if (info.id == id) return &info;
    return nullptr;
}

const codec::CodecRow& codec::writing_row(const CodecInfo& info) {
    const CodecRow* row = find_row(info.id);
    if (row == nullptr || !row->info.writes)
        fail(ErrorCode::invalid_argument, "codec ", info.name, " cannot be written: ", info.why_not);
    return *row;
}

const codec::CodecRow& codec::reading_row(std::uint16_t id) {
    const CodecRow* row = find_row(id);
    if (row == nullptr) refuse_plugin(id);
    if (row == nullptr)
        fail(ErrorCode::unsupported, "header: MODE (offset 0xc): codec id ", id,
             " is unknown to this version; `mrcz codecs` lists what it reads");
    return *row;
}

}  // namespace mrcz
