// BloscLZ, c-blosc's own compressor: literals and matches as spec/mrcz-format.md, section 3, has them. Written anew so
// that every place read and written is checked; c-blosc's decoder is only safe on streams of its own encoder.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "base/byte_order.hpp"
#include "codec/blosc/backend.hpp"

namespace mrcz::codec::blosc {
namespace {

constexpr std::size_t most_literals = 32;
constexpr std::size_t shortest_match = 3;
constexpr std::size_t short_lengths = 7;      ///< a length field of 7 goes on in bytes of their own
constexpr std::size_t near_distances = 8191;  ///< 1 to 8191 take two bytes, those beyond them four
constexpr std::size_t far_distances = 65536;
constexpr std::size_t greatest_distance = near_distances + far_distances;
constexpr std::size_t far_field = 31;  ///< in the first byte's distance bits, with 255 behind: a far match

// --- decoding ---

/// The rest of a stream; every step says whether it had enough bytes.
class Input {
  public:
    explicit Input(std::span<const std::byte> stream) : at_(stream.data()), left_(stream.size()) {}

    [[nodiscard]] bool read(std::size_t& value) {
        if (left_ == 0) return false;
        value = std::to_integer<std::size_t>(*at_);
        skip(1);
        return true;
    }
    [[nodiscard]] const std::byte* bytes() const { return at_; }
    [[nodiscard]] std::size_t left() const { return left_; }
    /// `count` is at most left().
    void skip(std::size_t count) {
        at_ += count;
        left_ -= count;
    }

  private:
    const std::byte* at_;
    std::size_t left_;
};

/// The block as far as it is there.
class Output {
  public:
    explicit Output(std::span<std::byte> block) : begin_(block.data()), size_(block.size()) {}

    [[nodiscard]] bool is_complete() const { return done_ == size_; }

    /// Copies `count` literals; `readable` bytes stand at `bytes`.
    [[nodiscard]] bool append(const std::byte* bytes, std::size_t count, std::size_t readable) {
        const std::size_t room = size_ - done_;
        if (count > room || count > readable) return false;
        // A copy of fixed size is one instruction or two; what it writes too much is overwritten.
        const bool is_free = room >= most_literals && readable >= most_literals;
        std::memcpy(begin_ + done_, bytes, is_free ? most_literals : count);
        done_ += count;
        return true;
    }

    /// Repeats `length` bytes from `distance` back; those written meanwhile count.
    [[nodiscard]] bool repeat(std::size_t length, std::size_t distance) {
        const std::size_t room = size_ - done_;
        if (length > room || distance > done_) return false;
        std::byte* const to = begin_ + done_;
        const std::byte* const from = to - distance;
        done_ += length;
        if (length <= word && distance >= word && room >= word) {
            std::memcpy(to, from, word);
        } else if (distance == 1) {
            std::memset(to, std::to_integer<int>(*from), length);
        } else {
            copy_period(to, from, length, distance);
        }
        return true;
    }

  private:
    static constexpr std::size_t word = 16;

    /// What is written goes on repeating, so each copy may be as long as all before.
    static void copy_period(std::byte* to, const std::byte* from, std::size_t length, std::size_t period) {
        while (length > 0) {
            const std::size_t count = std::min(length, period);
            std::memcpy(to, from, count);
            to += count;
            length -= count;
            period += count;
        }
    }

