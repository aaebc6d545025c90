// One part of a file may be damaged and another not: each is tried.
#pragma once

#include "mrcz/error.hpp"

namespace mrcz::fuzz {

template <class Work>
void attempt(const Work& work) {
    try {
        work();
    } catch (const Error& error) {
        if (error.group() != ErrorGroup::data) throw;
    }
}

}  // namespace mrcz::fuzz
