#include "threads.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

namespace mrcz::cli {
namespace {

/// A positive number in an environment variable, or 0.
unsigned from_environment(const char* name) {
    const char* text = std::getenv(name);
    unsigned number = 0;
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
    return number;
}

/// Processors the scheduler gives this process: affinity, then the cgroup's quota.
unsigned available_processors() {
    unsigned count = std::max(1U, std::thread::hardware_concurrency());
    cpu_set_t allowed;
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = static_cast<unsigned>(CPU_COUNT(&allowed));
    std::ifstream file("/sys/fs/cgroup/cpu.max");
    double quota = 0;
    double period = 0;
    if (file >> quota >> period && period > 0)  // reads nothing from "max", which is no number
        count = std::min(count, static_cast<unsigned>(std::max(1.0, quota / period)));
    return std::max(1U, count);
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
        if (const unsigned count = from_environment(name)) return std::min(count, 1024U);
    return available_processors();
}

const CancelToken& interruption() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
    return interrupted;
}

}  // namespace mrcz::cli
