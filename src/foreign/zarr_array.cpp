#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "base/buffer.hpp"
#include "base/checked.hpp"
#include "base/crc32c.hpp"
#include "codec/blosc/chunk_decoder.hpp"
#include "foreign/array_shape.hpp"
#include "foreign/zarr_codecs.hpp"
#include "mrcz/byte_source.hpp"
#include "simd/kernels.hpp"

namespace mrcz::foreign {
namespace {

namespace fs = std::filesystem;

using Place = std::vector<std::uint64_t>;  ///< a number for each axis

std::string text_of(const fs::path& path, const Limits& limits) {
    const auto source = open_file_source(path);
    if (source->size() > limits.metadata_bytes)
        fail(ErrorCode::limit_exceeded, path.filename().string(), ": ", source->size(),
             " bytes, more than the limit of ", limits.metadata_bytes);
    std::string text(static_cast<std::size_t>(source->size()), ' ');
    source->read_at(0, std::as_writable_bytes(std::span(text)));
    return text;
}

ZarrDescription read_description(const fs::path& folder, const Limits& limits) {
    std::error_code ignored;
    if (fs::exists(folder / "zarr.json", ignored)) return parse_zarr_3(text_of(folder / "zarr.json", limits), limits);
    if (fs::exists(folder / ".zarray", ignored)) {
        const bool has_attributes = fs::exists(folder / ".zattrs", ignored);
        return parse_zarr_2(text_of(folder / ".zarray", limits),
                            has_attributes ? text_of(folder / ".zattrs", limits) : std::string(), limits);
    }
    if (fs::exists(folder / ".zgroup", ignored))
        fail(ErrorCode::invalid_argument, "is a group of arrays, not an array; name the folder of one of them");
    fail(ErrorCode::not_found, "holds no Zarr array: neither zarr.json nor .zarray");
}

std::uint64_t product(std::span<const std::uint64_t> sizes, std::uint64_t bytes) {
    for (const std::uint64_t size : sizes) bytes = checked_mul(bytes, size, "bytes of a chunk");
    return bytes;
}

/// Fetches what is stored of chunks, out of files of their own or out of shards.
class ChunkStore {
  public:
    ChunkStore(fs::path folder, const ZarrDescription& description, const Limits& limits)
        : folder_(std::move(folder)), description_(description), limits_(limits) {}

    /// Nothing where the chunk was never written.
    std::optional<Bytes> fetch(const Place& chunk) {
        if (!description_.is_sharded) return whole_file(key_of(chunk));
        Place shard = chunk;
        std::uint64_t within = 0;
        for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
            const std::uint64_t per_shard = description_.shard[axis] / description_.chunk[axis];
            shard[axis] = chunk[axis] / per_shard;
            within = within * per_shard + chunk[axis] % per_shard;
        }
        open_shard(key_of(shard));
        return shard_ ? chunk_of_shard(within) : std::nullopt;
    }

  private:
    static constexpr std::uint64_t missing = ~std::uint64_t{0};

    [[nodiscard]] std::string key_of(const Place& place) const {
        std::string key = description_.prefix;
        for (const std::uint64_t number : place) {
            if (!key.empty()) key += description_.separator;
            key += std::to_string(number);
        }
        return key;
    }

    [[nodiscard]] std::unique_ptr<ByteSource> open(const std::string& key) const {
        std::error_code ignored;
        if (!fs::exists(folder_ / key, ignored)) return nullptr;
        return open_file_source(folder_ / key);
    }

    [[nodiscard]] Bytes read(const ByteSource& source, std::uint64_t offset, std::uint64_t bytes) const {
        if (bytes > limits_.frame_bytes)
            fail(ErrorCode::limit_exceeded, source.name(), ": a chunk of ", bytes, " bytes, more than the limit of ",
                 limits_.frame_bytes);
        Bytes stored(static_cast<std::size_t>(bytes));
        in_file(source.name(), [&] { source.read_at(offset, stored); });
        return stored;
    }

    std::optional<Bytes> whole_file(const std::string& key) const {
        const auto source = open(key);
        if (source == nullptr) return std::nullopt;
        return read(*source, 0, source->size());
    }

