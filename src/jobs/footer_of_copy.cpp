#include "base/fail.hpp"
#include "container/footer.hpp"
#include "container/metadata_section.hpp"
#include "io/byte_sink.hpp"
#include "mrcz/jobs.hpp"

namespace mrcz {
namespace {

class MemorySink final : public io::ByteSink {
  public:
    MemorySink() : ByteSink("memory") {}
    Bytes take() { return std::move(bytes_); }

  private:
    void do_write(std::span<const std::byte> bytes) override { append(bytes_, bytes); }
    void do_rewrite(std::uint64_t, std::span<const std::byte>) override {
        fail(ErrorCode::internal, "a footer in memory is written once");
    }
    void do_commit() override {}

    Bytes bytes_;
};

}  // namespace

std::vector<std::byte> footer_of_copy(const Reader& like, const Header& header) {
    std::vector<container::Section> sections;
    if (const auto metadata = like.metadata()) sections.push_back(container::metadata_section(*metadata));
    if (const auto record = like.provenance(); !record.empty())
        sections.push_back(container::edited_provenance(record));
    if (sections.empty()) return {};
    const auto extended_bytes = static_cast<std::uint64_t>(header.integer(HeaderField::nsymbt));
    MemorySink sink;
    container::write_footer(
        sink,
        {.data_offset = Header::bytes_on_disk + extended_bytes, .chunk_count = static_cast<std::uint64_t>(header.nz())},
        std::move(sections));
    return sink.take();
}

}  // namespace mrcz
