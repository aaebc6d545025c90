#include <algorithm>
#include <limits>
#include <mutex>
#include <vector>

#include "base/bytes.hpp"
#include "mrcz/byte_source.hpp"

namespace mrcz {
namespace {

/// Fetched whole when any of it is read.
constexpr std::uint64_t most_at_once = std::uint64_t{1} << 20;
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
        std::unique_lock lock(mutex_);
        if (copy_kept(wanted, into)) return;
        if (!announced_.holds(wanted)) {
            lock.unlock();
            return source_->read_at(offset, into);
        }
        keep(to_fetch(wanted));
        copy_kept(wanted, into);
    }

  private:
    bool copy_kept(const Range& wanted, std::span<std::byte> into) const {
        const auto found = std::ranges::find_if(pieces_, [&](const Piece& piece) { return piece.range.holds(wanted); });
        if (found == pieces_.end()) return false;
        const auto first = static_cast<std::size_t>(wanted.offset - found->range.offset);
        std::ranges::copy(std::span(found->bytes).subspan(first, into.size()), into.begin());
        return true;
    }

    Range to_fetch(const Range& wanted) const {
        if (announced_.end - announced_.offset <= most_at_once) return announced_;
        const std::uint64_t least_end = wanted.offset + std::min(least_at_once, announced_.end - wanted.offset);
        return {wanted.offset, std::max(wanted.end, least_end)};
    }

    void keep(const Range& range) const {
        Piece piece{range, Bytes(static_cast<std::size_t>(range.end - range.offset))};
        source_->read_at(range.offset, piece.bytes);
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
