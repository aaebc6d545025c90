// Frames in order through three stages: take (one at a time), work (side by side), put (one at a time). Every worker
// runs all three, so with two threads or more one reads or writes while another codes, and no thread only waits for a
// disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "mrcz/run_context.hpp"

namespace mrcz {

/// `slot` numbers the buffers an item lives in, 0 … pipeline_slots() - 1; an item keeps its slot from take to put.
struct PipelineStages {
    std::function<bool(std::int64_t item, std::size_t slot)> take;  ///< in item order; false: there is no such item
    std::function<void(std::int64_t item, std::size_t slot)> work;  ///< in any order, side by side
    std::function<void(std::int64_t item, std::size_t slot)> put;   ///< in item order
};

/// How many items are under way at most. Each holds a frame and a chunk, so that half as many again as there are
/// threads stays within three frames a thread.
[[nodiscard]] std::size_t pipeline_slots(const RunContext& context) noexcept;

/// Runs items 0, 1, 2, … until take says no. What a stage throws ends the run: items before it are still put, and the
/// error of the first failing item is rethrown, whatever the number of threads. Cancelling throws Error{cancelled}.
void run_ordered(const PipelineStages& stages, const RunContext& context);

/// Throws Error{cancelled} when the context's token says so.
void check_cancelled(const RunContext& context);

/// Runs body(0) … body(count - 1) side by side; the error of the lowest failing index is rethrown.
void run_parallel(std::int64_t count, const std::function<void(std::int64_t index)>& body, const RunContext& context);

/// The same for frames: the context's progress is told of each, in order.
void run_frames(std::int64_t count, const std::function<void(std::int64_t index)>& body, const RunContext& context);

}  // namespace mrcz
