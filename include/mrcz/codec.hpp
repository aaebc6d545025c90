// The codecs of this build: one row each. The command line, the tests and the bindings walk this table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mrcz/export.h"

namespace MRCZ_API mrcz {

enum class Loss { lossless, bounded, lossy };

/// How bytes are arranged before a blosc codec compresses them.
enum class Filter {
    /// Measured on blocks from all over the stack (as far as it is there when the first frame is compressed): bitshuffle
    /// unless byte-shuffle makes them 1 % smaller, or no filter, which is slower, 5 % (2 % from level 3 on).
    automatic,
    none,
    byteshuffle,
    bitshuffle,  ///< McLeod et al. 2018, section 2.2
};

struct CodecInfo {
    std::uint16_t id;       ///< MODE = pixel mode + 1000 * id
    std::string_view name;  ///< as given to --codec
    Loss loss;
    std::uint32_t frames_per_chunk;
    bool needs_model;                                ///< stores a model chunk before its data
    bool writes;                                     ///< this build encodes with it
    bool reads;                                      ///< this build decodes it
    int least_level, default_level, greatest_level;  ///< all 0: it has no levels
    std::string_view summary;
    std::string_view why_not;  ///< why it does not read or write here; empty when it does both
    /// MB/s (10^6 bytes of pixels) that a thread compresses at the default level: counts of one electron a pixel on one
    /// processor with AVX-512 (docs/performance.md). Stated, not measured here, so that what is chosen by it is chosen
    /// everywhere; to be compared with each other. 0: not stated.
    unsigned speed = 0;
};

struct CodecOptions {
    int level = 0;                  ///< 0: the codec's default
    std::uint64_t block_bytes = 0;  ///< bytes a blosc codec compresses at a time; 0: 1 MiB
    Filter filter = Filter::automatic;
};

[[nodiscard]] std::span<const CodecInfo> codecs() noexcept;
/// Null when there is no such row.
[[nodiscard]] const CodecInfo* find_codec(std::string_view name) noexcept;
[[nodiscard]] const CodecInfo* find_codec(std::uint16_t id) noexcept;

}  // namespace mrcz
