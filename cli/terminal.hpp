// What is drawn on a terminal: the progress bar, and whether there is a terminal at all.
#pragma once

#include <chrono>
#include <string>

#include "mrcz/run_context.hpp"

namespace mrcz::cli {

[[nodiscard]] bool stdin_is_terminal();
[[nodiscard]] bool stdout_is_terminal();
[[nodiscard]] bool stderr_is_terminal();
/// A person is watching and has not asked for silence (NO_COLOR, TERM=dumb: no control sequences).
[[nodiscard]] bool may_draw();

/// One line on standard error, redrawn a few times a second: share, rate, ratio, time left. Erases itself.
class ProgressBar {
  public:
    ProgressBar(std::string name, bool enabled);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// The last update erases the bar: what follows it is the result.
    void operator()(const ProgressUpdate& update);
    void erase();

  private:
    using Clock = std::chrono::steady_clock;
    std::string name_;
    bool enabled_;
    bool drawn_ = false;
    Clock::time_point started_;
    Clock::time_point last_drawn_;
};

/// `12.3 MB`, powers of ten as disks are sold and speeds are quoted.
[[nodiscard]] std::string readable_bytes(std::uint64_t bytes);

}  // namespace mrcz::cli
