#include <vector>

#include "base/fail.hpp"
#include "io/byte_sink.hpp"
#include "io/descriptor.hpp"

namespace mrcz::io {
namespace {

class StraightSink final : public ByteSink {
  public:
    StraightSink(int descriptor, std::string name) : ByteSink(std::move(name)), descriptor_(descriptor) {}

    bool can_rewrite() const noexcept override { return false; }

  private:
    void do_write(std::span<const std::byte> bytes) override { write_all(descriptor_, bytes); }
    void do_rewrite(std::uint64_t, std::span<const std::byte>) override {
        fail(ErrorCode::internal, "a pipe cannot be rewritten");
    }
    void do_commit() override {}

    int descriptor_;
};

class SpoolingSink final : public ByteSink {
  public:
    SpoolingSink(int descriptor, std::string name)
        : ByteSink(std::move(name)), descriptor_(descriptor), spool_(open_anonymous_file()) {}

  private:
    void do_write(std::span<const std::byte> bytes) override { write_all(spool_.get(), bytes); }
    void do_rewrite(std::uint64_t offset, std::span<const std::byte> bytes) override {
        write_all_at(spool_.get(), offset, bytes);
    }
    void do_commit() override {
        std::vector<std::byte> buffer(std::size_t{1} << 20);
        std::uint64_t offset = 0;
        while (const std::size_t got = read_at(spool_.get(), offset, buffer)) {
            write_all(descriptor_, std::span(buffer).first(got));
            offset += got;
        }
        spool_.close();
    }

    int descriptor_;
    Descriptor spool_;
};

}  // namespace

std::unique_ptr<ByteSink> make_descriptor_sink(int descriptor, bool rewritable, std::string name) {
    if (rewritable) return std::make_unique<SpoolingSink>(descriptor, std::move(name));
    return std::make_unique<StraightSink>(descriptor, std::move(name));
}

}  // namespace mrcz::io
