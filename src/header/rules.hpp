// What is odd about a header: one row a rule, listed in spec/header-dialects.md. None of them stops a file from being
// read.
#pragma once

#include <vector>

#include "header/byte_order_of.hpp"
#include "mrcz/finding.hpp"

namespace mrcz::header {

struct RuleInfo {
    std::string_view id;
    Severity severity;
};

/// In the order of their ids.
[[nodiscard]] std::vector<RuleInfo> header_rules();

[[nodiscard]] std::vector<Finding> check_rules(const OrderedHeader& ordered);

}  // namespace mrcz::header
