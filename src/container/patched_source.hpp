// A file seen with another header than it has.
#pragma once

#include <algorithm>
#include <array>
#include <memory>

#include "mrcz/byte_source.hpp"
#include "mrcz/header.hpp"

namespace mrcz::container {

class PatchedSource final : public ByteSource {
  public:
    PatchedSource(std::shared_ptr<const ByteSource> file, const std::array<std::byte, Header::bytes_on_disk>& header)
        : file_(std::move(file)), header_(header) {}

    std::uint64_t size() const override { return file_->size(); }
    const std::string& name() const noexcept override { return file_->name(); }
    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        file_->read_at(offset, into);
        if (offset >= header_.size()) return;
        const auto from = std::span(header_).subspan(static_cast<std::size_t>(offset));
        std::ranges::copy(from.first(std::min(from.size(), into.size())), into.begin());
    }

  private:
    std::shared_ptr<const ByteSource> file_;
    std::array<std::byte, Header::bytes_on_disk> header_;
};

}  // namespace mrcz::container
