#include "container/file_assembler.hpp"

#include <limits>

#include "base/fail.hpp"
#include "container/file_tail.hpp"
#include "header/byte_order_of.hpp"
#include "header/compose.hpp"

namespace mrcz::container {

FileAssembler::FileAssembler(io::ByteSink& sink, const Header& header, Bytes extended_header, const CodecInfo& codec,
                             std::uint64_t pixels_per_frame, ByteOrder order)
    : sink_(sink),
      header_(header),
      extended_header_(std::move(extended_header)),
      codec_(codec),
      pixels_per_frame_(pixels_per_frame),
      order_(order) {
    header_.set_integer(HeaderField::nsymbt, static_cast<std::int64_t>(extended_header_.size()));
    sink_.write(stored_header().bytes());
    sink_.write(extended_header_);
}

void FileAssembler::add(const CodedFrame& frame) {
    tables_.add({sink_.written(), frame.chunk.size()}, frame);
    sink_.write(frame.chunk);
}

void FileAssembler::add_model(std::span<const std::byte> chunk) {
    tables_.add_model(sink_.written());
    sink_.write(chunk);
}

void FileAssembler::finish(std::vector<Section> sections) {
    finish_header();
    const Header stored = stored_header();
    write_tail(sink_, {stored.bytes(), extended_header_, tables_, codec_.id != 0}, std::move(sections));
    sink_.rewrite(0, stored.bytes());
}

Header FileAssembler::stored_header() const { return order_ == ByteOrder::big ? header::swapped(header_) : header_; }

void FileAssembler::finish_header() {
    if (frames() > std::numeric_limits<std::int32_t>::max())
        fail(ErrorCode::invalid_argument, frames(), " frames are more than an MRC header can count");
    const std::uint64_t data_bytes = sink_.written() - Header::bytes_on_disk - extended_header_.size();
    header_.set_integer(HeaderField::nz, frames());
    if (codec_.id != 0) header_.set_integer(HeaderField::packed_bytes, static_cast<std::int64_t>(data_bytes));
    if (frames() > 0) header::set_statistics(header_, tables_.statistics(pixels_per_frame_));
}

}  // namespace mrcz::container
