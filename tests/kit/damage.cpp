#include "kit/damage.hpp"

#include <gtest/gtest.h>

namespace mrcz::kit {

Error error_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error;
    } catch (const std::exception& other) {
        ADD_FAILURE() << "expected mrcz::Error, got " << other.what();
        return {ErrorCode::internal, "wrong exception"};
    }
    ADD_FAILURE() << "expected an error, got none";
    return {ErrorCode::internal, "no exception"};
}

bool survives(const std::function<void()>& work, std::string* why_not) {
    try {
        work();
        return true;
    } catch (const Error& error) {
        if (error.group() == ErrorGroup::data) return true;
        if (why_not != nullptr) *why_not = error.what();
    } catch (const std::exception& other) {
        if (why_not != nullptr) *why_not = other.what();
    }
    return false;
}

Bytes truncated(const Bytes& bytes, std::size_t length) {
    return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length)};
}

Bytes with_flipped_bit(const Bytes& bytes, std::size_t bit) {
    Bytes damaged = bytes;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    return damaged;
}

}  // namespace mrcz::kit