    void open_shard(const std::string& key) {
        if (key == shard_key_) return;
        shard_ = open(key);
        shard_key_ = key;
        if (shard_) in_file(shard_->name(), [&] { read_index(); });
    }

    void read_index() {
        std::uint64_t chunks = 1;
        for (std::size_t axis = 0; axis < description_.shard.size(); ++axis)
            chunks = checked_mul(chunks, description_.shard[axis] / description_.chunk[axis], "chunks of a shard");
        const std::uint64_t entries = checked_mul(chunks, 16, "index of a shard");
        const std::uint64_t bytes = checked_add(entries, description_.index_has_crc ? 4 : 0, "index of a shard");
        if (bytes > shard_->size())
            fail(ErrorCode::truncated, "the shard has ", shard_->size(), " bytes, its index of ", chunks,
                 " chunks alone ", bytes);
        Bytes index(static_cast<std::size_t>(bytes));
        shard_->read_at(description_.index_at_start ? 0 : shard_->size() - bytes, index);
        const auto content = std::span(index).first(static_cast<std::size_t>(entries));
        if (description_.index_has_crc && crc32c(content) != load_le<std::uint32_t>(index.data() + entries))
            fail(ErrorCode::corrupt, "index of the shard: its CRC-32C does not hold");
        index_.assign(content.begin(), content.end());
    }

    [[nodiscard]] std::optional<Bytes> chunk_of_shard(std::uint64_t within) const {
        const std::byte* const entry = index_.data() + 16 * within;
        const auto offset = load_le<std::uint64_t>(entry);
        const auto bytes = load_le<std::uint64_t>(entry + 8);
        if (offset == missing && bytes == missing) return std::nullopt;
        if (offset > shard_->size() || bytes > shard_->size() - offset)
            fail(ErrorCode::corrupt, shard_->name(), ": index: chunk ", within, " ends behind the shard");
        return read(*shard_, offset, bytes);
    }

    fs::path folder_;
    const ZarrDescription& description_;
    Limits limits_;
    std::string shard_key_;
    std::unique_ptr<ByteSource> shard_;
    Bytes index_;
};

class ZarrArray final : public FrameArray {
  public:
    ZarrArray(const fs::path& folder, const Limits& limits)
        : description_(read_description(folder, limits)),
          axes_(frame_axes(description_.shape, description_.number, description_.attributes, limits)),
          frame_bytes_(bytes_of(axes_.format)),
          chunk_bytes_(product(description_.chunk, info_of(description_.number).pixel_bytes)),
          store_(folder, description_, limits) {
        require_known(description_.codecs);
        // Parts of a pixel are an axis of numbers: shape and chunks count them, and so does number.
        facts_.container = description_.version == 3 ? "Zarr v3" : "Zarr v2";
        facts_.format = axes_.format;
        facts_.frames = axes_.frames;
        facts_.scan = axes_.scan;
        facts_.attributes = description_.attributes;
        frames_are_chunks_ = is_one_frame(description_.chunk, description_.shape, axes_.leading);
        facts_.why_not_moved = why_not_moved();
        slab_frames_ = frames_of_slab();
        const std::uint64_t slab =
            checked_mul(static_cast<std::uint64_t>(slab_frames_), frame_bytes_, "a row of chunks");
        if (chunk_bytes_ > limits.frame_bytes || (!frames_are_chunks_ && slab > limits.frame_bytes))
            fail(ErrorCode::limit_exceeded, "chunks of ", sizes_text(description_.chunk), " take ",
                 std::max(chunk_bytes_, slab), " bytes at a time, more than the limit of ", limits.frame_bytes);
    }

    const ArrayFacts& facts() const noexcept override { return facts_; }
    std::unique_ptr<FrameReader> make_reader() override;

    [[nodiscard]] const ZarrDescription& description() const noexcept { return description_; }
    [[nodiscard]] bool frames_are_chunks() const noexcept { return frames_are_chunks_; }
    [[nodiscard]] bool moves() const noexcept { return facts_.why_not_moved.empty(); }
    [[nodiscard]] std::uint64_t frame_bytes() const noexcept { return frame_bytes_; }

    /// What is stored of a frame that is a chunk.
    std::optional<Bytes> fetch(std::int64_t frame) { return store_.fetch(place_of(frame)); }

