#include "names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>

namespace mrcz::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> renamed_endings{{
    {".mrc", ".mrcz"},
    {".mrcs", ".mrczs"},
}};

/// MRC files of other endings: X.map becomes X.map.mrcz and that X.map again. Only these, because X.bin4.mrcz is
/// X.bin4.mrc's. `.MRC` in capitals is one of them.
struct KeptEnding {
    std::string_view ending;
    bool is_always_mrc = true;  ///< not so: files of other formats use it, too; -r leaves them out
};
constexpr std::array<KeptEnding, 11> kept_endings{{
    {".mrc"},
    {".mrcs"},
    {".map"},
    {".ccp4"},
    {".st"},
    {".rec"},
    {".ali"},
    {".preali"},
    {".bl"},
    {".join"},
    {".raw", false},
}};
constexpr std::array<std::string_view, 3> wrapper_endings{".gz", ".bz2", ".zst"};

bool ends_with(std::string_view name, std::string_view ending) {
    const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    return name.size() > ending.size() &&
           std::equal(ending.begin(), ending.end(), name.end() - static_cast<std::ptrdiff_t>(ending.size()), same);
}

bool replace_ending(std::string& name, std::string_view ending, std::string_view with) {
    if (name.size() <= ending.size() || !name.ends_with(ending)) return false;
    name.replace(name.size() - ending.size(), ending.size(), with);
    return true;
}

std::string without_wrapper(std::string name) {
    for (const std::string_view ending : wrapper_endings)
        if (replace_ending(name, ending, "")) break;
    return name;
}

}  // namespace

std::string compressed_name(const std::string& input) {
    std::string name = without_wrapper(input);
    for (const auto& [plain, compressed] : renamed_endings)
        if (replace_ending(name, plain, compressed)) return name;
    return name + ".mrcz";
}

std::string decompressed_name(const std::string& input) {
    std::string name = without_wrapper(input);
    if (name.ends_with(".mrcz")) {
        const std::string inner = name.substr(0, name.size() - 5);
        for (const KeptEnding& kept : kept_endings)
            if (ends_with(inner, kept.ending)) return inner;
    }
    for (const auto& [plain, compressed] : renamed_endings)
        if (replace_ending(name, compressed, plain)) return name;
    throw Error(ErrorCode::invalid_argument, "the name does not end in .mrcz or .mrczs; name the output with -o",
                input);
}

std::string processed_name(const std::string& input, bool is_plain) {
    const std::string plain = is_compressed_name(input) ? decompressed_name(input) : without_wrapper(input);
    return is_plain ? plain : compressed_name(plain);
}

std::string restored_name_of(const std::string& input) { return decompressed_name(compressed_name(input)); }

bool returns_under_its_name(const std::string& input) { return restored_name_of(input) == without_wrapper(input); }

bool is_plain_name(std::string_view name) {
    const std::string inner = without_wrapper(std::string(name));
    return std::ranges::any_of(
        kept_endings, [&](const KeptEnding& kept) { return kept.is_always_mrc && ends_with(inner, kept.ending); });
}

bool is_compressed_name(std::string_view name) {
    const std::string inner = without_wrapper(std::string(name));
    return ends_with(inner, ".mrcz") || ends_with(inner, ".mrczs");
}

std::string output_path(const Options& options, const std::string& input, const DeriveName& derive) {
    if (!options.output.empty()) return options.output;
    if (options.output_dir.empty()) return derive(input);
    const auto found = options.below.find(input);
    const fs::path below = found == options.below.end() ? fs::path(input).filename() : fs::path(found->second);
    return (fs::path(options.output_dir) / below.parent_path() / derive(below.filename().string())).string();
}

void refuse_shared_outputs(const Options& options, const DeriveName& derive) {
    if (!options.output.empty() || options.to_stdout) return;
    std::map<std::string, std::string> makers;
    for (const std::string& input : options.inputs) {
        if (input == "-") continue;
        std::string output;
        try {
            output = fs::path(output_path(options, input, derive)).lexically_normal().string();
        } catch (const Error&) {
            continue;  // said when its turn comes
        }
        const auto [other, is_new] = makers.emplace(output, input);
        if (!is_new)
            throw Error(ErrorCode::invalid_argument,
                        fmt::format("{} and {} would both become {}", other->second, input, output));
    }
}

}  // namespace mrcz::cli
