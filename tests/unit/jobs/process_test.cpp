#include "mrcz/process.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numeric>

#include "kit/json_fields.hpp"
#include "mrcz/correlation.hpp"
#include "mrcz/reports.hpp"
#include "mrcz/thread_executor.hpp"
#include "unit/jobs/sessions.hpp"

namespace mrcz::jobs_test {
namespace {

namespace fs = std::filesystem;

constexpr ImageShape shape{64, 48};
constexpr std::int64_t frames = 6;

/// A pattern that all movies share, hot pixels that all have.
std::vector<double> session_means() {
    kit::Counts counts(77);
    std::vector<double> means(shape.pixels());
    for (double& mean : means) mean = 2 * (1 + 0.3 * (counts.uniform() - 0.5));
    for (const std::size_t hot : {130U, 1500U, 2999U}) means[hot] = 25;
    return means;
}

class Process : public Sessions {
  public:
    std::vector<fs::path> session(std::size_t movies, const std::string& ending = ".mrcz") const {
        std::vector<fs::path> paths;
        const auto means = session_means();
        for (std::size_t i = 0; i < movies; ++i)
            paths.push_back(write("m" + std::to_string(i) + ending, shape, counted(shape, frames, means, 100 + i)));
        return paths;
    }

    /// The bytes of every output, in the order of the session.
    std::vector<Bytes> outputs(const std::vector<fs::path>& movies, const ProcessOptions& options,
                               const RunContext& context = {}) const {
        ProcessSession session(movies, options, context);
        std::vector<Bytes> files;
        for (std::size_t i = 0; i < session.movies().size(); ++i) {
            (void)session.process(i, Output::file(path("out"), true), context);
            files.push_back(kit::read_file(path("out")));
        }
        return files;
    }

