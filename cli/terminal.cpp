#include "terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace mrcz::cli {
namespace {

constexpr std::size_t bar_width = 24;
constexpr std::size_t longest_name = 28;

std::string shortened(const std::string& name) {
    return name.size() <= longest_name ? name : "..." + name.substr(name.size() - longest_name + 3);
}

std::size_t terminal_columns() {
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col : 80;
}

std::string bar(double share) {
    const auto full = static_cast<std::size_t>(share * bar_width);
    return std::string(full, '#') + std::string(bar_width - full, '-');
}

}  // namespace

bool stdin_is_terminal() { return ::isatty(STDIN_FILENO) == 1; }
bool stdout_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }
bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

bool may_draw() {
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    if (no_color != nullptr && *no_color != '\0') return false;
    return stderr_is_terminal() && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

ProgressBar::ProgressBar(std::string name, bool enabled)
    : name_(shortened(name)), enabled_(enabled), started_(Clock::now()), last_drawn_(started_) {}

ProgressBar::~ProgressBar() { erase(); }

void ProgressBar::erase() {
    if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
    drawn_ = false;
}

void ProgressBar::operator()(const ProgressUpdate& update) {
    constexpr std::chrono::milliseconds pause(100);
    const auto now = Clock::now();
    if (update.frames_done == update.frames_total) return erase();
    if (!enabled_ || now - last_drawn_ < pause) return;
    last_drawn_ = now;
    drawn_ = true;
    const double seconds = std::chrono::duration<double>(now - started_).count();
    const double share = static_cast<double>(update.frames_done) / static_cast<double>(update.frames_total);
    const double moved = static_cast<double>(std::max(update.bytes_in, update.bytes_out));
    const auto least = static_cast<double>(std::max<std::uint64_t>(1, std::min(update.bytes_in, update.bytes_out)));
    std::string line =
        fmt::format("{:3.0f} % {} [{}]  {:.0f} MB/s", 100 * share, name_, bar(share), moved / 1e6 / seconds);
    if (update.bytes_out > 0) line += fmt::format("  ratio {:.2f}", moved / least);
    line += fmt::format("  {:.0f} s left", seconds / share - seconds);
    // A line that wraps could not be erased.
    std::cerr << "\r\x1b[K" << line.substr(0, terminal_columns() - 1) << std::flush;
}

std::string readable_bytes(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> units{"kB", "MB", "GB", "TB", "PB"};
    if (bytes < 1000) return fmt::format("{} B", bytes);
    double value = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace mrcz::cli
