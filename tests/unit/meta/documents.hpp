// What the tests of documents share.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mrcz/error.hpp"
#include "mrcz/metadata.hpp"

namespace mrcz::meta_test {

/// Bytes written as text, so that a MessagePack document reads `bytes("\x81\xa1" "a" "\xc0"sv)`.
inline std::vector<std::byte> bytes(std::string_view text) {
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
}

inline std::string stored_text(const Metadata& metadata) {
    return {reinterpret_cast<const char*>(metadata.stored().data()), metadata.stored().size()};
}

template <class Work>
std::optional<Error> error_of(Work work) {
    try {
        static_cast<void>(work());
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

inline std::optional<Error> json_error(std::string_view text, const Limits& limits = {}) {
    return error_of([&] { return Metadata::from_json(text, limits); });
}

inline std::optional<Error> msgpack_error(std::string_view text, const Limits& limits = {}) {
    return error_of([&] { return Metadata::from_msgpack(bytes(text), limits); });
}

inline void expect_error(const std::optional<Error>& error, ErrorCode code, std::string_view message) {
    ASSERT_TRUE(error.has_value()) << "no error; expected: " << message;
    EXPECT_EQ(error->code(), code);
    EXPECT_EQ(error->message(), message);
}

inline std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t index = 0; index < times; ++index) out += text;
    return out;
}

}  // namespace mrcz::meta_test
