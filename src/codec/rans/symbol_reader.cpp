#include "codec/rans/symbol_reader.hpp"

#include <cstring>

#include "base/byte_order.hpp"
#include "base/fail.hpp"

namespace mrcz::codec::rans {
namespace {

[[noreturn]] void words_end() { fail(ErrorCode::corrupt, "block: its words end before its symbols do"); }

}  // namespace

SymbolReader::SymbolReader(const simd::RansKernels& kernels, std::size_t lanes, std::span<const std::byte> states,
                           std::span<const std::byte> words)
    : kernels_(kernels), lanes_(lanes), next_(words.data()), end_(words.data() + words.size()) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        states_[lane] = load_le<std::uint32_t>(&states[4 * lane]);
        if (states_[lane] < simd::rans_low || states_[lane] >> 31 != 0)
            fail(ErrorCode::corrupt, "block: state ", hex(states_[lane]), " of lane ", lane, " is out of range");
    }
}

simd::RansReader SymbolReader::words() const { return {next_, in_tail_ ? end_ : end_ - 2 * lanes_}; }

void SymbolReader::read(const DecodeTable& table, std::span<std::byte> symbols) {
    std::size_t done = 0;
    while (symbols.size() - done >= lanes_) {
        if (!in_tail_ && static_cast<std::size_t>(end_ - next_) < 2 * lanes_) move_to_tail();
        simd::RansReader reader = words();
        done += kernels_.decode(states_, lanes_, table.data(), &reader, symbols.data() + done, symbols.size() - done);
        next_ = reader.next;
        if (in_tail_ && next_ > end_) words_end();
    }
    if (done < symbols.size()) read_partial_round(table, symbols.subspan(done));
}

void SymbolReader::read_two(SymbolReader& first, const DecodeTable& first_table, std::span<std::byte> first_symbols,
                            SymbolReader& second, const DecodeTable& second_table,
                            std::span<std::byte> second_symbols) {
    const auto far_from_end = [](const SymbolReader& reader) {
        return !reader.in_tail_ && static_cast<std::size_t>(reader.end_ - reader.next_) >= 2 * reader.lanes_;
    };
    std::size_t done = 0;
    if (first.kernels_.decode_two != nullptr && far_from_end(first) && far_from_end(second)) {
        simd::RansReader words[] = {first.words(), second.words()};
        done = first.kernels_.decode_two({first.states_, first_table.data(), &words[0], first_symbols.data()},
                                         {second.states_, second_table.data(), &words[1], second_symbols.data()},
                                         first.lanes_, first_symbols.size());
        first.next_ = words[0].next;
        second.next_ = words[1].next;
    }
    first.read(first_table, first_symbols.subspan(done));
    second.read(second_table, second_symbols.subspan(done));
}

void SymbolReader::move_to_tail() {
    const auto left = static_cast<std::size_t>(end_ - next_);
    if (left != 0) std::memcpy(tail_, next_, left);
    next_ = tail_;
    end_ = tail_ + left;
    in_tail_ = true;
}

void SymbolReader::read_partial_round(const DecodeTable& table, std::span<std::byte> symbols) {
    constexpr std::uint32_t low_12 = simd::rans_probability_total - 1;
    for (std::size_t lane = 0; lane < symbols.size(); ++lane) {
        std::uint32_t& state = states_[lane];
        const std::uint32_t entry = table[state & low_12];
        state = (entry >> simd::rans_decode_frequency_shift) * (state >> simd::rans_probability_bits) +
                ((entry >> simd::rans_decode_place_shift) & low_12);
        symbols[lane] = static_cast<std::byte>(entry);
        if (state >= simd::rans_low) continue;
        if (next_ == end_) words_end();
        state = state << 16 | load_le<std::uint16_t>(next_);
        next_ += 2;
    }
}

void SymbolReader::finish() const {
    if (next_ != end_) fail(ErrorCode::corrupt, "block: ", (end_ - next_) / 2, " words are left over");
    for (std::size_t lane = 0; lane < lanes_; ++lane)
        if (states_[lane] != simd::rans_low)
            fail(ErrorCode::corrupt, "block: lane ", lane, " ends at ", hex(states_[lane]), ", not at ",
                 hex(simd::rans_low));
}

}  // namespace mrcz::codec::rans
