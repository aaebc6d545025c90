#include "meta/msgpack_values.hpp"

#include <chrono>
#include <string_view>

#include "base/text.hpp"

namespace mrcz::meta {

namespace {

std::uint64_t load_big_endian(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (const std::byte byte : bytes) value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
}

struct Timestamp {
    std::int64_t seconds;  ///< since 1970-01-01T00:00:00Z
    std::uint64_t nanoseconds;
};

std::optional<Timestamp> parse_timestamp(std::span<const std::byte> payload) {
    if (payload.size() == 4) return Timestamp{static_cast<std::int64_t>(load_big_endian(payload)), 0};
    if (payload.size() == 8) {
        const std::uint64_t both = load_big_endian(payload);
        return Timestamp{static_cast<std::int64_t>(both & 0x3'ffff'ffff), both >> 34};
    }
    if (payload.size() != 12) return std::nullopt;
    return Timestamp{static_cast<std::int64_t>(load_big_endian(payload.subspan(4))), load_big_endian(payload.first(4))};
}

bool has_iso_text(const Timestamp& time) {
    constexpr std::int64_t year_0 = -62'167'219'200;
    constexpr std::int64_t year_10000 = 253'402'300'800;
    return time.seconds >= year_0 && time.seconds < year_10000 && time.nanoseconds < 1'000'000'000;
}

std::string padded(std::uint64_t number, std::size_t digits) {
    std::string text = std::to_string(number);
    if (text.size() < digits) text.insert(0, digits - text.size(), '0');
    return text;
}

std::string fraction_text(std::uint64_t nanoseconds) {
    if (nanoseconds == 0) return {};
    std::string text = concat('.', padded(nanoseconds, 9));
    text.resize(text.find_last_not_of('0') + 1);
    return text;
}

}  // namespace

std::optional<std::string> timestamp_text(std::span<const std::byte> payload) {
    const auto time = parse_timestamp(payload);
    if (!time || !has_iso_text(*time)) return std::nullopt;
    using namespace std::chrono;
    const sys_seconds instant{seconds(time->seconds)};
    const auto midnight = floor<days>(instant);
    const year_month_day date(midnight);
    const hh_mm_ss clock(instant - midnight);
    const auto two = [](auto number) { return padded(static_cast<std::uint64_t>(number), 2); };
    return concat(padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4), '-',
                  two(static_cast<unsigned>(date.month())), '-', two(static_cast<unsigned>(date.day())), 'T',
                  two(clock.hours().count()), ':', two(clock.minutes().count()), ':', two(clock.seconds().count()),
                  fraction_text(time->nanoseconds), 'Z');
}

}  // namespace mrcz::meta
