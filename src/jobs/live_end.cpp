#include "jobs/live_end.hpp"

#include "base/fail.hpp"

namespace mrcz::jobs {
namespace {

std::string frames_text(std::int64_t frames) { return concat(frames, frames == 1 ? " frame" : " frames"); }

[[noreturn]] void throw_with(const std::exception_ptr& failure, const std::string& outcome) {
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        throw Error(error.code(), concat(error.message(), "; ", outcome), error.context());
    }
}

}  // namespace

std::uint64_t end_live(container::Growth& growth, const std::string& step, const std::filesystem::path& output,
                       std::exception_ptr failure) {
    const std::string name = output.string();
    std::uint64_t bytes = 0;
    std::string outcome;
    try {
        growth.commit();  // a full disk has no room for the footer, but the header can count what is there
        bytes = growth.finish(step);
        outcome = concat(name, " is finished and has ", frames_text(growth.frames()));
    } catch (const Error& error) {
        outcome = concat(name, " keeps ", frames_text(growth.committed()), "; when that is remedied, `mrcz repair ",
                         name, "` finishes it");
        if (!failure) failure = std::make_exception_ptr(error.within(name));
    }
    if (failure) throw_with(failure, outcome);
    return bytes;
}

}  // namespace mrcz::jobs