    /// Little-endian or not, as it is stored.
    void copy_from_slab(std::int64_t frame, std::span<std::byte> out) {
        const std::int64_t first = frame / slab_frames_ * slab_frames_;
        if (first != slab_first_ || slab_.empty()) load_slab(first);
        const auto at = static_cast<std::size_t>(frame - first) * static_cast<std::size_t>(frame_bytes_);
        std::ranges::copy(std::span(slab_).subspan(at, out.size()), out.begin());
    }

    void fill(std::span<std::byte> out) const {
        const Bytes number = stored_fill();
        for (std::size_t at = 0; at < out.size(); at += number.size())
            std::ranges::copy(number, out.begin() + static_cast<std::ptrdiff_t>(at));
    }

    /// Turns pixels as they are stored into little-endian ones.
    void to_little_endian(std::span<std::byte> pixels) const {
        if (description_.order == ByteOrder::big)
            simd::kernels().byteswap(pixels, info_of(description_.number).word_bytes);
    }

  private:
    [[nodiscard]] std::string why_not_moved() const {
        if (!frames_are_chunks_) return concat("chunks of ", sizes_text(description_.chunk), " are no frames");
        if (description_.codecs.size() != 1 || description_.codecs[0].name != "blosc") {
            std::string names;
            for (const ZarrCodec& codec : description_.codecs)
                names += concat(names.empty() ? "" : " and ", codec.name);
            return names.empty() ? "its chunks are not compressed" : concat("its chunks are coded with ", names);
        }
        if (description_.order == ByteOrder::big) return "its numbers are big-endian";
        return {};
    }

    /// Frames that lie in chunks with each other: those of a row of chunks along the first axis.
    [[nodiscard]] std::int64_t frames_of_slab() const {
        if (axes_.leading == 0) return 1;
        const std::uint64_t deep = std::min(description_.chunk[0], description_.shape[0]);
        const std::uint64_t each = static_cast<std::uint64_t>(axes_.frames) / description_.shape[0];
        return static_cast<std::int64_t>(deep * each);
    }

    [[nodiscard]] Place place_of(std::int64_t frame) const {
        Place place(description_.shape.size(), 0);
        auto rest = static_cast<std::uint64_t>(frame);
        for (std::size_t axis = axes_.leading; axis > 0; --axis) {
            place[axis - 1] = rest % description_.shape[axis - 1];
            rest /= description_.shape[axis - 1];
        }
        return place;
    }

    [[nodiscard]] Bytes stored_fill() const {
        Bytes number = description_.fill;
        if (description_.order == ByteOrder::big)
            simd::kernels().byteswap(number, info_of(description_.number).word_bytes);
        return number;
    }

    void load_slab(std::int64_t first) {
        slab_.clear();
        const std::int64_t frames = std::min(slab_frames_, axes_.frames - first);
        Bytes slab(static_cast<std::size_t>(frames) * static_cast<std::size_t>(frame_bytes_));
        const std::uint64_t row = axes_.leading == 0 ? 0 : place_of(first)[0] / description_.chunk[0];
        Place chunk(description_.shape.size(), 0);
        if (axes_.leading > 0) chunk[0] = row;
        do {
            put_chunk(chunk, slab);
        } while (advance(chunk));
        slab_ = std::move(slab);
        slab_first_ = first;
    }

    /// The next chunk of the slab, the last axis fastest; false behind the last.
    [[nodiscard]] bool advance(Place& chunk) const {
        const std::size_t first = axes_.leading == 0 ? 0 : 1;
        for (std::size_t axis = chunk.size(); axis > first; --axis) {
            const std::uint64_t count =
                (description_.shape[axis - 1] + description_.chunk[axis - 1] - 1) / description_.chunk[axis - 1];
            if (++chunk[axis - 1] < count) return true;
            chunk[axis - 1] = 0;
        }
        return false;
    }

    void put_chunk(const Place& chunk, Bytes& slab) {
        auto stored = store_.fetch(chunk);
        Bytes numbers;
        if (stored) {
            numbers = undo_codecs(description_.codecs, *std::move(stored), chunk_bytes_);
        } else {
            numbers.resize(static_cast<std::size_t>(chunk_bytes_));
            fill(numbers);
        }
        copy_axis(chunk, numbers, slab, 0, 0, 0);
    }

