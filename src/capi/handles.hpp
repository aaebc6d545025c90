// What the handles of readers are inside.
#pragma once

#include <memory>

#include "mrcz/corrected_reader.hpp"
#include "mrcz/mrcz.h"
#include "mrcz/reader.hpp"

struct mrcz_reader {
    std::unique_ptr<mrcz::Reader> own;  ///< null: the reader is another handle's
    const mrcz::Reader* reader = nullptr;
};

struct mrcz_corrected {
    explicit mrcz_corrected(mrcz::CorrectedReader corrected_reader)
        : corrected(std::move(corrected_reader)), raw{nullptr, &corrected.reader()} {}

    mrcz::CorrectedReader corrected;
    mrcz_reader raw;
};

namespace mrcz::capi {

[[nodiscard]] mrcz_stack stack_of(const Reader& reader) noexcept;

}  // namespace mrcz::capi
