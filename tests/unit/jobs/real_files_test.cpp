// Every MRC-family file of the shared folder, compressed and restored. Prints one row per file.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <set>

#include "io/byte_stream.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extensions[] = {".mrc", ".mrcs", ".map", ".ccp4", ".st", ".rec", ".ali", ".mrcz", ".mrczs"};

bool has_mrc_extension(fs::path path) {
    const auto extension = [&] {
        std::string text = path.extension().string();
        std::transform(text.begin(), text.end(), text.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return text;
    };
    if (extension() == ".gz" || extension() == ".bz2") path = path.stem();
    return std::ranges::find(extensions, extension()) != std::end(extensions);
}

std::vector<fs::path> mrc_files_below(const fs::path& folder) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && has_mrc_extension(entry.path())) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

Bytes unwrapped_bytes(const fs::path& path) {
    const auto stream = io::unwrapped(io::open_file_stream(path));
    Bytes all;
    Bytes buffer(1 << 20);
    while (const std::size_t got = stream->read_some(buffer)) append(all, std::span(buffer).first(got));
    return all;
}

/// What the bytes claim, taken from them here and not by the code under test.
struct Claim {
    bool has_header = false;
    bool is_standard = false;  ///< `MAP ` and one of the stamps 44 44, 44 41, 11 11
    std::int32_t mode = -1;
    std::int32_t nx = 0, ny = 0, nz = 0;
    bool is_complete = false;
};

Claim claim_of(const Bytes& file) {
    Claim claim;
    if (file.size() < 1024) return claim;
    claim.has_header = true;
    const std::string_view text(reinterpret_cast<const char*>(file.data()), 1024);
    const std::string_view stamp = text.substr(212, 2);
    const ByteOrder order = stamp == "\x11\x11" ? ByteOrder::big : ByteOrder::little;
    claim.is_standard = text.substr(208, 4) == "MAP " && (stamp == "DD" || stamp == "DA" || stamp == "\x11\x11");
    const auto word = [&](std::size_t offset) { return load<std::int32_t>(&file[offset], order); };
    claim.nx = word(0), claim.ny = word(4), claim.nz = word(8), claim.mode = word(12);
    const std::map<std::int32_t, double> pixel_bytes{{0, 1}, {1, 2}, {2, 4}, {4, 8}, {6, 2}, {12, 2}};
    const auto size = pixel_bytes.find(claim.mode);
    if (size == pixel_bytes.end()) return claim;
    const double needed = 1024.0 + word(92) + size->second * claim.nx * claim.ny * claim.nz;
    claim.is_complete = needed <= static_cast<double>(file.size());
    return claim;
}

bool must_be_identical(const Claim& claim) {
    constexpr std::array modes{0, 1, 2, 4, 6, 12};
    return claim.is_standard && claim.is_complete && std::ranges::find(modes, claim.mode) != modes.end();
}

struct Outcome {
    double ratio = 0;
    std::string verdict;  ///< `identical`, `same pixels` (of foreign MRCZ), or why it was refused

    [[nodiscard]] bool refused() const { return verdict.starts_with("refused"); }
};

/// Files that cannot be read, and a part of what is said of them.
const std::map<std::string, std::string_view> refusals{
    {"headerTest.st", "cut short"},
    {"header_only.mrc", "cut short"},
    {"BUGGY_incompressible_lz4_no_data.mrcz", "the file has 0 of 3 frames"},
    {"BUGGY_cast_u2_to_f4_zstd.mrcz", "nbytes 131072, but a frame of this file has 262144 bytes"},
};

void expect_refusal(const fs::path& file, const Outcome& outcome) {
    const auto expected = refusals.find(file.filename().string());
    EXPECT_EQ(expected != refusals.end(), outcome.refused()) << outcome.verdict;
    if (expected == refusals.end()) return;
    EXPECT_NE(outcome.verdict.find(expected->second), std::string::npos) << outcome.verdict;
}

/// Whatever cannot be opened is for every codec to refuse.
bool takes_pixels_of(const fs::path& file, std::string_view codec) {
    try {
        return kit::takes(codec, Reader(file).pixel_type());
    } catch (const Error&) {
        return true;
    }
}

}  // namespace

class RealFiles : public Workplace {
  public:
    Outcome tried(const fs::path& file, const Bytes& unwrapped, std::string_view codec) const {
        for (const char* name : {"packed", "back"}) fs::remove(path(name));
        CompressOptions options;
        options.codec = codec;
        try {
            (void)compress(Input::file(file), Output::file(path("packed")), options);
        } catch (const Error& error) {
            EXPECT_EQ(error.group(), ErrorGroup::data) << error.what();
            EXPECT_EQ(error.message().find('\n'), std::string::npos) << error.what();
            EXPECT_FALSE(fs::exists(path("packed")));
            return {0, "refused: " + error.message()};
        }
        EXPECT_NO_THROW((void)verify(Input::file(path("packed")))) << file;
        (void)decompress(Input::file(path("packed")), Output::file(path("back")));
        const Bytes back = kit::read_file(path("back"));
        const double ratio = static_cast<double>(unwrapped.size()) / static_cast<double>(fs::file_size(path("packed")));
        if (back == unwrapped) return {ratio, "identical"};
        const Reader original(file);
        if (original.codec().id != 0 && pixels_of(back) == pixels_of(unwrapped)) return {ratio, "same pixels"};
        return {ratio, "DIFFERENT"};
    }
};

TEST_F(RealFiles, ComeBackByteForByteThroughEveryCodecOrAreRefusedWithAClearError) {
    const auto data = kit::shared_data();
    if (!data) GTEST_SKIP() << "the shared folder is missing";
    const auto files = mrc_files_below(*data);
    if (files.empty()) GTEST_SKIP() << *data << " holds no MRC files";
    std::printf("%-72s %9s %-15s %10s", "file", "mode", "x, y, z", "bytes");
    for (const std::string& codec : compressing_codecs()) std::printf(" %7.7s", codec.c_str());
    std::printf("  outcome\n");
    int identical = 0;
    for (const fs::path& file : files) {
        const std::string name = fs::relative(file, *data).string();
        SCOPED_TRACE(name);
        const Bytes bytes = unwrapped_bytes(file);
        const Claim claim = claim_of(bytes);
        const std::string shape =
            std::to_string(claim.nx) + "," + std::to_string(claim.ny) + "," + std::to_string(claim.nz);
        std::printf("%-72s %9d %-15s %10zu", name.substr(0, 72).c_str(), claim.mode, shape.c_str(), bytes.size());
        std::set<std::string> verdicts;
        for (const std::string& codec : compressing_codecs()) {
            if (!takes_pixels_of(file, codec)) {
                std::printf(" %7s", "-");
                continue;
            }
            const Outcome outcome = tried(file, bytes, codec);
            expect_refusal(file, outcome);
            verdicts.insert(outcome.verdict);
            std::printf(" %7.2f", outcome.ratio);
        }
        EXPECT_EQ(verdicts.size(), 1U) << "codecs disagree";
        const std::string verdict = *verdicts.begin();
        std::printf("  %s%s\n", verdict.c_str(), must_be_identical(claim) ? "" : "  (other dialect)");
        EXPECT_NE(verdict, "DIFFERENT");
        if (!must_be_identical(claim)) continue;
        EXPECT_EQ(verdict, "identical");
        ++identical;
    }
    std::printf("%zu files, %d of them standard and complete, all of those identical\n", files.size(), identical);
    EXPECT_GE(identical, 20);
}

}  // namespace mrcz::jobs_test
