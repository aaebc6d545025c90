#include "foreign/hdf5_chunks.hpp"

#include <array>
#include <span>
#include <string>

#include "base/checked.hpp"
#include "base/fail.hpp"

namespace mrcz::foreign {
namespace {

constexpr std::string_view action = "read how it is stored";
constexpr H5Z_filter_t length_filter = 511;  // the last of the numbers that are free for use within a program

/// In the library's signature; 0 says that it failed. Told the length in two parts, as it counts in 32 bits.
std::size_t require_length(unsigned flags, std::size_t values, const unsigned* told, std::size_t bytes, std::size_t*,
                           void**) {
    if ((flags & H5Z_FLAG_REVERSE) == 0) return bytes;
    return values == 2 && bytes == (std::uint64_t{told[1]} << 32 | told[0]) ? bytes : 0;
}

void provide_length_filter() {
    if (H5Zfilter_avail(length_filter) > 0) return;
    const H5Z_class2_t filter{H5Z_CLASS_T_VERS,   length_filter, 1,       1,
                              "a chunk's length", nullptr,       nullptr, require_length};
    hdf5_checked(H5Zregister(&filter), "teach HDF5 a filter", ErrorCode::internal);
}

struct FilterOptions {
    H5Z_filter_t id = 0;
    std::vector<unsigned> values;
};

FilterOptions filter_options(hid_t properties, unsigned index) {
    FilterOptions filter;
    unsigned flags = 0;
    unsigned config = 0;
    std::size_t count = 0;
    std::array<char, 2> name{};
    H5Pget_filter2(properties, index, &flags, &count, nullptr, name.size(), name.data(), &config);
    filter.values.resize(count);
    filter.id = hdf5_checked(
        H5Pget_filter2(properties, index, &flags, &count, filter.values.data(), name.size(), name.data(), &config),
        "read the dataset's filters");
    return filter;
}

/// The dataset's own without its filters.
Hdf5Handle unfiltered(hid_t dataset) {
    Hdf5Handle properties(H5Dget_create_plist(dataset), H5Pclose, action);
    hdf5_checked(H5Premove_filter(properties.get(), H5Z_FILTER_ALL), action);
    hdf5_checked(H5Pset_chunk_opts(properties.get(), 0), action);
    return properties;
}

/// Optional: there need be no encoder here.
void add_filter(hid_t properties, H5Z_filter_t id, std::span<const unsigned> values) {
    hdf5_checked(H5Pset_filter(properties, id, H5Z_FLAG_OPTIONAL, values.size(), values.data()), action);
}

Hdf5Handle file_in_memory() {
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make room for chunks");
    constexpr std::size_t step = std::size_t{1} << 20;
    hdf5_checked(H5Pset_fapl_core(access.get(), step, 0), "make room for chunks");
    return {H5Fcreate("chunks", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose, "make room for chunks"};
}

/// What has to be asked for to have `filter` stored as it is: some put values of their own before those they are given.
std::vector<unsigned> values_that_give(const FilterOptions& filter, hid_t dataset, hid_t type, hid_t space) {
    const Hdf5Handle file = file_in_memory();
    for (std::size_t left_out = 0; left_out <= filter.values.size(); ++left_out) {
        const auto asked = std::span(filter.values).subspan(left_out);
        const Hdf5Handle properties = unfiltered(dataset);
        add_filter(properties.get(), filter.id, asked);
        const std::string name = concat(left_out);
        const hid_t made =
            H5Dcreate2(file.get(), name.c_str(), type, space, H5P_DEFAULT, properties.get(), H5P_DEFAULT);
        if (made < 0) continue;
        const Hdf5Handle trial(made, H5Dclose, action);
        const Hdf5Handle stored(H5Dget_create_plist(trial.get()), H5Pclose, action);
        if (filter_options(stored.get(), 0).values == filter.values) return {asked.begin(), asked.end()};
    }
    fail(ErrorCode::unsupported, "its chunks are coded with HDF5 filter ", filter.id,
         ", whose decoding cannot be checked here; `h5repack -f GZIP=1` writes the file so that it can");
}

/// The dataset's own with the check before its filters: what comes first in writing is last in reading.
Hdf5Handle checked_properties(hid_t dataset, hid_t type, hid_t space, std::uint64_t chunk_bytes) {
    const Hdf5Handle own(H5Dget_create_plist(dataset), H5Pclose, action);
    const int count = hdf5_checked(H5Pget_nfilters(own.get()), action);
    Hdf5Handle properties = unfiltered(dataset);
    const std::array<unsigned, 2> length{static_cast<unsigned>(chunk_bytes), static_cast<unsigned>(chunk_bytes >> 32)};
    hdf5_checked(H5Pset_filter(properties.get(), length_filter, 0, length.size(), length.data()), action);
    for (int i = 0; i < count; ++i) {
        const FilterOptions filter = filter_options(own.get(), static_cast<unsigned>(i));
        add_filter(properties.get(), filter.id, values_that_give(filter, dataset, type, space));
    }
    return properties;
}

/// 0 of a chunk that was never written. The first call is quick, the second tells what its failure means.
hsize_t stored_bytes(hid_t dataset, const std::vector<hsize_t>& chunk) {
    hsize_t bytes = 0;
    if (H5Dget_chunk_storage_size(dataset, chunk.data(), &bytes) >= 0) return bytes;
    unsigned left_out = 0;
    haddr_t address = 0;
    hdf5_checked(H5Dget_chunk_info_by_coord(dataset, chunk.data(), &left_out, &address, &bytes), "find a chunk");
    return bytes;
}

}  // namespace

Hdf5Handle chunk_cache_of(std::uint64_t bytes) {
    Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "open a dataset");
    constexpr std::size_t slots = 12'421;
    hdf5_checked(H5Pset_chunk_cache(access.get(), slots, static_cast<std::size_t>(bytes), 1.0),
                 "set the size of its cache");
    return access;
}

Hdf5Chunks::Hdf5Chunks(hid_t dataset, std::uint64_t cache_bytes, const Limits& limits)
    : dataset_(dataset),
      type_(H5Dget_type(dataset), H5Tclose, "read its type"),
      space_(H5Dget_space(dataset), H5Sclose, "read its shape"),
      cache_bytes_(cache_bytes) {
    provide_length_filter();
    const auto axes =
        static_cast<std::size_t>(hdf5_checked(H5Sget_simple_extent_ndims(space_.get()), "read its shape"));
    shape_.resize(axes);
    chunk_.resize(axes);
    hdf5_checked(H5Sget_simple_extent_dims(space_.get(), shape_.data(), nullptr), "read its shape");
    const Hdf5Handle own(H5Dget_create_plist(dataset), H5Pclose, "read how it is stored");
    hdf5_checked(H5Pget_chunk(own.get(), static_cast<int>(axes), chunk_.data()), "read its chunks' shape");
    unsigned options = 0;
    hdf5_checked(H5Pget_chunk_opts(own.get(), &options), "read its chunks' options");
    edges_unfiltered_ = (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
    chunk_bytes_ = H5Tget_size(type_.get());
    for (const hsize_t size : chunk_) chunk_bytes_ = checked_mul(chunk_bytes_, std::uint64_t{size}, "bytes of a chunk");
    if (chunk_bytes_ > limits.frame_bytes)
        fail(ErrorCode::limit_exceeded, "chunks of ", chunk_bytes_, " bytes, more than the limit of ",
             limits.frame_bytes);
    properties_ = checked_properties(dataset, type_.get(), space_.get(), chunk_bytes_);
}

hid_t Hdf5Chunks::with(const std::vector<hsize_t>& place, const std::vector<hsize_t>& counts) {
    if (copy_.get() < 0 || place[0] / chunk_[0] != row_) start_row(place[0] / chunk_[0]);
    std::vector<hsize_t> first(shape_.size());
    std::vector<hsize_t> last(shape_.size());
    for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
        first[axis] = place[axis] / chunk_[axis] * chunk_[axis];
        last[axis] = place[axis] + counts[axis] - 1;
    }
    for (std::vector<hsize_t> at = first;;) {
        take(at);
        std::size_t axis = shape_.size();
        while (axis > 0 && (at[axis - 1] += chunk_[axis - 1]) > last[axis - 1]) {
            at[axis - 1] = first[axis - 1];
            --axis;
        }
        if (axis == 0) return copy_.get();
    }
}

void Hdf5Chunks::start_row(hsize_t row) {
    copy_.close();
    file_.close();
    taken_.clear();
    file_ = file_in_memory();
    const Hdf5Handle reading = chunk_cache_of(cache_bytes_);
    copy_ = Hdf5Handle(
        H5Dcreate2(file_.get(), "chunks", type_.get(), space_.get(), H5P_DEFAULT, properties_.get(), reading.get()),
        H5Dclose, "make room for chunks");
    row_ = row;
}

/// One that was never written stays so in the copy: its numbers are the fill value.
void Hdf5Chunks::take(const std::vector<hsize_t>& chunk) {
    if (!taken_.insert(chunk).second) return;
    const hsize_t bytes = stored_bytes(dataset_, chunk);
    if (bytes == 0) return;
    if (bytes > 2 * chunk_bytes_ + 4096)
        fail(ErrorCode::corrupt, "a chunk of ", bytes, " bytes, where ", chunk_bytes_, " were coded");
    std::vector<std::byte> stored(static_cast<std::size_t>(bytes));
    std::uint32_t left_out = 0;
    hdf5_checked(H5Dread_chunk(dataset_, H5P_DEFAULT, chunk.data(), &left_out, stored.data()), "read a chunk");
    constexpr std::uint32_t all_but_the_check = 0xfffffffe;
    const std::uint32_t mask = is_unfiltered_edge(chunk) ? all_but_the_check : left_out << 1;
    hdf5_checked(H5Dwrite_chunk(copy_.get(), H5P_DEFAULT, mask, chunk.data(), stored.size(), stored.data()),
                 "keep a chunk");
}

bool Hdf5Chunks::is_unfiltered_edge(const std::vector<hsize_t>& at) const {
    if (!edges_unfiltered_) return false;
    for (std::size_t axis = 0; axis < shape_.size(); ++axis)
        if (at[axis] + chunk_[axis] > shape_[axis]) return true;
    return false;
}

}  // namespace mrcz::foreign
