// The words of a block as symbols, checked: no word is read that is not there, none is left over.
#pragma once

#include <span>

#include "codec/rans/frequencies.hpp"

namespace mrcz::codec::rans {

class SymbolReader {
  public:
    /// `states` are those of the lanes as stored. Throws Error{corrupt} when one is out of range.
    SymbolReader(const simd::RansKernels& kernels, std::size_t lanes, std::span<const std::byte> states,
                 std::span<const std::byte> words);

    /// Throws Error{truncated} when the words end first. A lane begins anew with each call.
    void read(const DecodeTable& table, std::span<std::byte> symbols);
    /// read() of two readers with the same lanes, at once where that is faster. As many symbols of either.
    static void read_two(SymbolReader& first, const DecodeTable& first_table, std::span<std::byte> first_symbols,
                         SymbolReader& second, const DecodeTable& second_table, std::span<std::byte> second_symbols);

    /// Throws Error{corrupt} unless all words were used and every lane is where it began when it was coded.
    void finish() const;

  private:
    /// The words from which whole rounds are read without looking.
    [[nodiscard]] simd::RansReader words() const;
    void move_to_tail();
    void read_partial_round(const DecodeTable& table, std::span<std::byte> symbols);

    const simd::RansKernels& kernels_;
    std::size_t lanes_;
    std::uint32_t states_[simd::rans_most_lanes];
    const std::byte* next_;
    const std::byte* end_;
    bool in_tail_ = false;
    /// What is less than a round may need, with zeros behind it.
    std::byte tail_[4 * simd::rans_most_lanes] = {};
};

}  // namespace mrcz::codec::rans
