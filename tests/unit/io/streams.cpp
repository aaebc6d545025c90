#include "unit/io/streams.hpp"

#include <algorithm>
#include <string>

namespace mrcz::io_test {
namespace {

class DribblingStream final : public io::ByteStream {
  public:
    DribblingStream(Bytes bytes, std::size_t at_once) : bytes_(std::move(bytes)), at_once_(at_once) {}

    std::size_t read_some(std::span<std::byte> into) override {
        const std::size_t count = std::min({into.size(), at_once_, bytes_.size() - given_});
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(given_), count, into.begin());
        given_ += count;
        return count;
    }
    const std::string& name() const noexcept override { return name_; }

  private:
    Bytes bytes_;
    std::size_t at_once_;
    std::size_t given_ = 0;
    std::string name_ = "dribble";
};

}  // namespace

Bytes bytes_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

std::unique_ptr<io::ByteStream> dribbling(Bytes bytes, std::size_t at_once) {
    return std::make_unique<DribblingStream>(std::move(bytes), at_once);
}

Bytes drained(io::ByteStream& stream, std::size_t at_once) {
    Bytes all, piece(at_once);
    while (const std::size_t got = stream.read_some(piece)) append(all, std::span(piece).first(got));
    return all;
}

Bytes joined(Bytes first, const Bytes& second) {
    append(first, second);
    return first;
}

}  // namespace mrcz::io_test