    [[nodiscard]] fs::path gain_file() const {
        kit::Counts counts(5);
        std::vector<float> factors(shape.pixels());
        for (float& factor : factors) factor = static_cast<float>(0.8 + 0.4 * counts.uniform());
        return write("gain.mrc", shape, Movie<float>{factors}, {}, "raw");
    }
};

ProcessOptions koma_of(std::int64_t radius) {
    ProcessOptions options;
    options.koma.emplace();
    options.koma->radius = radius;
    return options;
}

std::vector<std::int64_t> sums_of(const std::vector<std::int16_t>& values) {
    std::vector<std::int64_t> sums(shape.pixels());
    for (std::size_t i = 0; i < values.size(); ++i) sums[i % shape.pixels()] += values[i];
    return sums;
}

}  // namespace

TEST_F(Process, SaysWhatBehindThePixelsIsLeftOut) {
    const Bytes plain = kit::make_plain_file({PixelType::int16, 19, 13, 4, ByteOrder::little, 0, 33});
    kit::write_file(path("movie.mrc"), plain);
    kit::write_file(path("movie.mrcz"), compressed(plain));
    ProcessOptions options;
    options.outliers.emplace();
    for (const char* movie : {"movie.mrc", "movie.mrcz"}) {
        std::string said;
        RunContext context;
        context.log = [&said](std::string_view message) { said += message; };
        (void)ProcessSession({path(movie)}, options, context).process(0, Output::file(path("o"), true), context);
        EXPECT_NE(said.find("33 bytes behind the pixels"), std::string::npos) << movie << ": " << said;
    }
}

TEST_F(Process, OutputsAreTheSameForAnyNumberOfThreads) {
    const auto movies = session(5);
    ProcessOptions options = koma_of(2);
    options.outliers.emplace();
    for (const auto& dtype : {std::optional<PixelType>{}, std::optional(PixelType::float32)}) {
        options.dtype = dtype;
        const auto alone = outputs(movies, options);
        for (const unsigned threads : {2U, 8U}) {
            ThreadExecutor executor(threads);
            EXPECT_EQ(outputs(movies, options, on(&executor)), alone) << threads;
        }
    }
}

TEST_F(Process, SumsInTheFilesGiveWhatAPassOverThemGives) {
    const auto plain = session(4);
    std::vector<fs::path> with_sums;
    CompressOptions keeping;
    keeping.keep_sum = true;
    fs::create_directory(path("sums"));
    std::vector<fs::path> without;
    fs::create_directory(path("none"));
    for (const fs::path& movie : plain) {
        with_sums.push_back(path("sums") / movie.filename());
        (void)compress(Input::file(movie), Output::file(with_sums.back()), keeping);
        without.push_back(path("none") / movie.filename());
        (void)compress(Input::file(movie), Output::file(without.back()));
    }
    ProcessOptions options = koma_of(1);
    options.outliers.emplace();
    EXPECT_EQ(outputs(with_sums, options), outputs(without, options));
}

TEST_F(Process, KomaSubtractsTheMeanFrameOfTheWindow) {
    const auto movies = session(7);
    ProcessOptions options = koma_of(2);
    options.koma->is_dose_scaled = false;
    options.dtype = PixelType::float32;
    std::vector<std::vector<std::int16_t>> raw;
    for (const fs::path& movie : movies) raw.push_back(values_of<std::int16_t>(movie));
    ProcessSession session(movies, options);
    for (std::size_t i = 0; i < movies.size(); ++i) {
        const MovieResult result = session.process(i, Output::file(path("out"), true));
        std::vector<std::int64_t> others(shape.pixels());
        const std::size_t first = std::min<std::size_t>(i < 2 ? 0 : i - 2, movies.size() - 5);
        std::vector<std::string> members;
        for (std::size_t member = first; member < first + 5; ++member) {
            if (member == i) continue;
            members.push_back(movies[member].filename().string());
            const auto sums = sums_of(raw[member]);
            for (std::size_t p = 0; p < others.size(); ++p) others[p] += sums[p];
        }
        EXPECT_EQ(result.koma_movies, members);
        const double count = 4.0 * frames;
        const double mean = static_cast<double>(std::accumulate(others.begin(), others.end(), std::int64_t{0})) /
                            static_cast<double>(shape.pixels()) / count;
        const auto found = values_of<float>(path("out"));
        for (std::size_t p = 0; p < found.size(); ++p) {
            const double pattern = static_cast<double>(others[p % shape.pixels()]) / count - mean;
            ASSERT_NEAR(found[p], raw[i][p] - pattern, 1e-5) << i << ' ' << p;
        }
    }
}

TEST_F(Process, KomaTakesTheCommonPatternOut) {
    const auto movies = session(13);
    ProcessOptions options = koma_of(6);
    options.outliers.emplace();
    options.dtype = PixelType::float32;
    options.measures_correlation = true;
    const MovieResult result = ProcessSession(movies, options).process(6, Output::file(path("out")));
    ASSERT_TRUE(result.before && result.after);
    EXPECT_GT(result.before->all_pairs, 0.05);
    // 1 / (2 a F + 1), and the scatter of one small movie.
    EXPECT_NEAR(result.after->all_pairs, 1.0 / (12 * frames + 1), 3 * std::sqrt(2.0 / 3072) / (frames - 1));
    EXPECT_TRUE(std::isnan(result.after->lagged));
}

TEST_F(Process, AMovieNeverCorrectsItself) {
    auto movies = session(5);
    auto means = session_means();
    means[2000] = 400;  // in one movie only
    movies[2] = write("m2.mrcz", shape, counted(shape, frames, means, 9));
    ProcessOptions options = koma_of(2);
    options.koma->is_dose_scaled = false;
    options.dtype = PixelType::float32;
    (void)ProcessSession(movies, options).process(2, Output::file(path("out")));
    double total = 0;
    const auto found = values_of<float>(path("out"));
    for (std::int64_t frame = 0; frame < frames; ++frame)
        total += found[static_cast<std::size_t>(frame) * shape.pixels() + 2000];
    EXPECT_NEAR(total / frames, 400, 40);
}

TEST_F(Process, KomaGivesUnsignedCountsASign) {
    std::vector<fs::path> movies;
    double total = 0;
    for (std::size_t i = 0; i < 7; ++i) {
        kit::Counts counts(40 + i);
        Movie<std::uint16_t> movie;
        for (std::int64_t frame = 0; frame < frames; ++frame)
            movie.push_back(counts.frame<std::uint16_t>(shape.pixels(), 0.1));
        if (i == 3) total = std::accumulate(movie.front().begin(), movie.front().end(), 0.0);
        movies.push_back(write("u" + std::to_string(i), shape, movie));
    }
    ProcessOptions options = koma_of(3);
    options.koma->is_dose_scaled = false;
    const MovieResult result = ProcessSession(movies, options).process(3, Output::file(path("out"), true));
    EXPECT_EQ(result.dtype, PixelType::int16);
    EXPECT_EQ(result.clipped, 0U);
    const auto found = values_of<std::int16_t>(path("out"));
    const double mean = std::accumulate(found.begin(), found.begin() + shape.pixels(), 0.0);
    EXPECT_NEAR(mean, total, 4 * std::sqrt(0.1 * static_cast<double>(shape.pixels())));
    EXPECT_LT(*std::min_element(found.begin(), found.end()), 0);
    options.dtype = PixelType::uint16;
    EXPECT_GT(ProcessSession(movies, options).process(3, Output::file(path("out"), true)).clipped, 0U);
    options.dtype.reset();
    options.koma->is_divided = true;
    EXPECT_EQ(ProcessSession(movies, options).process(3, Output::file(path("out"), true)).dtype, PixelType::uint16);
}

TEST_F(Process, KomaOfPixelsBeyondInt16GivesFloatsThroughoutTheSession) {
    std::vector<fs::path> movies;
    for (std::size_t i = 0; i < 4; ++i) {
        Movie<std::uint16_t> movie(3, std::vector<std::uint16_t>(shape.pixels(), 20000));
        if (i == 2) movie[1][7] = 32768;
        movies.push_back(write("u" + std::to_string(i), shape, movie, {}, i % 2 == 0 ? "raw" : "zstd"));
    }
    ProcessSession with(movies, koma_of(1));
    EXPECT_EQ(with.process(0, Output::file(path("out"), true)).dtype, PixelType::float32);
    movies.erase(movies.begin() + 2);
    ProcessSession without(movies, koma_of(1));
    EXPECT_EQ(without.process(0, Output::file(path("out"), true)).dtype, PixelType::int16);
}

TEST_F(Process, TrailingWindowsHoldEarlierMoviesOnly) {
    const auto movies = session(6);
    ProcessOptions options = koma_of(1);
    options.koma->is_trailing = true;
    ProcessSession session(movies, options);
    EXPECT_TRUE(session.process(0, Output::file(path("out"), true)).koma_movies.empty());
    EXPECT_EQ(session.process(4, Output::file(path("out"), true)).koma_movies,
              (std::vector<std::string>{"m2.mrcz", "m3.mrcz"}));
}

TEST_F(Process, ADamagedMovieFailsInItsTurnAndEntersNoWindow) {
    const auto movies = session(5);
    kit::write_file(movies[2], kit::truncated(kit::read_file(movies[2]), 3000));
    ProcessSession session(movies, koma_of(1));
    EXPECT_EQ(session.process(1, Output::file(path("out"), true)).koma_movies,
              (std::vector<std::string>{"m0.mrcz", "m3.mrcz"}));
    const Error error = kit::error_of([&] { (void)session.process(2, Output::file(path("out2"))); });
    EXPECT_EQ(error.group(), ErrorGroup::data);
    EXPECT_EQ(error.context(), movies[2].string());
    EXPECT_FALSE(fs::exists(path("out2")));
    EXPECT_EQ(session.process(3, Output::file(path("out"), true)).koma_movies,
              (std::vector<std::string>{"m1.mrcz", "m4.mrcz"}));
}

TEST_F(Process, TheRecordSaysWhatWasCutOffAndHowThePatternWasScaled) {
    auto movies = session(3);
    ProcessOptions options = koma_of(1);
    options.dtype = PixelType::uint16;
    const MovieResult same = ProcessSession(movies, options).process(1, Output::file(path("out"), true));
    EXPECT_GT(same.clipped, 0U);
    EXPECT_NE(same.step.find(R"("clipped":)" + std::to_string(same.clipped)), std::string::npos) << same.step;
    EXPECT_NE(same.step.find(R"("dose_scaled":false)"), std::string::npos) << same.step;
    auto means = session_means();
    for (double& mean : means) mean *= 3;
    movies[1] = write("m1.mrcz", shape, counted(shape, frames, means, 8));
    const MovieResult other = ProcessSession(movies, options).process(1, Output::file(path("out"), true));
    EXPECT_NEAR(other.koma_scale.value_or(0), 3, 0.1);
    EXPECT_NE(other.step.find(R"("dose_scaled":true,"dose_scale":)"), std::string::npos) << other.step;
}

TEST_F(Process, MoviesOfMuchContrastEnterNoWindow) {
    std::vector<fs::path> movies;
    constexpr ImageShape large{192, 192};
    for (std::size_t i = 0; i < 7; ++i) {
        std::vector<double> means(large.pixels(), 2);
        if (i == 3)
            for (std::size_t p = 0; p < means.size(); ++p) means[p] = p % 192 < 96 ? 1 : 3;
        movies.push_back(write("c" + std::to_string(i), large, counted(large, 3, means, i)));
    }
    ProcessSession session(movies, koma_of(3));
    EXPECT_TRUE(session.process(3, Output::file(path("out"), true)).is_excluded);
    const MovieResult other = session.process(2, Output::file(path("out"), true));
    EXPECT_FALSE(other.is_excluded);
    EXPECT_EQ(std::count(other.koma_movies.begin(), other.koma_movies.end(), "c3"), 0);
    EXPECT_EQ(other.koma_movies.size(), 5U);
}

TEST_F(Process, SessionsAreOrderedByTimeElseByTheNumbersInNames) {
    const auto movies = session(11);
    std::vector<fs::path> shuffled(movies.rbegin(), movies.rend());
    const ProcessSession by_name(shuffled, koma_of(1));
    EXPECT_FALSE(by_name.is_ordered_by_time());
    EXPECT_EQ(by_name.movies(), movies);  // m9 before m10
    const std::vector<std::string> times{"2026-11-21T10:00:00", "2026-11-20 23:59:59.5", "2026-11-21T09:00:00Z"};
    std::vector<fs::path> timed;
    for (std::size_t i = 0; i < times.size(); ++i)
        timed.push_back(write("t" + std::to_string(i), shape, counted(shape, 1, session_means(), i),
                              Metadata::from_json(R"({"scope":{"Acquisition Time":")" + times[i] + "\"}}")));
    const ProcessSession by_time(timed, koma_of(1));
    EXPECT_TRUE(by_time.is_ordered_by_time());
    EXPECT_EQ(by_time.movies(), (std::vector<fs::path>{timed[1], timed[2], timed[0]}));
}

