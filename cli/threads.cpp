#include "threads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>

#include "processors.hpp"

namespace mrcz::cli {
namespace {

constexpr unsigned most_threads = 1024;

/// A positive number in an environment variable, or 0, which is also what 0 means there. Anything else is told: a job
/// that quietly runs on other threads than meant is found out much later.
unsigned from_environment(const char* name, bool quiet) {
    const char* text = std::getenv(name);
    if (text == nullptr || *text == '\0') return 0;
    const char* end = text + std::strlen(text);
    unsigned number = 0;
    const auto parsed = std::from_chars(text, end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end) return std::min(number, most_threads);
    if (!quiet) std::cerr << fmt::format("mrcz: warning: {} is '{}', which is no number: ignored\n", name, text);
    return 0;
}

CancelToken interrupted;
std::atomic<std::time_t> first_signal{0};

/// timeout, srun and the like pass one Ctrl-C on twice, microseconds apart, so only a later one means "at once".
void on_signal(int signal) {
    constexpr std::time_t pause_seconds = 2;
    const std::time_t now = std::time(nullptr);
    std::time_t none = 0;
    interrupted.cancel();
    if (first_signal.compare_exchange_strong(none, now) || now - first_signal < pause_seconds) return;
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

}  // namespace

unsigned thread_count(const Options& options) {
    if (options.threads > 0) return options.threads;
    for (const char* name : {"MRCZ_THREADS", "SLURM_CPUS_PER_TASK"})
        if (const unsigned count = from_environment(name, options.quiet > 1)) return count;
    return available_processors();
}

const CancelToken& interruption() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
    return interrupted;
}

}  // namespace mrcz::cli
