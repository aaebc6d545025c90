// Numbers in as few bits as their size needs, from the lowest bit of a byte on; for tables and maps, not for pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/fail.hpp"

namespace mrcz::codec::rans {

class BitWriter {
  public:
    explicit BitWriter(Bytes& bytes) : bytes_(bytes) {}

    void bits(std::uint64_t value, unsigned count) {
        for (unsigned k = 0; k < count; ++k) {
            if (used_ == 0) bytes_.push_back(std::byte{0});
            if ((value >> k & 1) != 0) bytes_.back() |= static_cast<std::byte>(1u << used_);
            used_ = (used_ + 1) % 8;
        }
    }

    /// Exponential Golomb: as many zeros as `value + 1` has bits behind its highest, a one, those bits.
    void number(std::uint64_t value) {
        unsigned size = 0;
        while ((value + 1) >> (size + 1) != 0) ++size;
        bits(0, size);
        bits(1, 1);
        bits((value + 1) & ((std::uint64_t{1} << size) - 1), size);
    }

  private:
    Bytes& bytes_;
    unsigned used_ = 0;
};

class BitReader {
  public:
    /// `name` must outlive the reader.
    BitReader(std::span<const std::byte> bytes, std::string_view name) : bytes_(bytes), name_(name) {}

    [[nodiscard]] std::uint64_t bits(unsigned count) {
        std::uint64_t value = 0;
        for (unsigned k = 0; k < count; ++k) value |= std::uint64_t{bit()} << k;
        return value;
    }

    /// At most `most`, or an error that names what was read.
    [[nodiscard]] std::uint64_t number(std::uint64_t most, std::string_view what) {
        unsigned size = 0;
        while (bit() == 0)
            if (++size > 40) fail(ErrorCode::corrupt, name_, ": ", what, ": a number of more than 40 bits");
        const std::uint64_t value = ((std::uint64_t{1} << size) | bits(size)) - 1;
        if (value > most) fail(ErrorCode::corrupt, name_, ": ", what, " ", value, ", at most ", most, " expected");
        return value;
    }

    /// Bytes that were begun.
    [[nodiscard]] std::size_t used_bytes() const { return (position_ + 7) / 8; }

  private:
    [[nodiscard]] unsigned bit() {
        if (position_ / 8 >= bytes_.size()) fail(ErrorCode::truncated, name_, " ends after ", bytes_.size(), " bytes");
        const unsigned value = std::to_integer<unsigned>(bytes_[position_ / 8]) >> (position_ % 8) & 1;
        ++position_;
        return value;
    }

    std::span<const std::byte> bytes_;
    std::string_view name_;
    std::size_t position_ = 0;
};

}  // namespace mrcz::codec::rans
