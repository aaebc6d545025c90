#include <vector>

#include "base/fail.hpp"
#include "io/byte_sink.hpp"
#include "io/descriptor.hpp"

namespace mrcz::io {
namespace {

class StraightSink final : public ByteSink {
  public:
    explicit StraightSink(int descriptor) : descriptor_(descriptor) {}

    void write(std::span<const std::byte> bytes) override {
        write_all(descriptor_, bytes);
        written_ += bytes.size();
    }
    bool can_rewrite() const noexcept override { return false; }
    void rewrite(std::uint64_t, std::span<const std::byte>) override {
        fail(ErrorCode::internal, "a pipe cannot be rewritten");
    }
    void commit() override {}

  private:
    int descriptor_;
};

class SpoolingSink final : public ByteSink {
  public:
    explicit SpoolingSink(int descriptor) : descriptor_(descriptor), spool_(open_anonymous_file()) {}

    void write(std::span<const std::byte> bytes) override {
        write_all(spool_.get(), bytes);
        written_ += bytes.size();
    }
    void rewrite(std::uint64_t offset, std::span<const std::byte> bytes) override {
        write_all_at(spool_.get(), offset, bytes);
    }
    void commit() override {
        std::vector<std::byte> buffer(std::size_t{1} << 20);
        std::uint64_t offset = 0;
        while (const std::size_t got = read_at(spool_.get(), offset, buffer)) {
            write_all(descriptor_, std::span(buffer).first(got));
            offset += got;
        }
        spool_.close();
    }

  private:
    int descriptor_;
    Descriptor spool_;
};

}  // namespace

std::unique_ptr<ByteSink> make_descriptor_sink(int descriptor, bool rewritable) {
    if (rewritable) return std::make_unique<SpoolingSink>(descriptor);
    return std::make_unique<StraightSink>(descriptor);
}

}  // namespace mrcz::io
