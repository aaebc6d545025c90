// Files cut short and flipped bits: every one is noticed, and nothing wrong gets a name.
#include <random>

#include "kit/descriptors.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::vector<Finding>& findings) {
    Lines lines;
    for (const Finding& finding : findings) lines.push_back(finding.rule + " " + finding.message);
    return lines;
}

int hints_in(const Error& error) {
    int hints = 0;
    for (std::size_t at = 0; (at = error.message().find("`mrcz repair`", at)) != std::string::npos; ++at) ++hints;
    return hints;
}

}  // namespace

class Damage : public Workplace {
  public:
    [[nodiscard]] Input input() const { return Input::file(in_.path()); }
    void set_input(const Bytes& bytes) { in_.assign(bytes); }

    /// Whether verify() throws an error of the data group, or finds what it does not find in a clean file.
    bool is_noticed(const Bytes& damaged, const Lines& clean) {
        in_.assign(damaged);
        bool noticed = false;
        std::string why;
        EXPECT_TRUE(kit::survives(
            [&] {
                noticed = true;
                noticed = lines_of(verify(input()).findings) != clean;
            },
            &why))
            << why;
        return noticed;
    }

    /// What decompress() gives without an error, or nothing.
    std::optional<Bytes> given(const Bytes& damaged) {
        in_.assign(damaged);
        out_.clear();
        std::string why;
        bool fine = false;
        EXPECT_TRUE(kit::survives(
            [&] {
                (void)decompress(input(), Output::stream(out_.descriptor()));
                fine = true;
            },
            &why))
            << why;
        if (!fine) return std::nullopt;
        return out_.bytes();
    }

    void expect_flip_is_noticed(const Bytes& packed, std::size_t bit, const Lines& clean, const Bytes& plain) {
        const Bytes damaged = kit::with_flipped_bit(packed, bit);
        EXPECT_TRUE(is_noticed(damaged, clean))
            << "bit " << bit % 8 << " of byte " << bit / 8 << " of " << packed.size();
        const auto out = given(damaged);
        EXPECT_TRUE(!out || *out == plain) << "bit " << bit;
    }

    void expect_one_clear_error(const std::function<void()>& job, std::size_t length, std::string_view what) const {
        const Error error = kit::error_of(job);
        EXPECT_EQ(error.group(), ErrorGroup::data) << what << " of " << length << " bytes: " << error.what();
        EXPECT_FALSE(error.message().empty()) << what << " " << length;
        EXPECT_EQ(error.message().find('\n'), std::string::npos) << what << " " << length;
        EXPECT_EQ(error.context(), in_.path().string()) << what << " " << length;
    }

  private:
    kit::MemoryFile in_;
    kit::MemoryFile out_;
};

TEST_F(Damage, EveryTruncationOfACompressedFileIsOneClearError) {
    for (const std::string& codec : compressing_codecs()) {
        CompressOptions options;
        options.codec = codec;
        options.metadata = some_metadata();
        const Bytes packed =
            compressed(kit::make_plain_file({PixelType::int16, 16, 12, 3, ByteOrder::big, 20, 10}), options);
        std::filesystem::remove(path("out"));
        for (std::size_t length = 0; length < packed.size(); ++length) {
            set_input(kit::truncated(packed, length));
            expect_one_clear_error([&] { (void)verify(input()); }, length, "verify");
            expect_one_clear_error([&] { (void)decompress(input(), Output::file(path("out"))); }, length, "decompress");
            expect_one_clear_error([&] { (void)compress(input(), Output::file(path("out"))); }, length, "compress");
            std::string why;
            EXPECT_TRUE(kit::survives([&] { (void)info_json(Reader(input().path)); }, &why)) << length << ": " << why;
            if (length % 50 != 0 && length + 5 < packed.size()) continue;
            EXPECT_EQ(names(), std::vector<std::string>{"in"});
        }
        EXPECT_EQ(names(), std::vector<std::string>{"in"});
    }
}

TEST_F(Damage, EveryTruncationOfAPlainFileWithFooterIsNoticed) {
    WriterOptions options;
    options.nx = 8;
    options.ny = 8;
    options.codec = "raw";
    options.metadata = some_metadata();
    Writer writer(path("plain"), options);
    writer.append(kit::make_pixels(options.type, 128));
    writer.finish();
    const Bytes plain = kit::read_file(path("plain"));
    for (std::size_t length = 0; length < plain.size(); ++length) {
        if (length == 1024 + 256) continue;  // exactly the pixels: a valid file
        EXPECT_TRUE(is_noticed(kit::truncated(plain, length), {})) << length;
    }
}

