// Lists of defects as text, line by line.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mrcz/gain.hpp"

namespace mrcz::process {

/// The words of a line that holds any, without comments.
struct DefectLine {
    std::size_t number = 0;  ///< 1-based
    std::vector<std::string_view> words;
};

[[nodiscard]] std::vector<DefectLine> defect_lines(std::string_view text);

/// Throws Error{corrupt} naming the line.
[[noreturn]] void fail_at(const DefectLine& line, const std::string& problem);

/// Words `first` … of the line as whole numbers >= 0.
[[nodiscard]] std::vector<std::int64_t> numbers_from(const DefectLine& line, std::size_t first);

/// Throws Error{corrupt} unless the rectangle holds a pixel and all of it lies within `shape`.
void require_inside(const DefectLine& line, const DefectRectangle& defect, const ImageShape& shape);

/// Whether a line begins with a word that only SerialEM's defects.txt has.
[[nodiscard]] bool is_serial_em(std::span<const DefectLine> lines);
[[nodiscard]] std::vector<DefectRectangle> parse_serial_em(std::span<const DefectLine> lines, const ImageShape& shape);

}  // namespace mrcz::process
