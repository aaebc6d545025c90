#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/buffer.hpp"
#include "base/fail.hpp"
#include "codec/blosc/chunk_decoder.hpp"
#include "foreign/array_shape.hpp"
#include "foreign/hdf5_attributes.hpp"
#include "foreign/hdf5_chunks.hpp"
#include "foreign/hdf5_types.hpp"

namespace mrcz::foreign {
namespace {

namespace fs = std::filesystem;

struct Candidate {
    std::string path;
    std::vector<std::uint64_t> shape;
};

std::vector<std::uint64_t> shape_of(hid_t dataset) {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "read the dataset's shape");
    const int axes = H5Sget_simple_extent_ndims(space.get());
    if (axes < 1) return {};
    std::vector<hsize_t> sizes(static_cast<std::size_t>(axes));
    hdf5_checked(H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr), "read the dataset's shape");
    return {sizes.begin(), sizes.end()};
}

/// Datasets that may be images, in groups down to some depth. Links that lead elsewhere are not followed.
class Finder {
  public:
    void search(hid_t group, const std::string& path, int depth) {
        constexpr int most_depth = 16;
        H5G_info_t info{};
        if (depth > most_depth || H5Gget_info(group, &info) < 0) return;
        for (hsize_t i = 0; i < info.nlinks && left_ > 0; ++i, --left_) look_at(group, i, path, depth);
    }

    [[nodiscard]] std::size_t datasets() const noexcept { return datasets_; }  ///< of numbers or not
    [[nodiscard]] const std::vector<Candidate>& found() const noexcept { return found_; }

  private:
    void look_at(hid_t group, hsize_t index, const std::string& path, int depth) {
        std::array<char, 1024> name{};
        const ssize_t length =
            H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name.data(), name.size(), H5P_DEFAULT);
        H5L_info_t link{};
        if (length < 0 || static_cast<std::size_t>(length) >= name.size() ||
            H5Lget_info(group, name.data(), &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
            return;
        const hid_t id = H5Oopen(group, name.data(), H5P_DEFAULT);
        if (id < 0) return;
        const Hdf5Handle object(id, H5Oclose, "open an object");
        const std::string full = path + '/' + name.data();
        if (H5Iget_type(id) == H5I_GROUP) search(id, full, depth + 1);
        if (H5Iget_type(id) == H5I_DATASET) add(id, full);
    }

    void add(hid_t dataset, const std::string& path) {
        ++datasets_;
        const Hdf5Handle type(H5Dget_type(dataset), H5Tclose, "read a type");
        const auto shape = shape_of(dataset);
        if (shape.size() >= 2 && shape.size() <= 4 && is_numeric(type.get())) found_.push_back({path, shape});
    }

    std::vector<Candidate> found_;
    std::size_t datasets_ = 0;
    int left_ = 100'000;
};

std::string list_of(const std::vector<Candidate>& candidates) {
    constexpr std::size_t most = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, candidates.size()); ++i)
        text +=
            concat(i == 0 ? "" : ", ", printable(candidates[i].path, 100), " (", sizes_text(candidates[i].shape), ")");
    return candidates.size() > most ? text + ", ..." : text;
}

/// The only stack or scan; where there is none, the only image.
std::string only_dataset(hid_t file) {
    Finder finder;
    finder.search(file, "", 0);
    std::vector<Candidate> stacks;
    for (const Candidate& candidate : finder.found())
        if (candidate.shape.size() > 2) stacks.push_back(candidate);
    const std::vector<Candidate>& candidates = stacks.empty() ? finder.found() : stacks;
    if (candidates.size() == 1) return candidates[0].path;
    if (candidates.empty())
        fail(ErrorCode::invalid_argument,
             "has no dataset of numbers with 2, 3 or 4 axes; name one that a link leads to with --dataset");
    fail(ErrorCode::invalid_argument, "has ", candidates.size(),
         " datasets that may be meant; choose one with --dataset: ", list_of(candidates));
}

struct Filters {
    std::vector<H5Z_filter_t> ids;
    std::vector<std::string> names;
};

