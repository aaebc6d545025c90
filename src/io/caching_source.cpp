#include <algorithm>
#include <limits>
#include <mutex>
#include <vector>

#include "base/bytes.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz {
namespace {

/// Fetched whole when any of it is read: the end of a file of some 300000 frames.
constexpr std::uint64_t most_at_once = std::uint64_t{8} << 20;
/// Fetched at least, of longer ranges.
constexpr std::uint64_t least_at_once = std::uint64_t{64} << 10;

struct Range {
    std::uint64_t offset = 0;
    std::uint64_t end = 0;

    [[nodiscard]] bool holds(const Range& other) const noexcept { return offset <= other.offset && other.end <= end; }
};

struct Piece {
    Range range;
    Bytes bytes;
};

class CachingSource final : public ByteSource {
  public:
    explicit CachingSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

    std::uint64_t size() const override { return source_->size(); }
    const std::string& name() const noexcept override { return source_->name(); }

    void will_read(std::uint64_t offset, std::uint64_t bytes) const noexcept override {
        const std::uint64_t size = source_->size();
        if (offset >= size) return;
        const std::lock_guard lock(mutex_);
        announced_ = {offset, offset + std::min(bytes, size - offset)};
    }

    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        if (into.size() > std::numeric_limits<std::uint64_t>::max() - offset || into.size() > most_at_once)
            return source_->read_at(offset, into);
        const Range wanted{offset, offset + into.size()};
        Range fetched;
        {
            const std::lock_guard lock(mutex_);
            if (copy_kept(wanted, into)) return;
            if (announced_.holds(wanted)) fetched = to_fetch(wanted);
        }
        if (!fetched.holds(wanted)) return source_->read_at(offset, into);
        // Nobody waits for the source but who asks it: it may be waiting for them in its turn. Threads that miss the
        // same bytes at the same time each fetch them.
        Piece piece{fetched, Bytes(static_cast<std::size_t>(fetched.end - fetched.offset))};
        source_->read_at(fetched.offset, piece.bytes);
        std::ranges::copy(part_of(piece, wanted), into.begin());
        keep(std::move(piece));
    }

  private:
    bool copy_kept(const Range& wanted, std::span<std::byte> into) const {
        const auto found = std::ranges::find_if(pieces_, [&](const Piece& piece) { return piece.range.holds(wanted); });
        if (found == pieces_.end()) return false;
        std::ranges::copy(part_of(*found, wanted), into.begin());
        return true;
    }

    static std::span<const std::byte> part_of(const Piece& piece, const Range& wanted) {
        return std::span(piece.bytes)
            .subspan(static_cast<std::size_t>(wanted.offset - piece.range.offset),
                     static_cast<std::size_t>(wanted.end - wanted.offset));
    }

    Range to_fetch(const Range& wanted) const {
        if (announced_.end - announced_.offset <= most_at_once) return announced_;
        const std::uint64_t least_end = wanted.offset + std::min(least_at_once, announced_.end - wanted.offset);
        return {wanted.offset, std::max(wanted.end, least_end)};
    }

    void keep(Piece piece) const {
        const std::lock_guard lock(mutex_);
        if (std::ranges::none_of(pieces_, [&](const Piece& kept) { return kept.range.holds(piece.range); }))
            pieces_.push_back(std::move(piece));
    }

    std::unique_ptr<ByteSource> source_;
    mutable std::mutex mutex_;
    mutable Range announced_;
    mutable std::vector<Piece> pieces_;
};

}  // namespace

std::unique_ptr<ByteSource> make_caching_source(std::unique_ptr<ByteSource> source) {
    return std::make_unique<CachingSource>(std::move(source));
}

}  // namespace mrcz
