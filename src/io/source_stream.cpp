#include <algorithm>

#include "io/sources.hpp"

namespace mrcz::io {
namespace {

class SourceStream final : public ByteStream {
  public:
    SourceStream(std::unique_ptr<ByteSource> source, std::uint64_t offset) : source_(std::move(source)), at_(offset) {}

    std::size_t read_some(std::span<std::byte> into) override {
        if (at_ >= source_->size()) return 0;
        const auto piece =
            into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), source_->size() - at_)));
        source_->read_at(at_, piece);
        at_ += piece.size();
        return piece.size();
    }
    std::optional<std::uint64_t> size() const override { return source_->size(); }
    const std::string& name() const noexcept override { return source_->name(); }

  private:
    std::unique_ptr<ByteSource> source_;
    std::uint64_t at_;
};

}  // namespace

std::unique_ptr<ByteStream> stream_of(std::unique_ptr<ByteSource> source, std::uint64_t offset) {
    return std::make_unique<SourceStream>(std::move(source), offset);
}

}  // namespace mrcz::io
