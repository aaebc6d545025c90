// The blosc chunk that stands in for a frame where repeats make it smaller than entropy coding.
#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "codec/blosc/blosc.hpp"
#include "codec/blosc/chunk.hpp"
#include "codec/blosc/trial.hpp"
#include "codec/rans/rans.hpp"

namespace mrcz::codec::rans {
namespace {

constexpr std::size_t pieces = 16, piece_bytes = std::size_t{1} << 18;  // all of them four blocks
constexpr std::size_t trial_piece_bytes = std::size_t{16} << 10;        // all of them a quarter of one
constexpr int level = 1;

/// From all over the frame, because beam, background and gaps of a detector differ.
Bytes pieces_of(std::span<const std::byte> frame, std::size_t bytes = piece_bytes) {
    Bytes taken;
    if (frame.size() <= pieces * bytes) {
        append(taken, frame);
        return taken;
    }
    const std::size_t distance = frame.size() / pieces;
    for (std::size_t piece = 0; piece < pieces; ++piece) {
        const std::size_t first = (piece * distance + (distance - bytes) / 2) / bytes * bytes;
        append(taken, frame.subspan(first, bytes));
    }
    return taken;
}

Bytes encoded_with(Filter filter, PixelType type, std::span<const std::byte> bytes) {
    CodecOptions options;
    options.level = level;
    options.filter = filter;
    const auto encoder =
        blosc::prepare_encoder(*find_codec("zstd"), {type, bytes.size()}, options, {.first_frame = bytes});
    Bytes coded(encoder->chunk_bound());
    NoObserver observer;
    coded.resize(encoder->encode(bytes, coded, *encoder->make_scratch(), observer));
    return coded;
}

/// Size is all that counts where this codec is beaten, so that bitshuffle has no start over the others.
Filter smallest_filter(PixelType type, std::span<const std::byte> sample) {
    Filter best = Filter::bitshuffle;
    std::size_t least = SIZE_MAX;
    for (const Filter filter : {Filter::bitshuffle, Filter::byteshuffle, Filter::none}) {
        const std::size_t size = encoded_with(filter, type, sample).size();
        if (size >= least) continue;
        best = filter;
        least = size;
    }
    return best;
}

struct Way {
    blosc::Choice choice{};
    std::size_t bytes = SIZE_MAX;
};

/// Trials of one pixel type, for whoever needs one: what they keep is dear to make.
class Trials {
  public:
    explicit Trials(PixelType type) : pixel_bytes_(info_of(type).pixel_bytes) {}

    /// The smallest way of `filter` to compress the block, among those methods that come before `end`.
    [[nodiscard]] Way smallest(Filter filter, std::size_t end, std::span<const std::byte> block) {
        std::unique_ptr<blosc::Trial> trial = take();
        Way best;
        for (std::size_t method = 0; method < std::min(end, trial->methods()); ++method) {
            const std::size_t bytes = trial->bytes_with({filter, method}, block);
            if (bytes < best.bytes) best = {{filter, method}, bytes};
        }
        give_back(std::move(trial));
        return best;
    }

  private:
    std::unique_ptr<blosc::Trial> take() {
        const std::lock_guard lock(mutex_);
        if (free_.empty())
            return std::make_unique<blosc::Trial>(blosc::backend_of_codec(find_codec("zstd")->id), level, pixel_bytes_);
        auto trial = std::move(free_.back());
        free_.pop_back();
        return trial;
    }
    void give_back(std::unique_ptr<blosc::Trial> trial) {
        const std::lock_guard lock(mutex_);
        free_.push_back(std::move(trial));
    }

    std::size_t pixel_bytes_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<blosc::Trial>> free_;
};

class BloscFallback final : public Fallback {
  public:
    BloscFallback(PixelType type, std::span<const std::byte> first_frame)
        : type_(type),
          sample_(pieces_of(first_frame)),
          trial_sample_(pieces_of(first_frame, trial_piece_bytes)),
          trials_(type) {}

    std::size_t encode(std::span<const std::byte> bytes, std::span<std::byte> chunk) const override {
        if (bytes.size() > blosc::largest_frame) return 0;
        const Bytes coded =
            encoded_with(sample_.empty() ? smallest_filter(type_, pieces_of(bytes)) : filter(), type_, bytes);
        if (coded.size() > chunk.size()) return 0;
        std::copy(coded.begin(), coded.end(), chunk.begin());
        return coded.size();
    }

    Estimate estimate(std::span<const std::byte> bytes, bool quickly) const override {
        const Way way = quickly && !trial_sample_.empty() ? as_the_first_frame(bytes) : best_trial(bytes);
        return {way.bytes, way.choice.filter != Filter::none};
    }

    void decode(std::span<const std::byte> chunk, std::span<std::byte> bytes) const override {
        const auto decoder = blosc::prepare_decoder({type_, bytes.size()});
        NoObserver observer;
        decoder->decode(chunk, bytes, *decoder->make_scratch(), observer);
    }

  private:
    /// Found when a frame first asks: most files never do.
    [[nodiscard]] Filter filter() const {
        std::call_once(found_, [this] { filter_ = smallest_filter(type_, sample_); });
        return filter_;
    }

    static constexpr std::size_t all_methods = SIZE_MAX;
    [[nodiscard]] Way best_trial(std::span<const std::byte> block) const {
        Way best;
        for (const Filter filter : {Filter::bitshuffle, Filter::byteshuffle, Filter::none}) {
            if (filter == Filter::byteshuffle && info_of(type_).pixel_bytes == 1) continue;
            const Way way = trials_.smallest(filter, all_methods, block);
            if (way.bytes < best.bytes) best = way;
        }
        return best;
    }
    /// By its filter; slower methods than its own are tried on few bytes only.
    [[nodiscard]] Way as_the_first_frame(std::span<const std::byte> bytes) const {
        constexpr std::size_t few = std::size_t{1} << 16;
        std::call_once(tried_, [this] { trial_choice_ = best_trial(trial_sample_).choice; });
        return trials_.smallest(trial_choice_.filter, bytes.size() > few ? trial_choice_.method + 1 : all_methods,
                                bytes);
    }

    PixelType type_;
    Bytes sample_, trial_sample_;
    mutable Trials trials_;
    mutable std::once_flag tried_;
    mutable blosc::Choice trial_choice_;
    mutable std::once_flag found_;
    mutable Filter filter_ = Filter::bitshuffle;
};

}  // namespace

std::shared_ptr<const Fallback> blosc_fallback(PixelType type, std::span<const std::byte> first_frame) {
    return std::make_shared<const BloscFallback>(type, first_frame);
}

}  // namespace mrcz::codec::rans