TEST_F(Damage, EveryFlippedBitOfASmallCompressedFileIsNoticed) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes plain = kit::make_plain_file({PixelType::int16, 16, 12, 2, ByteOrder::big, 6, 5});
    for (const char* codec : {"zstd", "lz4"}) {
        options.codec = codec;
        const Bytes packed = compressed(plain, options);
        const Lines clean = lines_of(verified(packed).findings);
        const std::size_t step = codec == std::string_view("zstd") ? 1 : 5;
        for (std::size_t bit = 0; bit < 8 * packed.size(); bit += step)
            expect_flip_is_noticed(packed, bit, clean, plain);
    }
}

TEST_F(Damage, EveryFlippedBitOfAPlainFileWithFooterIsNoticed) {
    WriterOptions options;
    options.nx = 8;
    options.ny = 8;
    options.codec = "raw";
    options.metadata = some_metadata();
    Writer writer(path("plain"), options);
    writer.append(kit::make_pixels(options.type, 128));
    writer.finish();
    const Bytes plain = kit::read_file(path("plain"));
    const Lines clean = lines_of(verified(plain).findings);
    for (std::size_t bit = 0; bit < 8 * plain.size(); bit += 3)
        EXPECT_TRUE(is_noticed(kit::with_flipped_bit(plain, bit), clean)) << bit;
}

TEST_F(Damage, TenThousandFlippedBitsAreNoticed) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 190, 180, 2, ByteOrder::little, 64, 32});
    const Bytes packed = compressed(plain, "zstd");
    EXPECT_GT(packed.size(), 15'000U);
    EXPECT_LT(packed.size(), 60'000U);
    const Lines clean = lines_of(verified(packed).findings);
    std::mt19937 random(1);
    for (int flip = 0; flip < 10'000; ++flip) {
        expect_flip_is_noticed(packed, random() % (8 * packed.size()), clean, plain);
        if (HasFailure()) break;
    }
}

TEST_F(Damage, HintOfRepairStandsOnceBehindDamageOfAFileThatHoldsWholeFrames) {
    CompressOptions options;
    options.metadata = some_metadata();
    const Bytes packed = compressed(kit::make_plain_file({}), options);
    std::filesystem::remove(path("out"));
    const std::size_t footer_at = 1024 + static_cast<std::size_t>(load_le<std::int64_t>(&packed[144]));
    const std::size_t index_at = packed.size() - (16 * 5 + 4);
    for (std::size_t at = 1024; at < packed.size(); at += at < footer_at ? 37 : 3) {
        const bool is_version = at >= footer_at + 8 && at < footer_at + 12;
        if (is_version) continue;
        set_input(kit::with_flipped_bit(packed, 8 * at));
        const Error error = kit::error_of([&] { (void)verify(input()); });
        EXPECT_EQ(hints_in(error), 1) << at << " of " << footer_at << ", " << index_at << ": " << error.message();
    }
    for (std::size_t length : {index_at + 10, footer_at + 10, footer_at - 10}) {
        set_input(kit::truncated(packed, length));
        EXPECT_EQ(hints_in(kit::error_of([&] { (void)decompress(input(), Output::file(path("out"))); })), 1) << length;
    }
}

TEST_F(Damage, PlainFileThatIsCutShortGetsTheHintFromItsFirstWholeFrameOn) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 16, 12, 3, ByteOrder::little, 20, 0});
    const std::size_t first_frame_end = 1024 + 20 + 2 * 16 * 12;
    for (const auto& [length, hints] : {std::pair{first_frame_end - 1, 0}, std::pair{first_frame_end, 1}}) {
        set_input(kit::truncated(plain, length));
        EXPECT_EQ(hints_in(kit::error_of([&] { (void)verify(input()); })), hints) << length;
        EXPECT_EQ(hints_in(kit::error_of([&] { (void)compress(input(), Output::file(path("out"))); })), hints)
            << length;
    }
    kit::MemoryFile pipe;
    pipe.assign(kit::truncated(plain, first_frame_end));
    const Input stream = Input::stream(pipe.descriptor(), "pipe");
    EXPECT_EQ(hints_in(kit::error_of([&] { (void)compress(stream, Output::file(path("out"))); })), 0);
}

TEST_F(Damage, HintOfRepairIsNotGivenWhereNothingIsWhole) {
    const Bytes packed = compressed(kit::make_plain_file({PixelType::int16, 32, 24, 1}), "zstd");
    set_input(kit::truncated(packed, 1024 + 40));
    EXPECT_EQ(hints_in(kit::error_of([&] { (void)verify(input()); })), 0);
    set_input(kit::with_flipped_bit(packed, 8 * (1024 + 40)));
    EXPECT_EQ(hints_in(kit::error_of([&] { (void)verify(input()); })), 0);
}

}  // namespace mrcz::jobs_test
