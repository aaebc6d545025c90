// How functions of the package run what goes from file to file.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "binding.hpp"

namespace mrcz::python {

/// What a job has to say: its report as JSON, and its warnings. Both may have names of files in them.
using Outcome = std::pair<nb::object, std::vector<nb::object>>;

/// `job` is given the context and returns the report.
using Job = std::function<std::string(const RunContext&)>;
[[nodiscard]] Outcome run_job(unsigned threads, const nb::object& progress, const Job& job);

}  // namespace mrcz::python
