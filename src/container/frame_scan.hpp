// Reading frames that may be damaged: each is decoded, hashed and measured, and what is wrong with one stops no other.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "container/frame_tables.hpp"
#include "container/mrc_file.hpp"
#include "mrcz/run_context.hpp"

namespace mrcz::container {

/// Hashes to compare with, as far as they reach; empty where nothing is known.
struct KnownHashes {
    std::vector<std::uint64_t> frames;
    std::vector<std::uint64_t> chunks;  ///< looked at where the frame's hash is not known
};

struct ScannedFrame {
    std::int64_t frame = 0;
    ChunkRange range;
    std::string trouble;  ///< why it is lost; empty: it is whole
    CodedFrame coded;     ///< its bytes as they lie in the file, valid while it is handed over
};

/// Hands over frames `first` … `end` - 1 in order, decoded side by side. Throws only what is about no frame.
void scan_frames(const MrcFile& file, std::int64_t first, std::int64_t end, const KnownHashes& known,
                 const std::function<void(const ScannedFrame&)>& take, const RunContext& context);

}  // namespace mrcz::container
