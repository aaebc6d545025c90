#include "process/defect_text.hpp"

#include <charconv>

#include "base/fail.hpp"

namespace mrcz {
namespace process {
namespace {

constexpr std::string_view separators = " \t\r,";

std::vector<std::string_view> words_of(std::string_view line) {
    line = line.substr(0, line.find('#'));
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = line.find_first_not_of(separators);
        if (begin == std::string_view::npos) return words;
        line.remove_prefix(begin);
        words.push_back(line.substr(0, line.find_first_of(separators)));
        line.remove_prefix(words.back().size());
    }
}

DefectRectangle rectangle_of(const DefectLine& line, const ImageShape& shape) {
    const std::vector<std::int64_t> numbers = numbers_from(line, 0);
    if (numbers.size() != 4)
        fail_at(line, concat(numbers.size(), " numbers, not the four of x y w h (column, row, columns, rows)"));
    const DefectRectangle defect{numbers[0], numbers[1], numbers[2], numbers[3]};
    require_inside(line, defect, shape);
    return defect;
}

}  // namespace

std::vector<DefectLine> defect_lines(std::string_view text) {
    std::vector<DefectLine> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (auto words = words_of(text.substr(0, end)); !words.empty()) lines.push_back({number, std::move(words)});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void fail_at(const DefectLine& line, const std::string& problem) {
    fail(ErrorCode::corrupt, "line ", line.number, ": ", problem);
}

std::vector<std::int64_t> numbers_from(const DefectLine& line, std::size_t first) {
    std::vector<std::int64_t> numbers;
    for (std::size_t i = first; i < line.words.size(); ++i) {
        const std::string_view word = line.words[i];
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc() || end != word.data() + word.size() || number < 0)
            fail_at(line, concat("'", printable(word), "' is no whole number of at least 0"));
        numbers.push_back(number);
    }
    return numbers;
}

void require_inside(const DefectLine& line, const DefectRectangle& defect, const ImageShape& shape) {
    const auto fits = [](std::int64_t first, std::int64_t count, std::int64_t size) {
        return first < size && count >= 1 && count <= size - first;
    };
    if (!fits(defect.x, defect.columns, shape.nx) || !fits(defect.y, defect.rows, shape.ny))
        fail_at(line, concat("a defect of ", defect.columns, " x ", defect.rows, " pixels at column ", defect.x,
                             ", row ", defect.y, " is not within ", shape.nx, " x ", shape.ny, " pixels"));
}

}  // namespace process

std::vector<DefectRectangle> parse_defects(std::string_view text, const std::string& name, const ImageShape& shape) {
    return in_file(name, [&] {
        const std::vector<process::DefectLine> lines = process::defect_lines(text);
        if (process::is_serial_em(lines)) return process::parse_serial_em(lines, shape);
        std::vector<DefectRectangle> defects;
        defects.reserve(lines.size());
        for (const process::DefectLine& line : lines) defects.push_back(process::rectangle_of(line, shape));
        return defects;
    });
}

}  // namespace mrcz