std::string filter_name(H5Z_filter_t id, const char* stored) {
    struct Known {
        H5Z_filter_t id;
        std::string_view name;
    };
    constexpr std::array<Known, 10> known{{{1, "gzip"},
                                           {2, "shuffle"},
                                           {3, "fletcher32"},
                                           {4, "szip"},
                                           {32000, "lzf"},
                                           {32001, "blosc"},
                                           {32004, "lz4"},
                                           {32008, "bitshuffle"},
                                           {32015, "zstd"},
                                           {32026, "blosc2"}}};
    const auto found = std::ranges::find(known, id, &Known::id);
    if (found != known.end()) return std::string(found->name);
    return stored[0] == '\0' ? concat("filter ", id) : printable(stored);
}

Filters filters_of(hid_t properties) {
    Filters filters;
    const int count = H5Pget_nfilters(properties);
    for (int i = 0; i < count; ++i) {
        std::array<char, 64> name{};
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 0;
        const H5Z_filter_t id = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &values, nullptr,
                                               name.size(), name.data(), &config);
        name.back() = '\0';
        filters.ids.push_back(id);
        filters.names.push_back(filter_name(id, name.data()));
    }
    return filters;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += concat(text.empty() ? "" : " and ", name);
    return text;
}

void require_filters(const Filters& filters) {
    for (std::size_t i = 0; i < filters.ids.size(); ++i)
        if (H5Zfilter_avail(filters.ids[i]) <= 0)
            fail(ErrorCode::unsupported, "its chunks are coded with ", filters.names[i], " (HDF5 filter ",
                 filters.ids[i],
                 "), which is not installed here; set HDF5_PLUGIN_PATH to a folder that has it, such as that of the "
                 "Python "
                 "package hdf5plugin (hdf5plugin.PLUGIN_PATH)");
}

class Hdf5Array final : public FrameArray {
  public:
    Hdf5Array(const fs::path& path, const std::string& dataset, const Limits& limits) {
        const Hdf5Session session;
        provide_blosc_filter();
        file_ = Hdf5Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open it as HDF5");
        facts_.container = "HDF5";
        facts_.place = dataset.empty() ? only_dataset(file_.get()) : dataset;
        open_dataset();
        describe(limits);
        std::error_code ignored;
        facts_.stored_bytes = fs::file_size(path, ignored);
    }
    ~Hdf5Array() override {
        const Hdf5Session session;
        chunks_.reset();
        dataset_.close();
        file_.close();
    }

    const ArrayFacts& facts() const noexcept override { return facts_; }
    std::unique_ptr<FrameReader> make_reader() override;

    [[nodiscard]] std::uint64_t frame_bytes() const noexcept { return frame_bytes_; }

    /// The chunk as it is stored; empty where it cannot be taken so: never written, or written without its filter.
    std::span<const std::byte> fetch_chunk(std::int64_t frame, Buffer& memory) {
        const Hdf5Session session;
        const auto place = place_of(frame);
        hsize_t bytes = 0;
        if (H5Dget_chunk_storage_size(dataset_.get(), place.data(), &bytes) < 0 || bytes == 0 ||
            bytes > 2 * frame_bytes_ + 4096)
            return {};
        const auto stored = memory.first(static_cast<std::size_t>(bytes));
        std::uint32_t left_out = 0;
        hdf5_checked(H5Dread_chunk(dataset_.get(), H5P_DEFAULT, place.data(), &left_out, stored.data()),
                     "read a chunk");
        return left_out == 0 && is_movable_chunk(stored, frame_bytes_) ? stored : std::span<std::byte>();
    }

