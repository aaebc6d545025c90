#include "job.hpp"

#include <mutex>

namespace mrcz::python {

Outcome run_job(unsigned threads, const nb::object& progress, const Job& job) {
    std::string report;
    std::vector<std::string> said;
    std::mutex mutex;
    run_unlocked(
        threads,
        [&](const RunContext& given) {
            RunContext context = given;
            context.log = [&](std::string_view message) {
                const std::lock_guard lock(mutex);
                said.emplace_back(message);
            };
            report = job(context);
        },
        progress);
    Outcome outcome{text_of(report), {}};
    for (const std::string& message : said) outcome.second.push_back(text_of(message));
    return outcome;
}

}  // namespace mrcz::python
