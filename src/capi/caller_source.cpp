#include "capi/caller_source.hpp"

#include <algorithm>

#include "capi/arguments.hpp"

namespace mrcz::capi {
namespace {

void require_within(std::uint64_t offset, std::size_t bytes, std::uint64_t size) {
    if (offset > size || bytes > size - offset)
        fail(ErrorCode::truncated, "offset ", hex(offset), ": needs ", bytes, " bytes, but the file ends at ",
             hex(size));
}

class BorrowedMemory final : public ByteSource {
  public:
    BorrowedMemory(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

    std::uint64_t size() const override { return bytes_.size(); }
    const std::string& name() const noexcept override { return name_; }
    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        require_within(offset, into.size(), size());
        std::ranges::copy(bytes_.subspan(static_cast<std::size_t>(offset), into.size()), into.begin());
    }

  private:
    std::span<const std::byte> bytes_;
    std::string name_;
};

class CallerSource final : public ByteSource {
  public:
    explicit CallerSource(const mrcz_source& functions)
        : functions_(functions), name_(functions.name == nullptr ? "source" : functions.name) {}
    ~CallerSource() override {
        if (functions_.close != nullptr) functions_.close(functions_.user);
    }
    CallerSource(const CallerSource&) = delete;
    CallerSource& operator=(const CallerSource&) = delete;

    std::uint64_t size() const override { return functions_.bytes; }
    const std::string& name() const noexcept override { return name_; }
    void read_at(std::uint64_t offset, std::span<std::byte> into) const override {
        require_within(offset, into.size(), size());
        if (into.empty()) return;
        const std::int32_t refused = functions_.read_at(functions_.user, offset, into.data(), into.size());
        if (refused != 0)
            fail(ErrorCode::io_failed, "offset ", hex(offset), ": read_at() of the source gave ", refused,
                 " instead of ", into.size(), " bytes");
    }

  private:
    mrcz_source functions_;
    std::string name_;
};

}  // namespace

std::unique_ptr<ByteSource> source_over(const void* bytes, std::size_t size, std::string name) {
    return std::make_unique<BorrowedMemory>(bytes_at(bytes, size), std::move(name));
}

std::unique_ptr<ByteSource> source_calling(const mrcz_source& functions) {
    return std::make_unique<CallerSource>(functions);
}

}  // namespace mrcz::capi