TEST_F(Process, TheOutputTellsWhatWasDoneAndKeepsWhatStaysTrue) {
    const auto movie = write("m.mrcz", shape, counted(shape, frames, session_means(), 1), some_metadata());
    ProcessOptions options;
    options.outliers.emplace();
    options.gain = GainRequest{.file = gain_file(),
                               .kind = GainKind::multiplicative,
                               .orientation = {2, GainFlip::left_right},
                               .is_oriented_automatically = false,
                               .gamma = 1.25,
                               .gamma_law = {}};
    const MovieResult result = processed(movie, "out", options);
    const Reader made(path("out"));
    EXPECT_EQ(made.pixel_type(), PixelType::float32);
    ASSERT_TRUE(made.metadata());
    EXPECT_EQ(made.metadata()->to_json(), some_metadata().to_json());
    const std::string steps = made.provenance();
    EXPECT_NE(steps.find(R"("step":"write")"), std::string::npos);
    EXPECT_NE(steps.find(result.step), std::string::npos);
    for (const char* fact : {R"("gamma":1.25)", R"("quarter_turns":2)", R"("flip":"left_right")", "gain.mrc",
                             R"("xxh3_128":")", R"("rule":"guarded")", R"("hot_threshold":)", R"("kernel_taps":[)"})
        EXPECT_NE(result.step.find(fact), std::string::npos) << fact << " in " << result.step;
    for (const SectionInfo& section : made.sections()) EXPECT_NE(section.id, "ORIG");
    EXPECT_GE(result.outliers->singletons, 3U);
    EXPECT_TRUE(verify(Input::file(path("out"))).frames_hashed);
    const std::string report = json_report("m.mrcz", "out", result, 1.5);
    EXPECT_EQ(Metadata::from_json(report).to_json(), report);
}

TEST_F(Process, PlainOutputHasTheSamePixelsAndTheRecordBehindThem) {
    const auto movie = session(1).front();
    ProcessOptions options;
    options.outliers.emplace();
    (void)processed(movie, "compressed", options);
    options.is_plain = true;
    const MovieResult result = processed(movie, "plain", options);
    const Reader made(path("plain"));
    EXPECT_EQ(made.codec().id, 0);
    EXPECT_NE(made.provenance().find(result.step), std::string::npos);
    EXPECT_EQ(values_of<std::int16_t>(path("plain")), values_of<std::int16_t>(path("compressed")));
    EXPECT_TRUE(verify(Input::file(path("plain"))).findings.empty());
}

TEST_F(Process, GainFoundByItselfIsTheOneThatFlattens) {
    const auto gain = gain_file();
    const auto factors = values_of<float>(gain);
    // The camera's frames, seen turned by one quarter and flipped.
    const FloatImage seen = oriented({shape, factors}, {1, GainFlip::upside_down});
    std::vector<double> means;
    for (const float factor : seen.values) means.push_back(40 / static_cast<double>(factor));
    const auto movie = write("m", seen.shape, counted(seen.shape, frames, means, 4));
    ProcessOptions options;
    options.gain = GainRequest{.file = gain,
                               .kind = GainKind::multiplicative,
                               .orientation = {},
                               .is_oriented_automatically = true,
                               .gamma = {},
                               .gamma_law = {}};
    const MovieResult result = processed(movie, "out", options);
    EXPECT_EQ(oriented({shape, factors}, *result.orientation).values, seen.values);
    EXPECT_GT(*result.orientation_margin, 0.1);
}

TEST_F(Process, AGainThatMakesFramesMoreAlikeIsTold) {
    const auto movie = write("m", shape, counted(shape, frames, std::vector<double>(shape.pixels(), 30), 4));
    ProcessOptions options;
    options.gain.emplace().file = gain_file();
    options.measures_correlation = true;
    std::vector<std::string> said;
    RunContext context;
    context.log = [&](std::string_view text) { said.emplace_back(text); };
    (void)processed(movie, "out", options, context);
    ASSERT_EQ(said.size(), 1U);
    EXPECT_NE(said[0].find("correlate more after gain"), std::string::npos) << said[0];
}

TEST_F(Process, AFlatFieldLosesItsDarkAndDivides) {
    const std::vector<float> dark(shape.pixels(), 1), flat(shape.pixels(), 5);
    ProcessOptions options;
    options.dark = write("dark.mrc", shape, Movie<float>{dark}, {}, "raw");
    options.gain = GainRequest{.file = write("flat.mrc", shape, Movie<float>{flat}, {}, "raw"),
                               .kind = GainKind::flat_field,
                               .orientation = {},
                               .is_oriented_automatically = false,
                               .gamma = {},
                               .gamma_law = {}};
    const auto movie = write("m", shape, Movie<std::int16_t>{std::vector<std::int16_t>(shape.pixels(), 9)});
    (void)processed(movie, "out", options);
    EXPECT_EQ(values_of<float>(path("out")), std::vector<float>(shape.pixels(), 8));
}

TEST_F(Process, TheSignOfBytesIsThatOfReferencesToo) {
    const auto bytes = [](int value) {
        return std::vector<std::int8_t>(shape.pixels(), static_cast<std::int8_t>(value));
    };
    const auto movie = write("m.mrc", shape, Movie<std::int8_t>{bytes(100)}, {}, "raw");
    ProcessOptions options;
    options.dark = write("dark.mrc", shape, Movie<std::int8_t>{bytes(200)}, {}, "raw");
    for (const auto& [sign, expected] : {std::pair(Mode0::as_unsigned, -100.0F), std::pair(Mode0::as_signed, 156.0F)}) {
        options.mode0 = sign;
        (void)processed(movie, "out", options);
        EXPECT_EQ(values_of<float>(path("out")), std::vector<float>(shape.pixels(), expected));
    }
}

TEST_F(Process, ALawOfGammaNeedsTheExposureOfAFrame) {
    const auto movie = session(1).front();
    ProcessOptions options;
    options.gain = GainRequest{.file = gain_file(),
                               .kind = GainKind::multiplicative,
                               .orientation = {},
                               .is_oriented_automatically = false,
                               .gamma = {},
                               .gamma_law = GammaLaw{}};
    const Error error = kit::error_of([&] { (void)processed(movie, "out", options); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_NE(error.message().find("--frame-time"), std::string::npos);
    EXPECT_FALSE(fs::exists(path("out")));
    options.frame_seconds = 2;
    const MovieResult result = processed(movie, "out", options);
    EXPECT_NEAR(*result.dose_rate, 1, 0.05);
    EXPECT_NEAR(*result.gamma, GammaLaw{}.at(*result.dose_rate), 1e-12);
    const auto timed = write("timed", shape, counted(shape, frames, session_means(), 1),
                             Metadata::from_json(R"({"camera":{"frame_time":0.5}})"));
    options.frame_seconds.reset();
    EXPECT_NEAR(*processed(timed, "out", options).dose_rate, 4, 0.2);
}

TEST_F(Process, DefectsComeFromListsAndMaps) {
    const auto movie = session(1).front();
    const std::string list = "# x y w h\n3 4 2 1\n";
    kit::write_file(path("defects.txt"), std::as_bytes(std::span(list)));
    std::vector<std::int8_t> map(shape.pixels());
    map[4 * 64 + 3] = map[4 * 64 + 4] = 1;
    ProcessOptions options;
    for (const fs::path& defects : {path("defects.txt"), write("defects.mrc", shape, Movie<std::int8_t>{map})}) {
        options.defects = defects;
        const MovieResult result = processed(movie, "out", options);
        EXPECT_EQ(result.outliers->clustered, 2U) << defects;
        EXPECT_EQ(result.outliers->singletons, 0U) << defects;
        const auto before = values_of<std::int16_t>(movie), after = values_of<std::int16_t>(path("out"));
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (map[i % shape.pixels()] != 0) continue;
            ASSERT_EQ(after[i], before[i]);
        }
    }
}

TEST_F(Process, PixelsWithoutAUsableGainOrDarkAreFilled) {
    const float nan = std::nanf("");
    const auto movie = write("m", shape, Movie<std::int16_t>(4, std::vector<std::int16_t>(shape.pixels(), 6)));
    std::vector<float> gain(shape.pixels(), 2), dark(shape.pixels(), 1);
    gain[70] = 0;
    gain[900] = -1;
    gain[901] = nan;
    dark[2000] = nan;
    ProcessOptions options;
    options.gain.emplace().file = write("gain.mrc", shape, Movie<float>{gain}, {}, "raw");
    options.dark = write("dark.mrc", shape, Movie<float>{dark}, {}, "raw");
    std::vector<std::string> said;
    RunContext context;
    context.log = [&](std::string_view text) { said.emplace_back(text); };
    const MovieResult result = processed(movie, "out", options, context);
    EXPECT_EQ(values_of<float>(path("out")), std::vector<float>(4 * shape.pixels(), 10));
    EXPECT_EQ(result.outliers->singletons + result.outliers->clustered, 4U);
    EXPECT_NE(result.step.find(R"("bad_pixels":3)"), std::string::npos) << result.step;
    EXPECT_EQ(said.size(), 2U);
}

TEST_F(Process, ReferencesThatAreMostlyBadAreRefused) {
    const auto movie = session(1).front();
    std::vector<float> half(shape.pixels(), 1);
    std::fill_n(half.begin(), half.size() / 4, 0.0F);
    ProcessOptions options;
    options.gain.emplace().file = write("gain.mrc", shape, Movie<float>{half}, {}, "raw");
    const auto refused = [&] { return kit::error_of([&] { (void)processed(movie, "out", options); }); };
    EXPECT_EQ(refused().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refused().context(), path("gain.mrc").string());
    options.gain.reset();
    options.defects = path("gain.mrc");
    EXPECT_EQ(refused().context(), path("gain.mrc").string());
    options = {};
    std::fill_n(half.begin(), half.size() / 4, std::nanf(""));
    options.dark = write("dark.mrc", shape, Movie<float>{half}, {}, "raw");
    EXPECT_EQ(refused().context(), path("dark.mrc").string());
    options = {};
    options.gain.emplace().file = gain_file();
    options.gain->gamma = 1e9;
    EXPECT_EQ(refused().code(), ErrorCode::invalid_argument);
    EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(Process, InputsAreNeverWrittenOver) {
    const auto movies = session(2);
    const Bytes before = kit::read_file(movies[1]);
    ProcessSession session(movies, koma_of(1));
    EXPECT_EQ(kit::error_of([&] { (void)session.process(0, Output::file(movies[1], true)); }).code(),
              ErrorCode::invalid_argument);
    EXPECT_EQ(kit::read_file(movies[1]), before);
    kit::write_file(path("there"), before);
    EXPECT_EQ(kit::error_of([&] { (void)session.process(0, Output::file(path("there"))); }).code(),
              ErrorCode::target_exists);
}

TEST_F(Process, ReferencesAreNeverWrittenOverByAnyOfTheirNames) {
    const auto movies = session(1);
    ProcessOptions options;
    options.gain.emplace();
    options.gain->file = gain_file();
    options.defects = path("defects.txt");
    kit::write_file(options.defects, Bytes{std::byte{'1'}, std::byte{' '}, std::byte{'2'}, std::byte{'\n'}});
    fs::create_hard_link(options.gain->file, path("link.mrc"));
    ProcessSession session(movies, options);
    for (const fs::path& file : {options.gain->file, options.defects, path("link.mrc")}) {
        const Bytes before = kit::read_file(file);
        EXPECT_EQ(kit::error_of([&] { (void)session.process(0, Output::file(file, true)); }).code(),
                  ErrorCode::invalid_argument);
        EXPECT_EQ(kit::read_file(file), before);
    }
}

TEST_F(Process, AReferenceAmongTheMoviesIsLeftOut) {
    auto movies = session(2);
    ProcessOptions options;
    options.gain.emplace();
    options.gain->file = gain_file();
    movies.push_back(options.gain->file);
    std::vector<std::string> told;
    RunContext context;
    context.log = [&](std::string_view text) { told.emplace_back(text); };
    const ProcessSession session(movies, options, context);
    EXPECT_EQ(session.movies().size(), 2U);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find("gain reference"), std::string::npos);
}

TEST_F(Process, KomaTakesAMovieOfTwoNamesOnce) {
    auto movies = session(3);
    fs::create_hard_link(movies[1], path("m7.mrcz"));
    fs::create_symlink(movies[1], path("m8.mrcz"));
    for (const char* name : {"m7.mrcz", "m8.mrcz"}) movies.push_back(path(name));
    EXPECT_EQ(ProcessSession(movies, koma_of(1)).movies().size(), 3U);
    ProcessOptions alone;
    alone.outliers.emplace();
    EXPECT_EQ(ProcessSession(movies, alone).movies().size(), 5U);
}

TEST_F(Process, CancelledWorkLeavesNothing) {
    const auto movies = session(3);
    CancelToken cancel;
    RunContext context;
    context.cancel = &cancel;
    ProcessOptions options;
    options.outliers.emplace();
    ProcessSession session(movies, options, context);
    std::vector<std::string> before = names();
    context.progress = [&](const ProgressUpdate& update) {
        if (update.bytes_out > 0) cancel.cancel();
    };
    EXPECT_EQ(kit::error_of([&] { (void)session.process(0, Output::file(path("out")), context); }).code(),
              ErrorCode::cancelled);
    EXPECT_EQ(names(), before);
}

TEST_F(Process, MoviesOfAnotherShapeDoNotJoinASession) {
    auto movies = session(3);
    movies.push_back(write("m9.mrcz", {shape.ny, shape.nx}, counted(shape, frames, session_means(), 1)));
    ProcessSession session(movies, koma_of(1));
    EXPECT_EQ(session.process(2, Output::file(path("out"), true)).koma_movies.size(), 2U);
    EXPECT_EQ(kit::error_of([&] { (void)session.process(3, Output::file(path("out2"))); }).code(),
              ErrorCode::invalid_argument);
}

TEST_F(Process, TheShapeOfASessionIsThatOfMostMoviesWhereverTheOddOneStands) {
    auto movies = session(3);
    movies.insert(movies.begin(), write("a.mrcz", {shape.ny, shape.nx}, counted(shape, frames, session_means(), 1)));
    ProcessOptions listed;
    listed.defects = path("defects.txt");
    kit::write_file(listed.defects, Bytes{std::byte{'1'}, std::byte{' '}, std::byte{'2'}, std::byte{' '},
                                          std::byte{'1'}, std::byte{' '}, std::byte{'1'}, std::byte{'\n'}});
    for (const ProcessOptions& options : {koma_of(1), listed}) {
        ProcessSession session(movies, options);
        const Error odd = kit::error_of([&] { (void)session.process(0, Output::file(path("odd"))); });
        EXPECT_EQ(odd.context(), movies[0].string());
        for (std::size_t i = 1; i < 4; ++i)
            EXPECT_EQ(session.process(i, Output::file(path("out"), true)).files.frames, 6);
    }
}

TEST_F(Process, CorrectedMoviesAreCorrectedAgainOnlyWhenTold) {
    const auto movies = session(1);
    ProcessOptions options;
    options.outliers.emplace();
    for (const bool is_plain : {false, true}) {
        options.is_plain = is_plain;
        options.may_repeat = false;
        (void)processed(movies[0], "once", options);
        EXPECT_EQ(kit::error_of([&] { (void)processed(path("once"), "twice", options); }).code(),
                  ErrorCode::invalid_argument);
        options.may_repeat = true;
        EXPECT_EQ(processed(path("once"), "twice", options).files.frames, frames);
    }
}

TEST_F(Process, TrailingLeavesMoviesWithTooFewBeforeThem) {
    const auto movies = session(6);
    ProcessOptions options = koma_of(2);
    options.koma->is_trailing = true;
    ProcessSession session(movies, options);
    std::vector<std::size_t> used;
    for (std::size_t i = 0; i < movies.size(); ++i)
        used.push_back(session.process(i, Output::file(path("out"), true)).koma_movies.size());
    EXPECT_EQ(used, (std::vector<std::size_t>{0, 0, 0, 3, 4, 4}));
}

TEST_F(Process, KomaThatAddsMoreNoiseThanItTakesIsToldOnce) {
    const auto told_of = [&](double spread, const std::string& name) {
        kit::Counts counts(4);
        std::vector<double> means(shape.pixels());
        for (double& mean : means) mean = 2 * (1 + spread * (counts.uniform() - 0.5));
        std::vector<fs::path> movies;
        for (std::size_t i = 0; i < 4; ++i)
            movies.push_back(write(name + std::to_string(i), shape, counted(shape, frames, means, 900 + i)));
        int told = 0;
        RunContext context;
        context.log = [&](std::string_view text) { told += text.find("adds noise") != std::string_view::npos ? 1 : 0; };
        ProcessSession session(movies, koma_of(1));
        for (std::size_t i = 0; i < 4; ++i) (void)session.process(i, Output::file(path("out"), true), context);
        return told;
    };
    EXPECT_EQ(told_of(0, "even"), 1);
    EXPECT_EQ(told_of(1, "strong"), 0);
}

TEST_F(Process, WhereSumsCannotWaitTheSessionStopsAtOnce) {
    const auto movies = session(3);
    ProcessSession session(movies, koma_of(1));
    const char* const before = std::getenv("TMPDIR");
    const std::string kept = before != nullptr ? before : "";
    ::setenv("TMPDIR", path("missing").c_str(), 1);
    const Error error = kit::error_of([&] { session.prepare(); });
    before != nullptr ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
    EXPECT_EQ(error.group(), ErrorGroup::system);
    EXPECT_NE(std::string(error.what()).find("TMPDIR"), std::string::npos);
    session.prepare();
}

TEST_F(Process, AcquisitionTimesOfSomeMoviesOnlyAreNotUsedInSilence) {
    auto movies = session(2);
    movies.push_back(write("t", shape, counted(shape, 1, session_means(), 3),
                           Metadata::from_json(R"({"Acquisition Time":"2026-11-21T10:00:00"})")));
    std::string told;
    RunContext context;
    context.log = [&](std::string_view text) { told += text; };
    const ProcessSession session(movies, koma_of(1), context);
    EXPECT_NE(told.find("only 1 of 3 movies"), std::string::npos);
}

TEST_F(Process, AGammaLawIsFittedWrittenAndReadAgain) {
    const GammaLaw truth;
    constexpr ImageShape large{128, 128};
    std::vector<float> gain(large.pixels());
    for (std::size_t p = 0; p < gain.size(); ++p)
        gain[p] = static_cast<float>(1 + 0.2 * std::sin(static_cast<double>(p % 128) / 20));
    ProcessOptions options;
    options.frame_seconds = 1;
    options.gain = GainRequest{.file = write("gain.mrc", large, Movie<float>{gain}, {}, "raw"),
                               .kind = GainKind::multiplicative,
                               .orientation = {},
                               .is_oriented_automatically = false,
                               .gamma = {},
                               .gamma_law = {}};
    std::vector<fs::path> flats;
    for (const double rate : {0.3, 0.6, 1.0, 2.0, 4.0, 8.0}) {
        std::vector<float> flat(large.pixels());
        double total = 0;
        for (std::size_t p = 0; p < flat.size(); ++p)
            total += flat[p] = static_cast<float>(std::pow(gain[p], -truth.at(rate)));
        const double scale = rate * static_cast<double>(flat.size()) / total;
        for (float& value : flat) value = static_cast<float>(value * scale);
        flats.push_back(write("flat" + std::to_string(flats.size()), large, Movie<float>{flat}));
    }
    const GammaCalibration calibration = calibrate_gamma(flats, options);
    ASSERT_EQ(calibration.points.size(), 6U);
    for (const GammaPoint& point : calibration.points) EXPECT_NEAR(point.gamma, truth.at(point.dose_rate), 2e-4);
    for (const double rate : {0.5, 3.0}) EXPECT_NEAR(calibration.law.at(rate), truth.at(rate), 0.005);
    write_gamma_law(calibration, Output::file(path("law.json")));
    const Bytes text = kit::read_file(path("law.json"));
    const GammaLaw read = parse_gamma_law({reinterpret_cast<const char*>(text.data()), text.size()}, "law.json");
    EXPECT_EQ(read.a1, calibration.law.a1);
    EXPECT_EQ(read.greatest_rate, calibration.law.greatest_rate);
    EXPECT_EQ(kit::error_of([] { (void)parse_gamma_law(R"({"a1":1})", "law.json"); }).code(), ErrorCode::corrupt);
}

}  // namespace mrcz::jobs_test
