// SerialEM's defects.txt: lines of a keyword and numbers. Coordinates are 0-based, with row 0 at the top, in pixels of
// CameraSizeX x CameraSizeY.
#include <algorithm>
#include <array>
#include <optional>

#include "base/fail.hpp"
#include "process/defect_text.hpp"

namespace mrcz::process {
namespace {

/// The camera as the list sees it.
struct Camera {
    ImageShape shape;
    std::int64_t pixel_side = 1;  ///< of what counts as one bad pixel
};

using Defects = std::vector<DefectRectangle>;
using Read = void (*)(const DefectLine& line, const std::vector<std::int64_t>& numbers, const Camera& camera,
                      Defects& defects);

void add(const DefectLine& line, const DefectRectangle& defect, const Camera& camera, Defects& defects) {
    require_inside(line, defect, camera.shape);
    defects.push_back(defect);
}

void read_pixels(const DefectLine& line, const std::vector<std::int64_t>& numbers, const Camera& camera,
                 Defects& defects) {
    if (numbers.empty() || numbers.size() % 2 != 0) fail_at(line, "BadPixels wants pairs of column and row");
    const std::int64_t side = camera.pixel_side;
    for (std::size_t i = 0; i < numbers.size(); i += 2)
        add(line, {numbers[i], numbers[i + 1], side, side}, camera, defects);
}

void read_columns(const DefectLine& line, const std::vector<std::int64_t>& numbers, const Camera& camera,
                  Defects& defects) {
    if (numbers.empty()) fail_at(line, "BadColumns names no column");
    for (const std::int64_t column : numbers) add(line, {column, 0, 1, camera.shape.ny}, camera, defects);
}

void read_rows(const DefectLine& line, const std::vector<std::int64_t>& numbers, const Camera& camera,
               Defects& defects) {
    if (numbers.empty()) fail_at(line, "BadRows names no row");
    for (const std::int64_t row : numbers) add(line, {0, row, camera.shape.nx, 1}, camera, defects);
}

/// Of a first number, a width, and a first and a last number along the line.
void require_four(const DefectLine& line, const std::vector<std::int64_t>& numbers) {
    if (numbers.size() != 4)
        fail_at(line, concat(line.words[0], " wants four numbers: first, how many, and from where to where"));
    if (numbers[3] < numbers[2])
        fail_at(line, concat(line.words[0], ": ends at ", numbers[3], ", before its start at ", numbers[2]));
}

void read_partial_column(const DefectLine& line, const std::vector<std::int64_t>& numbers, const Camera& camera,
                         Defects& defects) {
    require_four(line, numbers);
    require_inside(line, {numbers[0], numbers[3], 1, 1}, camera.shape);
    add(line, {numbers[0], numbers[2], numbers[1], numbers[3] - numbers[2] + 1}, camera, defects);
}

void read_partial_row(const DefectLine& line, const std::vector<std::int64_t>& numbers, const Camera& camera,
                      Defects& defects) {
    require_four(line, numbers);
    require_inside(line, {numbers[3], numbers[0], 1, 1}, camera.shape);
    add(line, {numbers[2], numbers[0], numbers[3] - numbers[2] + 1, numbers[1]}, camera, defects);
}

/// Top, left, bottom and right: the first and last good rows and columns; 0 for no bound.
void read_usable_area(const DefectLine& line, const std::vector<std::int64_t>& numbers, const Camera& camera,
                      Defects& defects) {
    if (numbers.size() != 4) fail_at(line, "UsableArea wants four numbers: top, left, bottom, right");
    const auto [width, height] = camera.shape;
    const std::int64_t top = numbers[0], left = numbers[1], bottom = numbers[2], right = numbers[3];
    if (top >= height || left >= width || bottom >= height || right >= width)
        fail_at(line, concat("UsableArea is not within ", width, " x ", height, " pixels"));
    if (left > 0) defects.push_back({0, 0, left, height});
    if (top > 0) defects.push_back({0, 0, width, top});
    if (right > 0 && right < width - 1) defects.push_back({right + 1, 0, width - 1 - right, height});
    if (bottom > 0 && bottom < height - 1) defects.push_back({0, bottom + 1, width, height - 1 - bottom});
}

struct Keyword {
    std::string_view word;
    Read read;  ///< null: what stands there is no defect
};

constexpr std::array<Keyword, 13> keywords{{
    {"CameraSizeX", nullptr},
    {"CameraSizeY", nullptr},
    {"RotationAndFlip", nullptr},
    {"WasScaled", nullptr},
    {"K2Type", nullptr},
    {"FalconType", nullptr},
    {"NumToAvgSuperRes", nullptr},
    {"UsableArea", read_usable_area},
    {"BadPixels", read_pixels},
    {"BadColumns", read_columns},
    {"BadRows", read_rows},
    {"PartialBadColumn", read_partial_column},
    {"PartialBadRow", read_partial_row},
}};

const Keyword* keyword_of(const DefectLine& line) {
    const auto found = std::ranges::find(keywords, line.words[0], &Keyword::word);
    return found == keywords.end() ? nullptr : &*found;
}

const DefectLine* line_of(std::span<const DefectLine> lines, std::string_view word) {
    const auto found = std::ranges::find_if(lines, [word](const DefectLine& line) { return line.words[0] == word; });
    return found == lines.end() ? nullptr : &*found;
}

std::int64_t camera_size(std::span<const DefectLine> lines, std::string_view word) {
    constexpr std::int64_t most = 1 << 24;
    const DefectLine* line = line_of(lines, word);
    if (!line) fail(ErrorCode::corrupt, "defects of SerialEM without ", word, ": where their rows begin is not known");
    const std::vector<std::int64_t> numbers = numbers_from(*line, 1);
    if (numbers.size() != 1 || numbers[0] < 1 || numbers[0] > most) fail_at(*line, concat(word, " is no size"));
    return numbers[0];
}

/// 1: the list was made twice as fine as the camera's pixels, more: four times; 0 and -1: one bad pixel is one pixel.
std::int64_t bad_pixel_side(std::span<const DefectLine> lines) {
    const DefectLine* line = line_of(lines, "WasScaled");
    if (!line) return 1;
    if (line->words.size() == 2 && line->words[1] == "-1") return 1;
    const std::vector<std::int64_t> numbers = numbers_from(*line, 1);
    if (numbers.size() != 1) fail_at(*line, "WasScaled wants one number");
    return numbers[0] == 0 ? 1 : numbers[0] == 1 ? 2 : 4;
}

/// One camera pixel is `up` pixels of the movie, or one of the movie is `down` of the camera.
struct Scale {
    std::int64_t up = 1, down = 1;
};

Scale scale_between(const ImageShape& camera, const ImageShape& movie) {
    for (const std::int64_t factor : {1, 2, 4}) {
        if (movie == ImageShape{camera.nx * factor, camera.ny * factor}) return {factor, 1};
        if (camera.nx / factor == movie.nx && camera.ny / factor == movie.ny) return {1, factor};
    }
    fail(ErrorCode::corrupt, "CameraSizeX and CameraSizeY are ", camera.nx, " x ", camera.ny, ", the movie has ",
         movie.nx, " x ", movie.ny,
         " pixels: a list of defects is for frames of the camera's size, a half, a quarter, two or four times it",
         camera == ImageShape{movie.ny, movie.nx} ? "; these frames seem to be turned by a quarter against it" : "");
}

/// Beyond the last whole pixel of a binned movie there is nothing.
std::optional<DefectRectangle> scaled(const DefectRectangle& defect, const Scale& scale, const ImageShape& movie) {
    const auto end = [&](std::int64_t last, std::int64_t most) {
        return std::min(most, (last * scale.up + scale.down - 1) / scale.down);
    };
    const std::int64_t x = defect.x * scale.up / scale.down, y = defect.y * scale.up / scale.down;
    const std::int64_t columns = end(defect.x + defect.columns, movie.nx) - x;
    const std::int64_t rows = end(defect.y + defect.rows, movie.ny) - y;
    if (columns < 1 || rows < 1) return std::nullopt;
    return DefectRectangle{x, y, columns, rows};
}

}  // namespace

bool is_serial_em(std::span<const DefectLine> lines) {
    return std::ranges::any_of(lines, [](const DefectLine& line) { return keyword_of(line) != nullptr; });
}

std::vector<DefectRectangle> parse_serial_em(std::span<const DefectLine> lines, const ImageShape& shape) {
    const Camera camera{{camera_size(lines, "CameraSizeX"), camera_size(lines, "CameraSizeY")}, bad_pixel_side(lines)};
    const Scale scale = scale_between(camera.shape, shape);
    Defects listed;
    for (const DefectLine& line : lines) {
        const Keyword* keyword = keyword_of(line);
        // Other properties of cameras say nothing of defects, but a kind of defect that is not known must not be lost.
        if (!keyword && (line.words[0].find("Bad") != std::string_view::npos || line.words.size() > 2))
            fail_at(line, concat("'", printable(line.words[0]), "' is no keyword of SerialEM's defects that is known"));
        if (keyword && keyword->read) keyword->read(line, numbers_from(line, 1), camera, listed);
    }
    Defects defects;
    for (const DefectRectangle& defect : listed)
        if (auto placed = scaled(defect, scale, shape)) {
            placed->y = shape.ny - placed->y - placed->rows;
            defects.push_back(*placed);
        }
    return defects;
}

}  // namespace mrcz::process