    std::byte* begin_;
    std::size_t size_;
    std::size_t done_ = 0;
};

struct Match {
    std::size_t length;
    std::size_t distance;
};

/// The match whose first byte is `token`. Its length is bounded by `most`, so that no run of bytes makes it wrap.
[[nodiscard]] bool read_match(Input& input, std::size_t token, std::size_t most, Match& match) {
    const std::size_t field = token >> 5;
    match.length = field + shortest_match - 1;
    std::size_t more = field == short_lengths ? 255 : 0;
    while (more == 255) {
        if (!input.read(more) || match.length > most) return false;
        match.length += more;
    }
    const std::size_t high = token & far_field;
    std::size_t low = 0;
    if (!input.read(low)) return false;
    match.distance = (high << 8) + low + 1;
    if (high != far_field || low != 255) return true;
    std::size_t far_high = 0;
    std::size_t far_low = 0;
    if (!input.read(far_high) || !input.read(far_low)) return false;
    match.distance = near_distances + 1 + (far_high << 8) + far_low;
    return true;
}

class BloscLzDecompressor final : public BlockDecompressor {
  public:
    bool decompress(std::span<const std::byte> stream, std::span<std::byte> block) override {
        Input input(stream);
        Output output(block);
        std::size_t token = 0;
        if (!input.read(token)) return false;
        token %= most_literals;  // a stream begins with literals; the upper bits of its first byte mean nothing
        for (;;) {
            if (token < most_literals) {
                if (!output.append(input.bytes(), token + 1, input.left())) return false;
                input.skip(token + 1);
            } else {
                Match match{};
                if (!read_match(input, token, block.size(), match) || !output.repeat(match.length, match.distance))
                    return false;
            }
            if (!input.read(token)) return output.is_complete();
        }
    }
};

// --- encoding ---

/// How hard a level tries.
struct Effort {
    unsigned table_bits;
    std::size_t ways;   ///< places remembered per hash
    unsigned patience;  ///< the step grows by one after 2^patience bytes without a match
};

constexpr std::array<Effort, 9> efforts{
    {{13, 1, 6}, {13, 2, 6}, {14, 2, 6}, {14, 4, 7}, {14, 4, 8}, {15, 8, 8}, {15, 8, 9}, {16, 16, 9}, {16, 32, 10}}};

constexpr std::size_t hashed_bytes = 4;
/// A far match takes four bytes, and the literals behind it a token more.
constexpr std::size_t shortest_far_match = 7;
/// c-blosc's decoder wants literals at the end of a stream.
constexpr std::size_t last_literals = 5;

std::uint32_t four_bytes(const std::byte* at) { return load<std::uint32_t>(at, ByteOrder::little); }
std::uint64_t eight_bytes(const std::byte* at) { return load<std::uint64_t>(at, ByteOrder::little); }

/// Bytes that are the same from `a` and from `b` on, b < a, as far as `end`.
std::size_t common_bytes(const std::byte* a, const std::byte* b, const std::byte* end) {
    const std::byte* const start = a;
    while (end - a >= 8) {
        const std::uint64_t difference = eight_bytes(a) ^ eight_bytes(b);
        if (difference != 0)
            return static_cast<std::size_t>(a - start) + static_cast<std::size_t>(std::countr_zero(difference)) / 8;
        a += 8;
        b += 8;
    }
    while (a < end && *a == *b) ++a, ++b;
    return static_cast<std::size_t>(a - start);
}

/// Writes tokens as long as there is room.
class TokenWriter {
  public:
    explicit TokenWriter(std::span<std::byte> room) : begin_(room.data()), at_(begin_), end_(begin_ + room.size()) {}

    [[nodiscard]] std::size_t written() const { return static_cast<std::size_t>(at_ - begin_); }

    [[nodiscard]] bool literals(const std::byte* from, std::size_t count) {
        const std::size_t tokens = (count + most_literals - 1) / most_literals;
        if (count + tokens > room()) return false;
        for (; count > most_literals; count -= most_literals, from += most_literals) run(from, most_literals);
        if (count > 0) run(from, count);
        return true;
    }

    [[nodiscard]] bool match(const Match& match) {
        const std::size_t length = match.length - shortest_match + 1;
        if (length / 255 + 5 > room()) return false;
        const bool is_far = match.distance > near_distances;
        const std::size_t field = is_far ? far_field << 8 | 255 : match.distance - 1;
        put(std::min(length, short_lengths) << 5 | field >> 8);
        if (length >= short_lengths) {
            std::size_t more = length - short_lengths;
            for (; more >= 255; more -= 255) put(255);
            put(more);
        }
        put(field & 255);
        if (!is_far) return true;
        const std::size_t beyond = match.distance - near_distances - 1;
        put(beyond >> 8);
        put(beyond & 255);
        return true;
    }

  private:
    [[nodiscard]] std::size_t room() const { return static_cast<std::size_t>(end_ - at_); }
    void put(std::size_t value) { *at_++ = static_cast<std::byte>(value); }
    void run(const std::byte* from, std::size_t count) {
        put(count - 1);
        std::memcpy(at_, from, count);
        at_ += count;
    }

    std::byte* begin_;
    std::byte* at_;
    std::byte* end_;
};

class BloscLzCompressor final : public BlockCompressor {
  public:
    explicit BloscLzCompressor(int level) : effort_(efforts[static_cast<std::size_t>(level - 1)]) {}

