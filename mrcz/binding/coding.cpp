#include "coding.hpp"

#include "mrcz/error.hpp"

namespace mrcz::python {
namespace {

Filter filter_named(std::string_view name) {
    for (const auto& [known, filter] : {std::pair<std::string_view, Filter>{"auto", Filter::automatic},
                                        {"none", Filter::none},
                                        {"byteshuffle", Filter::byteshuffle},
                                        {"bitshuffle", Filter::bitshuffle}})
        if (known == name) return filter;
    throw Error(ErrorCode::invalid_argument,
                "filter: \"" + std::string(name) + R"(", expected "auto", "none", "byteshuffle" or "bitshuffle")");
}

}  // namespace

std::optional<LiveOptions> live_of(const std::optional<Live>& live) {
    if (!live) return std::nullopt;
    return LiveOptions{live->first, live->second};
}

CodecOptions coding_of(int level, std::uint64_t block_bytes, std::string_view filter) {
    return {.level = level, .block_bytes = block_bytes, .filter = filter_named(filter)};
}

}  // namespace mrcz::python