    /// Copies what of a chunk lies within the array; along the last axis at once.
    void copy_axis(const Place& chunk, const Bytes& numbers, Bytes& slab, std::size_t axis, std::uint64_t from,
                   std::uint64_t to) const {
        const std::uint64_t begin = chunk[axis] * description_.chunk[axis];
        const std::uint64_t count = std::min(description_.chunk[axis], description_.shape[axis] - begin);
        // Along the first axis the slab begins where its chunks do.
        const std::uint64_t place = axis == 0 && axes_.leading > 0 ? 0 : begin;
        const std::uint64_t bytes = info_of(description_.number).pixel_bytes;
        if (axis + 1 == chunk.size()) {
            const auto source =
                std::span(numbers).subspan(static_cast<std::size_t>(from * description_.chunk[axis] * bytes),
                                           static_cast<std::size_t>(count * bytes));
            std::ranges::copy(
                source, slab.begin() + static_cast<std::ptrdiff_t>((to * description_.shape[axis] + place) * bytes));
            return;
        }
        for (std::uint64_t i = 0; i < count; ++i)
            copy_axis(chunk, numbers, slab, axis + 1, from * description_.chunk[axis] + i,
                      (axis == 0 && axes_.leading > 0 ? 0 : to * description_.shape[axis]) + place + i);
    }

    ZarrDescription description_;
    FrameAxes axes_;
    std::uint64_t frame_bytes_;
    std::uint64_t chunk_bytes_;
    ChunkStore store_;
    ArrayFacts facts_;
    bool frames_are_chunks_ = false;
    std::int64_t slab_frames_ = 1;
    std::int64_t slab_first_ = 0;
    Bytes slab_;
};

class ZarrFrame final : public FrameReader {
  public:
    explicit ZarrFrame(ZarrArray& array) : array_(array), decoder_(array.facts().format.type, array.frame_bytes()) {}

    void fetch(std::int64_t frame) override {
        naming(frame, [&] {
            if (array_.frames_are_chunks()) {
                stored_ = array_.fetch(frame);
            } else {
                stored_.emplace(static_cast<std::size_t>(array_.frame_bytes()));
                array_.copy_from_slab(frame, *stored_);
            }
        });
        frame_ = frame;
    }

    std::span<const std::byte> chunk() const override {
        if (!array_.moves() || !stored_ || !is_movable_chunk(*stored_, array_.frame_bytes())) return {};
        return *stored_;
    }

    void pixels(std::span<std::byte> out) override {
        naming(frame_, [&] {
            if (!stored_) {
                array_.fill(out);
            } else if (array_.frames_are_chunks() && array_.moves()) {
                decode_blosc(out);
            } else if (array_.frames_are_chunks()) {
                std::ranges::copy(undo_codecs(array_.description().codecs, *stored_, out.size()), out.begin());
            } else {
                std::ranges::copy(*stored_, out.begin());
            }
            array_.to_little_endian(out);
        });
    }

  private:
    template <class Work>
    void naming(std::int64_t frame, const Work& work) {
        try {
            work();
        } catch (const Error& error) {
            throw Error(error.code(), concat("frame ", frame, ": ", error.context(),
                                             error.context().empty() ? "" : ": ", error.message()));
        }
    }

    void decode_blosc(std::span<std::byte> out) { decoder_.decode(*stored_, out); }

    ZarrArray& array_;
    std::int64_t frame_ = 0;
    std::optional<Bytes> stored_;
    codec::blosc::ChunkDecoder decoder_;
};

std::unique_ptr<FrameReader> ZarrArray::make_reader() { return std::make_unique<ZarrFrame>(*this); }

}  // namespace

std::unique_ptr<FrameArray> open_zarr(const fs::path& folder, const Limits& limits) {
    return in_file(folder.string(), [&]() -> std::unique_ptr<FrameArray> {
        std::error_code ignored;
        if (!fs::exists(folder, ignored)) fail(ErrorCode::not_found, "there is no such folder");
        return std::make_unique<ZarrArray>(folder, limits);
    });
}

}  // namespace mrcz::foreign
