// What to do about a damaged file, behind the message that says what is wrong with it.
#pragma once

#include <string>
#include <string_view>

#include "mrcz/error.hpp"

namespace mrcz::container {

inline constexpr std::string_view repair_hint = "; `mrcz repair` makes a whole file of what can be read";

[[nodiscard]] inline std::string without_repair_hint(const std::string& message) {
    return message.substr(0, message.find(repair_hint));
}

/// Runs `work`; an error that speaks of damage gets the hint behind it, where there is something to be saved.
template <class Work>
decltype(auto) hinting_repair(bool something_is_whole, const Work& work) {
    try {
        return work();
    } catch (const Error& error) {
        const bool speaks_of_damage = error.code() == ErrorCode::corrupt || error.code() == ErrorCode::truncated;
        if (!something_is_whole || !speaks_of_damage) throw;
        throw Error(error.code(), without_repair_hint(error.message()) + std::string(repair_hint), error.context());
    }
}

}  // namespace mrcz::container
