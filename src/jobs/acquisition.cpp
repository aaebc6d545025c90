#include "jobs/acquisition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/fail.hpp"
#include "jobs/keyed_values.hpp"

namespace mrcz::jobs {
namespace {

// Names as plain_key() has them, in the order of trust.
constexpr std::array<std::string_view, 6> time_keys{"acquisitiontime", "acquisitiondatetime", "acquisitiondate",
                                                    "datetime",        "timestamp",           "starttime"};
constexpr std::array<std::string_view, 6> frame_time_keys{"frametime",         "frameseconds",     "frameexposure",
                                                          "frameexposuretime", "exposureperframe", "secondsperframe"};
/// Of extended headers that have a record a frame.
constexpr std::array<std::string_view, 1> record_time_names{"timestamp"};
constexpr std::array<std::string_view, 2> record_exposure_names{"integration_time", "exposure_time"};

std::optional<KeyedValues> values_of(const Reader& reader) {
    const auto metadata = reader.metadata();
    if (!metadata) return std::nullopt;
    return KeyedValues(metadata->to_json());
}

const ExtendedField* find(const std::vector<ExtendedField>& fields, std::span<const std::string_view> names) {
    for (const std::string_view name : names) {
        const auto found = std::ranges::find(fields, name, &ExtendedField::name);
        if (found != fields.end()) return &*found;
    }
    return nullptr;
}

std::vector<ExtendedField> first_record(const Reader& reader) {
    const ExtendedHeader extended = reader.decoded_extended_header();
    return extended.record_count() > 0 ? extended.record(0) : std::vector<ExtendedField>{};
}

/// Reads digits and moves `text` behind them.
std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return number;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

/// Of `Z`, `+02:00`, `-0530`, or nothing.
std::optional<int> zone_seconds(std::string_view zone) {
    if (zone.empty() || zone == "Z") return 0;
    const int sign = zone.front() == '-' ? -1 : 1;
    if (!take(zone, "+-") || zone.size() < 4) return std::nullopt;
    std::string_view hours = zone.substr(0, 2), minutes = zone.substr(zone.size() - 2);
    const auto h = take_number(hours), m = take_number(minutes);
    if (!h || !m || *h > 14 || *m > 59) return std::nullopt;
    return sign * (*h * 3600 + *m * 60);
}

/// `0.2`, `0.2 s`, `200 ms`.
std::optional<double> seconds_of_exposure(std::string_view text) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc()) return std::nullopt;
    std::string_view unit(parsed.ptr, static_cast<std::size_t>(text.data() + text.size() - parsed.ptr));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    if (unit == "ms") return number / 1000;
    return unit.empty() || unit == "s" || unit == "sec" || unit == "seconds" ? std::optional(number) : std::nullopt;
}

/// Unix time in seconds, or in milliseconds where it could not be seconds.
std::optional<double> unix_seconds(double number) {
    constexpr double year_5000 = 1e11;
    if (!std::isfinite(number) || number <= 0) return std::nullopt;
    return number < year_5000 ? number : number / 1000;
}

}  // namespace

std::optional<double> seconds_of(std::string_view date) {
    constexpr int first_cameras = 1970;  // before it: two digits of a year, a counter
    const auto year = take_number(date);
    if (!year || *year < first_cameras || *year > 9999 || !take(date, "-/")) return std::nullopt;
    const auto month = take_number(date);
    if (!month || !take(date, "-/")) return std::nullopt;
    const auto day = take_number(date);
    const auto calendar =
        std::chrono::year_month_day(std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                    std::chrono::day(static_cast<unsigned>(day.value_or(0))));
    if (!calendar.ok()) return std::nullopt;
    double seconds = static_cast<double>(std::chrono::sys_days(calendar).time_since_epoch().count()) * 86400;
    if (date.empty()) return seconds;
    if (!take(date, "T ")) return std::nullopt;
    for (const int unit : {3600, 60, 1}) {
        const auto part = take_number(date);
        const int most = unit == 3600 ? 23 : unit == 60 ? 59 : 60;  // 60: a leap second
        if (!part || *part > most) return std::nullopt;
        seconds += *part * unit;
        if (unit > 1 && !take(date, ":")) return std::nullopt;
    }
    if (date.starts_with('.')) {
        double fraction = 0;
        const auto parsed = std::from_chars(date.data(), date.data() + date.size(), fraction);
        if (parsed.ec != std::errc()) return std::nullopt;
        seconds += fraction;
        date.remove_prefix(static_cast<std::size_t>(parsed.ptr - date.data()));
    }
    const auto zone = zone_seconds(date);
    return zone ? std::optional(seconds - *zone) : std::nullopt;
}

std::optional<double> acquisition_seconds(const Reader& reader) {
    if (const auto values = values_of(reader)) {
        for (const std::string_view key : time_keys) {
            if (const auto text = values->text(key))
                if (const auto seconds = seconds_of(*text)) return seconds;
            if (const auto number = values->number(key)) return unix_seconds(*number);
        }
    }
    const auto fields = first_record(reader);
    const ExtendedField* const field = find(fields, record_time_names);
    const auto* const text = field != nullptr ? std::get_if<std::string>(&field->value) : nullptr;
    return text != nullptr ? seconds_of(*text) : std::nullopt;
}

std::optional<double> frame_seconds(const Reader& reader) {
    const auto positive = [](double seconds) {
        return std::isfinite(seconds) && seconds > 0 ? std::optional(seconds) : std::nullopt;
    };
    if (const auto values = values_of(reader))
        for (const std::string_view key : frame_time_keys) {
            if (const auto number = values->number(key)) return positive(*number);
            const auto text = values->text(key);
            if (!text) continue;
            if (const auto seconds = seconds_of_exposure(*text)) return positive(*seconds);
            fail(ErrorCode::invalid_argument, "its metadata have '", printable(*text),
                 "' as the exposure of a frame: expected seconds, or a number with s or ms; give --frame-time SECONDS");
        }
    const auto fields = first_record(reader);
    const ExtendedField* const field = find(fields, record_exposure_names);
    const auto* const seconds = field != nullptr ? std::get_if<double>(&field->value) : nullptr;
    return seconds != nullptr ? positive(*seconds) : std::nullopt;
}

}  // namespace mrcz::jobs
