// Single values looked up in a JSON document by the name of their key.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "mrcz/limits.hpp"

namespace mrcz::jobs {

/// The first number or text under each key, at any depth. Keys count by their letters and digits alone, in small
/// letters: `Frame Time` is `frametime`.
class KeyedValues {
  public:
    /// Throws Error{corrupt, limit_exceeded} as Metadata::from_json() does.
    explicit KeyedValues(std::string_view json, const Limits& limits = {});

    [[nodiscard]] std::optional<double> number(std::string_view key) const;
    [[nodiscard]] std::optional<std::string> text(std::string_view key) const;

  private:
    std::map<std::string, double, std::less<>> numbers_;
    std::map<std::string, std::string, std::less<>> texts_;
};

[[nodiscard]] std::string plain_key(std::string_view key);

}  // namespace mrcz::jobs
