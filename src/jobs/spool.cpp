#include "jobs/spool.hpp"

#include <algorithm>
#include <cstdlib>
#include <type_traits>

#include "base/fail.hpp"

namespace mrcz::jobs {
namespace {

static_assert(std::is_trivially_copyable_v<OutlierPixel>);

template <class Value>
Spool::Place put_as(Spool& spool, const std::vector<std::uint32_t>& values) {
    const std::vector<Value> narrow(values.begin(), values.end());
    return spool.put(std::as_bytes(std::span(narrow)));
}

template <class Value>
std::vector<Value> get_as(const Spool& spool, const Spool::Place& place) {
    std::vector<Value> values(static_cast<std::size_t>(place.bytes) / sizeof(Value));
    spool.get(place, std::as_writable_bytes(std::span(values)));
    return values;
}

template <class Value>
std::vector<std::uint32_t> widened(const std::vector<Value>& values) {
    return {values.begin(), values.end()};
}

}  // namespace

Spool::Place Spool::put(std::span<const std::byte> bytes) {
    const Place place{end_, bytes.size()};
    try {
        if (file_.get() < 0) file_ = io::open_anonymous_file();
        io::write_all_at(file_.get(), place.offset, bytes);
    } catch (const Error& error) {
        const char* const folder = std::getenv("TMPDIR");
        throw Error(ErrorCode::io_failed,
                    concat(error.message(), "; sums of the session wait there, name another folder with TMPDIR"),
                    concat("temporary folder ", folder != nullptr ? folder : "/tmp"));
    }
    end_ += bytes.size();
    return place;
}

void Spool::get(const Place& place, std::span<std::byte> into) const {
    if (place.bytes > 0 && io::read_at(file_.get(), place.offset, into) != place.bytes)
        fail(ErrorCode::io_failed, "a temporary file is shorter than what was written to it");
}

SpooledSum put(Spool& spool, const SumImage& sum) {
    SpooledSum spooled{.place = {}, .shape = sum.shape, .frames = sum.frames, .value_bytes = 0};
    if (const auto* const doubles = std::get_if<std::vector<double>>(&sum.values)) {
        spooled.place = spool.put(std::as_bytes(std::span(*doubles)));
        return spooled;
    }
    if (const auto* const wide = std::get_if<std::vector<std::int64_t>>(&sum.values)) {
        spooled.value_bytes = 8;
        spooled.place = spool.put(std::as_bytes(std::span(*wide)));
        return spooled;
    }
    const auto& values = std::get<std::vector<std::uint32_t>>(sum.values);
    const std::uint32_t most = values.empty() ? 0 : *std::ranges::max_element(values);
    spooled.value_bytes = most <= 0xff ? 1 : most <= 0xffff ? 2 : 4;
    spooled.place = spooled.value_bytes == 1   ? put_as<std::uint8_t>(spool, values)
                    : spooled.value_bytes == 2 ? put_as<std::uint16_t>(spool, values)
                                               : spool.put(std::as_bytes(std::span(values)));
    return spooled;
}

SumImage get(const Spool& spool, const SpooledSum& spooled) {
    SumImage sum{.shape = spooled.shape, .frames = spooled.frames, .values = {}};
    switch (spooled.value_bytes) {
        case 0:
            sum.values = get_as<double>(spool, spooled.place);
            break;
        case 1:
            sum.values = widened(get_as<std::uint8_t>(spool, spooled.place));
            break;
        case 2:
            sum.values = widened(get_as<std::uint16_t>(spool, spooled.place));
            break;
        case 4:
            sum.values = get_as<std::uint32_t>(spool, spooled.place);
            break;
        default:
            sum.values = get_as<std::int64_t>(spool, spooled.place);
    }
    return sum;
}

Spool::Place put(Spool& spool, const std::vector<OutlierPixel>& pixels) {
    return spool.put(std::as_bytes(std::span(pixels)));
}

std::vector<OutlierPixel> get(const Spool& spool, const Spool::Place& place) {
    return get_as<OutlierPixel>(spool, place);
}

}  // namespace mrcz::jobs
