// Chunks of an HDF5 dataset decoded by its filters, with what they decode to measured before it is taken for numbers.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "foreign/hdf5_session.hpp"
#include "mrcz/limits.hpp"

namespace mrcz::foreign {

/// How to open a dataset with room for `bytes` of decoded chunks.
[[nodiscard]] Hdf5Handle chunk_cache_of(std::uint64_t bytes);

/// The library takes a chunk for as long as the dataset's chunks are, whatever its filters made of it. Here they run
/// over a copy in memory, of one row of chunks at a time, with a filter behind them that refuses other lengths.
class Hdf5Chunks {
  public:
    /// `dataset` is chunked and must outlive it; `cache_bytes` hold what is decoded. Throws Error{limit_exceeded} for
    /// chunks beyond `limits`.
    Hdf5Chunks(hid_t dataset, std::uint64_t cache_bytes, const Limits& limits);

    /// A dataset that has the chunks of one step along the leading axes (`place`, `counts`), to be read as the other.
    /// Valid until the next call. Throws Error{corrupt} for chunks larger than any filter makes them.
    [[nodiscard]] hid_t with(const std::vector<hsize_t>& place, const std::vector<hsize_t>& counts);

    [[nodiscard]] std::uint64_t chunk_bytes() const noexcept { return chunk_bytes_; }

  private:
    void start_row(hsize_t row);
    void take(const std::vector<hsize_t>& chunk);
    [[nodiscard]] bool is_unfiltered_edge(const std::vector<hsize_t>& at) const;

    hid_t dataset_;
    Hdf5Handle properties_;
    Hdf5Handle type_;
    Hdf5Handle space_;
    std::vector<hsize_t> shape_;
    std::vector<hsize_t> chunk_;
    std::uint64_t chunk_bytes_;
    std::uint64_t cache_bytes_;
    bool edges_unfiltered_ = false;
    hsize_t row_ = 0;
    Hdf5Handle file_;
    Hdf5Handle copy_;
    std::set<std::vector<hsize_t>> taken_;
};

}  // namespace mrcz::foreign