    std::size_t compress(std::span<const std::byte> block, std::span<std::byte> to) override {
        if (block.size() <= hashed_bytes + last_literals) return 0;
        forget(block.size());
        begin_ = block.data();
        // A stream that is no smaller is of no use: room for one that is.
        TokenWriter writer(to.first(std::min(to.size(), block.size() - 1)));
        const std::byte* const end = block.data() + block.size();
        const std::byte* const match_end = end - last_literals;
        const std::byte* const last_start = match_end - hashed_bytes;
        const std::byte* unwritten = begin_;
        remember(begin_);
        for (const std::byte* at = begin_ + 1; at <= last_start;) {
            const Match match = find_match(at, match_end);
            if (match.length == 0) {
                at += 1 + (static_cast<std::size_t>(at - unwritten) >> effort_.patience);
                continue;
            }
            const std::size_t earlier = common_bytes_before(at, match.distance, unwritten);
            const Match whole{match.length + earlier, match.distance};
            if (!writer.literals(unwritten, static_cast<std::size_t>(at - unwritten) - earlier) || !writer.match(whole))
                return 0;
            at += match.length;
            unwritten = at;
            if (at <= last_start) remember(at - 2);
        }
        return writer.literals(unwritten, static_cast<std::size_t>(end - unwritten)) ? writer.written() : 0;
    }

  private:
    /// A table no larger than the block needs, empty: what is written must not depend on blocks before.
    void forget(std::size_t block_bytes) {
        bits_ = std::min<unsigned>(effort_.table_bits, static_cast<unsigned>(std::bit_width(block_bytes)));
        places_.assign((std::size_t{1} << bits_) * effort_.ways, 0);
    }

    std::uint32_t* slot_of(const std::byte* at) {
        constexpr std::uint32_t golden = 2654435761U;
        return &places_[std::size_t{(four_bytes(at) * golden) >> (32 - bits_)} * effort_.ways];
    }

    void remember(const std::byte* at) { insert(slot_of(at), static_cast<std::uint32_t>(at - begin_)); }

    void insert(std::uint32_t* slot, std::uint32_t place) const {
        for (std::size_t way = effort_.ways - 1; way > 0; --way) slot[way] = slot[way - 1];
        slot[0] = place;
    }

    /// By how much a match may begin earlier. The stream's first byte has to be a literal.
    std::size_t common_bytes_before(const std::byte* at, std::size_t distance, const std::byte* unwritten) const {
        const std::byte* const first = unwritten == begin_ ? begin_ + 1 : unwritten;
        const auto most =
            std::min(static_cast<std::size_t>(at - first), static_cast<std::size_t>(at - begin_) - distance);
        std::size_t count = 0;
        const std::byte* const place = at - distance;
        while (count < most && *(at - count - 1) == *(place - count - 1)) ++count;
        return count;
    }

    /// The longest match that pays, of length 0 when there is none; remembers `at`.
    Match find_match(const std::byte* at, const std::byte* match_end) {
        std::uint32_t* const slot = slot_of(at);
        const std::uint32_t first = four_bytes(at);
        Match best{0, 0};
        for (std::size_t way = 0; way < effort_.ways; ++way) {
            const std::byte* const place = begin_ + slot[way];
            if (four_bytes(place) != first) continue;
            const auto distance = static_cast<std::size_t>(at - place);
            if (distance > greatest_distance) break;
            const std::size_t length = hashed_bytes + common_bytes(at + hashed_bytes, place + hashed_bytes, match_end);
            const bool pays = distance <= near_distances || length >= shortest_far_match;
            if (pays && length > best.length) best = {length, distance};
        }
        insert(slot, static_cast<std::uint32_t>(at - begin_));
        return best;
    }

    Effort effort_;
    unsigned bits_ = 0;
    const std::byte* begin_ = nullptr;
    std::vector<std::uint32_t> places_;
};

}  // namespace

std::unique_ptr<BlockCompressor> make_blosclz_compressor(int level, std::size_t) {
    return std::make_unique<BloscLzCompressor>(level);
}
std::unique_ptr<BlockDecompressor> make_blosclz_decompressor() { return std::make_unique<BloscLzDecompressor>(); }
std::size_t blosclz_bound(std::size_t block_bytes) { return block_bytes; }

}  // namespace mrcz::codec::blosc