    void read_pixels(std::int64_t frame, std::span<std::byte> out) {
        const Hdf5Session session;
        const auto place = place_of(frame);
        std::vector<hsize_t> counts(shape_.begin(), shape_.end());
        for (std::size_t axis = 0; axis < axes_.leading; ++axis) counts[axis] = 1;
        std::ranges::fill(out, std::byte{0});  // the library leaves alone what was never written and has no fill value
        const hid_t source = chunks_ ? chunks_->with(place, counts) : dataset_.get();
        const BloscBound bound(chunks_ ? chunks_->chunk_bytes() : 0);
        const Hdf5Handle in_file(H5Dget_space(dataset_.get()), H5Sclose, "read the dataset's shape");
        hdf5_checked(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, place.data(), nullptr, counts.data(), nullptr),
                     "choose a frame");
        const Hdf5Handle in_memory(H5Screate_simple(static_cast<int>(counts.size()), counts.data(), nullptr), H5Sclose,
                                   "make a shape");
        hdf5_checked(H5Dread(source, memory_type_.get(), in_memory.get(), in_file.get(), H5P_DEFAULT, out.data()),
                     "read its pixels");
    }

    [[nodiscard]] bool moves() const noexcept { return facts_.why_not_moved.empty(); }

  private:
    void open_dataset() {
        const Hdf5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose, "open a dataset");
        const hid_t found = H5Dopen2(file_.get(), facts_.place.c_str(), access.get());
        if (found < 0) fail_missing();
        dataset_ = Hdf5Handle(found, H5Dclose, "open a dataset");
    }

    [[noreturn]] void fail_missing() const {
        Finder finder;
        finder.search(file_.get(), "", 0);
        fail(ErrorCode::not_found, "has no dataset ", printable(facts_.place, 100), "; it has ",
             finder.found().empty() ? "none that may be meant" : list_of(finder.found()));
    }

    /// Velox counts frames along the last axis: rows would be taken for frames.
    void refuse_velox() const {
        if (facts_.place.starts_with("/Data/Image/"))
            fail(ErrorCode::unsupported, facts_.place,
                 ": is of a Velox file, whose frames lie along the last axis; open it in Velox or HyperSpy and write "
                 "it as "
                 "a stack whose first axis counts frames");
    }

    void describe(const Limits& limits) {
        refuse_velox();
        const Hdf5Handle type(H5Dget_type(dataset_.get()), H5Tclose, "read its type");
        const FoundNumber number = number_of(type.get());
        memory_type_ = hdf5_type(number.pixel);
        shape_ = shape_of(dataset_.get());
        Hdf5Attributes attributes = read_attributes(dataset_.get(), limits);
        facts_.attributes = std::move(attributes.readable);
        facts_.packed_attributes = std::move(attributes.packed);
        facts_.left_behind = std::move(attributes.left_behind);
        tell_of_groups();
        axes_ = frame_axes(shape_, number.pixel, facts_.attributes, limits);
        facts_.format = axes_.format;
        facts_.frames = axes_.frames;
        facts_.scan = axes_.scan;
        frame_bytes_ = bytes_of(axes_.format);
        const Hdf5Handle properties(H5Dget_create_plist(dataset_.get()), H5Pclose, "read how it is stored");
        facts_.why_not_moved = why_not_moved(properties.get(), number, limits);
    }

    /// Attributes of the file and of the groups on the way, and datasets beside this one.
    void tell_of_groups() {
        for (std::size_t end = 0; end != std::string::npos; end = facts_.place.find('/', end + 1)) {
            const std::string group = end == 0 ? "/" : facts_.place.substr(0, end);
            const hid_t found = H5Oopen(file_.get(), group.c_str(), H5P_DEFAULT);
            if (found < 0) continue;
            const Hdf5Handle object(found, H5Oclose, "open a group");
            for (const std::string& name : attribute_names(object.get()))
                facts_.left_behind.push_back(concat("attribute ", printable(name, 100), " of ", printable(group, 100)));
        }
        Finder finder;
        finder.search(file_.get(), "", 0);
        if (finder.datasets() > 1)
            facts_.left_behind.push_back(
                concat(finder.datasets() - 1, " other dataset", finder.datasets() == 2 ? "" : "s", " of the file"));
    }

    std::string why_not_moved(hid_t properties, const FoundNumber& number, const Limits& limits) {
        if (H5Pget_layout(properties) != H5D_CHUNKED) return "its data are not chunked";
        std::vector<hsize_t> sizes(shape_.size());
        hdf5_checked(H5Pget_chunk(properties, static_cast<int>(sizes.size()), sizes.data()), "read its chunks' shape");
        const std::vector<std::uint64_t> chunk(sizes.begin(), sizes.end());
        const Filters filters = filters_of(properties);
        require_filters(filters);
        const bool are_frames = is_one_frame(chunk, shape_, axes_.leading);
        const std::uint64_t cache = are_frames ? frame_bytes_ : bytes_of_row(chunk, limits);
        if (!filters.ids.empty()) {
            chunks_.emplace(dataset_.get(), cache, limits);
        } else if (!are_frames) {
            keep_decoded(cache);
        }
        if (!are_frames) return concat("chunks of ", sizes_text(chunk), " are no frames");
        if (filters.ids.empty()) return "its chunks are not compressed";
        if (filters.ids.size() > 1 || filters.ids[0] != blosc_filter)
            return concat("its chunks are coded with ", joined(filters.names));
        return number.order == ByteOrder::big ? "its numbers are big-endian" : std::string();
    }

    /// Chunks that hold parts of many frames are decoded once, not once a frame.
    [[nodiscard]] std::uint64_t bytes_of_row(const std::vector<std::uint64_t>& chunk, const Limits& limits) const {
        std::uint64_t bytes = std::min(chunk[0], shape_[0]) * info_of(facts_.format.type).pixel_bytes;
        for (std::size_t axis = 1; axis < shape_.size(); ++axis)
            bytes *= (shape_[axis] + chunk[axis] - 1) / chunk[axis] * chunk[axis];
        return std::min(bytes, limits.frame_bytes);
    }

    void keep_decoded(std::uint64_t bytes) {
        const Hdf5Handle access = chunk_cache_of(bytes);
        dataset_.close();
        dataset_ = Hdf5Handle(H5Dopen2(file_.get(), facts_.place.c_str(), access.get()), H5Dclose, "open a dataset");
    }

    [[nodiscard]] std::vector<hsize_t> place_of(std::int64_t frame) const {
        std::vector<hsize_t> place(shape_.size(), 0);
        auto rest = static_cast<std::uint64_t>(frame);
        for (std::size_t axis = axes_.leading; axis > 0; --axis) {
            place[axis - 1] = rest % shape_[axis - 1];
            rest /= shape_[axis - 1];
        }
        return place;
    }

    Hdf5Handle file_;
    Hdf5Handle dataset_;
    std::optional<Hdf5Chunks> chunks_;  ///< of those that have filters
    Hdf5Handle memory_type_;
    std::vector<std::uint64_t> shape_;
    FrameAxes axes_;
    std::uint64_t frame_bytes_ = 0;
    ArrayFacts facts_;
};

