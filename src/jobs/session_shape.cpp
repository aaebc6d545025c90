#include "jobs/session_shape.hpp"

#include <map>
#include <utility>

#include "base/bytes.hpp"
#include "base/ordered_pipeline.hpp"
#include "header/layout.hpp"
#include "jobs/open_input.hpp"

namespace mrcz::jobs {
namespace {

using Size = std::pair<std::int64_t, std::int64_t>;

/// Nothing where it cannot be read: that is said when the movie's turn comes.
std::optional<Size> size_of(const std::filesystem::path& path, const Limits& limits, const RunContext& context) {
    try {
        const auto stream = open_stream(Input::file(path), context);
        Bytes head(Header::bytes_on_disk);
        if (io::read_up_to(*stream, head) < head.size()) return std::nullopt;
        const header::Layout layout =
            header::read_layout(std::span<const std::byte>(head).first<Header::bytes_on_disk>(), limits);
        return Size{layout.columns, layout.rows};
    } catch (const Error& error) {
        if (error.group() == ErrorGroup::interrupted) throw;
        return std::nullopt;
    }
}

}  // namespace

std::optional<ImageShape> most_common_shape(std::span<const std::filesystem::path> movies, const Limits& limits,
                                            const RunContext& context) {
    std::map<Size, std::size_t> counts;
    for (const std::filesystem::path& movie : movies) {
        check_cancelled(context);
        if (const auto size = size_of(movie, limits, context)) ++counts[*size];
    }
    std::optional<ImageShape> common;
    std::size_t most = 0;
    for (const auto& [size, count] : counts) {
        if (count < most) continue;
        most = count;
        common = ImageShape{size.first, size.second};
    }
    return common;
}

}  // namespace mrcz::jobs
