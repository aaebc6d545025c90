#include "verbs.hpp"

#include <array>

namespace mrcz::cli {
namespace {

constexpr std::array<Verb, 11> table{{
    {"compress", "MRC to MRCZ, restorable byte for byte", run_compress},
    {"decompress", "MRCZ back to the original MRC", run_decompress},
    {"cat", "the restored file, or some of its frames, on standard output", run_cat},
    {"append", "frames of other files onto a finished one", run_append},
    {"info", "header, metadata, sizes, statistics; reads no pixel", run_info},
    {"verify", "decode everything and check every hash; writes nothing", run_verify},
    {"repair", "finish what a crash left; save what is whole of a damaged file", run_repair},
    {"process", "gain, outlier pixels, KOMA: one movie or a session of movies", run_process},
    {"convert", "to and from Zarr and HDF5, frames moved as they are", run_convert},
    {"zarr", "files shown to Zarr where they lie: a folder or references", run_zarr},
    {"codecs", "what this build can read and write", run_codecs},
}};

}  // namespace

std::span<const Verb> verbs() noexcept { return table; }

const Verb* find_verb(std::string_view name) noexcept {
    for (const Verb& verb : table)
        if (verb.name == name) return &verb;
    return nullptr;
}

}  // namespace mrcz::cli