class Hdf5Frame final : public FrameReader {
  public:
    explicit Hdf5Frame(Hdf5Array& array) : array_(array), decoder_(array.facts().format.type, array.frame_bytes()) {}

    void fetch(std::int64_t frame) override {
        frame_ = frame;
        naming_frame([&] {
            chunk_ = array_.moves() ? array_.fetch_chunk(frame, memory_) : std::span<const std::byte>();
            if (!chunk_.empty()) return;
            pixels_ = memory_.first(static_cast<std::size_t>(array_.frame_bytes()));
            array_.read_pixels(frame, pixels_);
        });
    }
    std::span<const std::byte> chunk() const override { return chunk_; }

    void pixels(std::span<std::byte> out) override {
        if (chunk_.empty()) {
            std::ranges::copy(pixels_, out.begin());
            return;
        }
        naming_frame([&] { decoder_.decode(chunk_, out); });
    }

  private:
    template <class Work>
    void naming_frame(const Work& work) {
        try {
            work();
        } catch (const Error& error) {
            throw Error(error.code(), concat(array_.facts().place, ": frame ", frame_, ": ", error.message()));
        }
    }

    Hdf5Array& array_;
    Buffer memory_;
    std::int64_t frame_ = 0;
    std::span<const std::byte> chunk_;
    std::span<std::byte> pixels_;
    codec::blosc::ChunkDecoder decoder_;
};

std::unique_ptr<FrameReader> Hdf5Array::make_reader() { return std::make_unique<Hdf5Frame>(*this); }

}  // namespace

std::unique_ptr<FrameArray> open_hdf5(const fs::path& path, const std::string& dataset, const Limits& limits) {
    return in_file(path.string(), [&]() -> std::unique_ptr<FrameArray> {
        std::error_code ignored;
        if (!fs::exists(path, ignored)) fail(ErrorCode::not_found, "there is no such file");
        return std::make_unique<Hdf5Array>(path, dataset, limits);
    });
}

}  // namespace mrcz::foreign
