#include "foreign/hdf5_writer.hpp"

#include <algorithm>
#include <array>

#include "base/fail.hpp"
#include "foreign/hdf5_attributes.hpp"
#include "foreign/hdf5_types.hpp"

namespace mrcz::foreign {
namespace {

constexpr std::array<std::string_view, 6> compressors{"blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"};

unsigned number_of_compressor(std::string_view name) {
    const auto found = std::ranges::find(compressors, name);
    if (found == compressors.end()) fail(ErrorCode::internal, "blosc has no compressor ", name);
    return static_cast<unsigned>(found - compressors.begin());
}

unsigned number_of_filter(Filter filter) {
    return filter == Filter::bitshuffle ? 2 : filter == Filter::byteshuffle ? 1 : 0;
}

/// What the filter 32001 is told: its version, that of the chunks, bytes of a number and of a chunk, and how to
/// compress.
std::array<unsigned, 7> blosc_options(const Hdf5Plan& plan) {
    return {2,
            2,
            info_of(plan.type).pixel_bytes,
            static_cast<unsigned>(plan.frame_bytes),
            static_cast<unsigned>(plan.level),
            number_of_filter(plan.filter),
            number_of_compressor(plan.codec)};
}

std::vector<hsize_t> sizes(std::span<const std::uint64_t> from) { return {from.begin(), from.end()}; }

Hdf5Handle creation_properties(const Hdf5Plan& plan) {
    Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "describe the dataset");
    const auto chunk = sizes(plan.chunk);
    const auto options = blosc_options(plan);
    constexpr std::string_view action = "describe the dataset's chunks";
    hdf5_checked(H5Pset_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data()), action);
    hdf5_checked(H5Pset_filter(properties.get(), blosc_filter, H5Z_FLAG_OPTIONAL, options.size(), options.data()),
                 action);
    hdf5_checked(H5Pset_fill_time(properties.get(), H5D_FILL_TIME_NEVER), action);
    return properties;
}

class DatasetWriter final : public Hdf5Writer {
  public:
    DatasetWriter(const std::filesystem::path& path, const Hdf5Plan& plan) {
        const Hdf5Session session;
        provide_blosc_filter();
        file_ = Hdf5Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose,
                           "create the HDF5 file");
        const auto shape = sizes(plan.shape);
        const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose,
                               "describe the dataset's shape");
        const Hdf5Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "make the dataset's groups");
        hdf5_checked(H5Pset_create_intermediate_group(links.get(), 1), "make the dataset's groups");
        const Hdf5Handle type = hdf5_type(plan.type);
        const Hdf5Handle properties = creation_properties(plan);
        dataset_ = Hdf5Handle(H5Dcreate2(file_.get(), plan.dataset.c_str(), type.get(), space.get(), links.get(),
                                         properties.get(), H5P_DEFAULT),
                              H5Dclose, concat("create the dataset ", plan.dataset));
        if (plan.is_nexus) mark_groups(plan.dataset);
    }

    void write_chunk(std::span<const std::uint64_t> place, std::span<const std::byte> chunk) override {
        const Hdf5Session session;
        const auto at = sizes(place);
        hdf5_checked(H5Dwrite_chunk(dataset_.get(), H5P_DEFAULT, 0, at.data(), chunk.size(), chunk.data()),
                     "write a chunk", ErrorCode::io_failed);
    }
    void write_text(const std::string& attribute, const std::string& text) override {
        const Hdf5Session session;
        write_text_attribute(dataset_.get(), attribute, text);
    }
    void write_numbers(const std::string& attribute, std::span<const double> numbers) override {
        const Hdf5Session session;
        write_numbers_attribute(dataset_.get(), attribute, numbers);
    }
    void close() override {
        const Hdf5Session session;
        hdf5_checked(H5Fflush(file_.get(), H5F_SCOPE_LOCAL), "write the HDF5 file", ErrorCode::io_failed);
        dataset_.close();
        file_.close();
    }

  private:
    /// `/entry/data/data`: what NeXus programs open by themselves.
    void mark_groups(const std::string& dataset) {
        const std::size_t data = dataset.rfind('/');
        const std::size_t entry = dataset.rfind('/', data - 1);
        mark_group(dataset.substr(0, entry), "NXentry", "default", dataset.substr(entry + 1, data - entry - 1));
        mark_group(dataset.substr(0, data), "NXdata", "signal", dataset.substr(data + 1));
        write_text_attribute(file_.get(), "default", dataset.substr(1, entry - 1));
    }
    void mark_group(const std::string& path, const std::string& kind, const std::string& points,
                    const std::string& at) {
        const Hdf5Handle group(H5Gopen2(file_.get(), path.c_str(), H5P_DEFAULT), H5Gclose,
                               concat("open the group ", path));
        write_text_attribute(group.get(), "NX_class", kind);
        write_text_attribute(group.get(), points, at);
    }

    Hdf5Handle file_;
    Hdf5Handle dataset_;
};

}  // namespace

std::unique_ptr<Hdf5Writer> make_hdf5_writer(const std::filesystem::path& path, const Hdf5Plan& plan) {
    return std::make_unique<DatasetWriter>(path, plan);
}

std::string_view hdf5_is_missing() noexcept { return {}; }

}  // namespace mrcz::foreign
