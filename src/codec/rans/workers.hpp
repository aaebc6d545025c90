// Blocks of one frame on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

#include "mrcz/run_context.hpp"

namespace mrcz::codec::rans {

/// How many workers run_blocks() has; without an executor, 1.
[[nodiscard]] inline std::size_t workers_for(const Executor* executor, std::size_t blocks) {
    return executor == nullptr ? 1 : std::min<std::size_t>(executor->concurrency(), blocks);
}

/// Calls work(worker, block) once for each block; a worker is on one thread at a time. Rethrows what was thrown first.
template <class Work>
void run_blocks(Executor* executor, std::size_t blocks, Work&& work) {
    const std::size_t workers = workers_for(executor, blocks);
    if (workers <= 1) {
        for (std::size_t block = 0; block < blocks; ++block) work(std::size_t{0}, block);
        return;
    }
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr thrown;
    std::vector<std::function<void()>> tasks;
    for (std::size_t worker = 0; worker < workers; ++worker)
        tasks.emplace_back([&, worker] {
            try {
                for (std::size_t block = next++; block < blocks; block = next++) work(worker, block);
            } catch (...) {
                next = blocks;
                const std::lock_guard lock(mutex);
                if (!thrown) thrown = std::current_exception();
            }
        });
    executor->run_all(tasks);
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace mrcz::codec::rans
