#include <gtest/gtest.h>

#include <algorithm>

#include "mrcz/thread_executor.hpp"
#include "unit/jobs/sessions.hpp"

// A session whose movies several processes correct: planned once, gathered in any order, corrected in any order.
namespace mrcz::jobs_test {
namespace {

namespace fs = std::filesystem;

constexpr ImageShape shape{48, 40};

class SessionStages : public Sessions {
  public:
    std::vector<fs::path> session(std::size_t movies) const {
        std::vector<fs::path> paths;
        for (std::size_t i = 0; i < movies; ++i) {
            std::vector<double> means(shape.pixels(), 2 + 0.1 * static_cast<double>(i));
            for (std::size_t p = 0; p < means.size(); p += 7) means[p] *= 1.3;
            for (const std::size_t hot : {130U, 1500U}) means[hot] = 30;
            paths.push_back(write("m" + std::to_string(i) + ".mrcz", shape, counted(shape, 4, means, 50 + i)));
        }
        return paths;
    }

    [[nodiscard]] fs::path gain_file() const {
        kit::Counts counts(5);
        std::vector<float> factors(shape.pixels());
        for (float& factor : factors) factor = static_cast<float>(0.8 + 0.4 * counts.uniform());
        factors[77] = 0;
        return write("gain.mrc", shape, Movie<float>{factors}, {}, "raw");
    }

    static ProcessOptions options(std::int64_t radius) {
        ProcessOptions chosen;
        chosen.outliers.emplace();
        chosen.koma.emplace();
        chosen.koma->radius = radius;
        return chosen;
    }

    /// By one session that does it all.
    std::vector<Bytes> at_once(const std::vector<fs::path>& movies, const ProcessOptions& chosen) const {
        ProcessSession session(movies, chosen);
        std::vector<Bytes> files;
        for (std::size_t i = 0; i < session.movies().size(); ++i) files.push_back(corrected(session, i));
        return files;
    }

    Bytes corrected(ProcessSession& session, std::size_t movie) const {
        try {
            (void)session.process(movie, Output::file(path("out"), true));
        } catch (const Error& error) {
            const std::string text = error.what();
            const auto bytes = std::as_bytes(std::span(text));
            return {bytes.begin(), bytes.end()};
        }
        return kit::read_file(path("out"));
    }

    /// By three sessions of one plan, each with movies here and there, the last ones first.
    std::vector<Bytes> in_stages(const std::vector<fs::path>& movies, const ProcessOptions& chosen) const {
        fs::remove_all(path("sums"));
        fs::create_directory(path("sums"));
        const SessionPlan plan = ProcessSession(movies, chosen).plan();
        std::vector<ProcessSession> workers;
        for (int i = 0; i < 3; ++i) workers.emplace_back(plan, chosen);
        const std::size_t count = plan.movies.size();
        for (std::size_t i = count; i-- > 0;) workers[i % 3].gather(i, path("sums"));
        std::vector<Bytes> files(count);
        for (ProcessSession& worker : workers) worker.take_sums(path("sums"));
        for (std::size_t i = count; i-- > 0;) files[i] = corrected(workers[(i * 7) % 3], i);
        return files;
    }
};

}  // namespace

TEST_F(SessionStages, GiveWhatOneSessionGives) {
    const auto movies = session(6);
    EXPECT_EQ(in_stages(movies, options(2)), at_once(movies, options(2)));
}

TEST_F(SessionStages, GiveTheSameOfFractionsInAnyOrder) {
    const auto movies = session(37);  // windows of fractions begin anew at every 16th
    ProcessOptions chosen = options(3);
    chosen.gain.emplace().file = gain_file();
    EXPECT_EQ(in_stages(movies, chosen), at_once(movies, chosen));
}

TEST_F(SessionStages, FindTheOrientationOnceForAll) {
    const auto movies = session(4);
    ProcessOptions chosen = options(1);
    chosen.gain.emplace().file = gain_file();
    chosen.gain->is_oriented_automatically = true;
    const SessionPlan plan = ProcessSession(movies, chosen).plan();
    EXPECT_TRUE(plan.orientation.has_value());
    EXPECT_TRUE(plan.orientation_margin.has_value());
    EXPECT_EQ(in_stages(movies, chosen), at_once(movies, chosen));
    chosen.koma.reset();
    ProcessSession all(movies, chosen), later(ProcessSession(movies, chosen).plan(), chosen);
    const Bytes first = corrected(all, 0), third = corrected(all, 2);
    EXPECT_EQ(corrected(later, 2), third);
    EXPECT_EQ(corrected(later, 0), first);
}

TEST_F(SessionStages, FailedMoviesFailInTheirTurnWithTheSameWords) {
    const auto movies = session(5);
    kit::write_file(movies[1], kit::truncated(kit::read_file(movies[1]), 2000));
    EXPECT_EQ(in_stages(movies, options(1)), at_once(movies, options(1)));
}

TEST_F(SessionStages, ASumThatIsThereStays) {
    const auto movies = session(3);
    fs::create_directory(path("sums"));
    const SessionPlan plan = ProcessSession(movies, options(1)).plan();
    ProcessSession one(plan, options(1));
    one.gather(2, path("sums"));
    const auto made = *fs::directory_iterator(path("sums"));
    const auto stamp = FileStamp::of(made.path());
    one.gather(2, path("sums"));
    EXPECT_EQ(FileStamp::of(made.path()), stamp);
    EXPECT_EQ(kit::error_of([&] { one.gather(3, path("sums")); }).code(), ErrorCode::invalid_argument);
}

TEST_F(SessionStages, SumsThatAreMissingOrDamagedAreNamed) {
    const auto movies = session(3);
    fs::create_directory(path("sums"));
    const SessionPlan plan = ProcessSession(movies, options(1)).plan();
    ProcessSession one(plan, options(1));
    one.gather(0, path("sums"));
    EXPECT_EQ(kit::error_of([&] { one.take_sums(path("sums")); }).code(), ErrorCode::not_found);
    one.gather(1, path("sums"));
    one.gather(2, path("sums"));
    one.take_sums(path("sums"));

    const fs::path file = path("sums") / "movie-1.sum";
    const Bytes whole = kit::read_file(file);
    for (const std::size_t place : {std::size_t{100}, whole.size() - 1}) {
        Bytes damaged = whole;
        damaged[place] ^= std::byte{1};
        kit::write_file(file, damaged);
        const Error error = kit::error_of([&] {
            ProcessSession other(plan, options(1));
            other.take_sums(path("sums"));
            (void)other.process(0, Output::file(path("out"), true));
        });
        EXPECT_EQ(error.code(), ErrorCode::corrupt) << place;
        EXPECT_EQ(error.context(), file.string()) << place;
    }
    for (const std::size_t bytes : {0U, 20U, 200U, 2000U}) {
        kit::write_file(file, kit::truncated(whole, bytes));
        ProcessSession other(plan, options(1));
        EXPECT_EQ(kit::error_of([&] {
                      other.take_sums(path("sums"));
                      (void)other.process(0, Output::file(path("out"), true));
                  }).code(),
                  ErrorCode::truncated)
            << bytes;
    }
    fs::copy_file(path("sums") / "movie-0.sum", file, fs::copy_options::overwrite_existing);
    ProcessSession other(plan, options(1));
    EXPECT_NE(kit::error_of([&] { other.take_sums(path("sums")); }).message().find("m0.mrcz"), std::string::npos);
}

TEST_F(SessionStages, OutliersComeBackAsTheyWere) {
    const auto movie = session(1).front();
    ProcessOptions chosen;
    chosen.outliers.emplace();
    const CorrectedMovie first = open_corrected(Reader(movie), chosen);
    ASSERT_FALSE(first.reader.outliers().pixels.empty());
    const auto packed = pack_outliers(first.reader.outliers());
    EXPECT_EQ(unpack_outliers(packed), first.reader.outliers());
    for (std::size_t bytes = 0; bytes < packed.size(); ++bytes)
        EXPECT_EQ(kit::error_of([&] { (void)unpack_outliers(std::span(packed).first(bytes)); }).code(),
                  ErrorCode::truncated);
}

TEST_F(SessionStages, OutliersWhoseNeighboursLieOutsideAreRefused) {
    Outliers outliers;
    outliers.shape = {4, 3};
    outliers.pixels = {{.index = 0, .weight = 0, .fill = 1, .good_neighbours = 1, .is_clustered = false}};
    EXPECT_EQ(kit::error_of([&] { (void)unpack_outliers(pack_outliers(outliers)); }).code(), ErrorCode::corrupt);
    outliers.pixels = {{.index = 12, .weight = 0, .fill = 1, .good_neighbours = 0, .is_clustered = false}};
    EXPECT_EQ(kit::error_of([&] { (void)unpack_outliers(pack_outliers(outliers)); }).code(), ErrorCode::corrupt);
}

TEST_F(SessionStages, FramesCorrectedOnLoadAreThoseOfTheFile) {
    const auto movie = session(1).front();
    ProcessOptions chosen;
    chosen.outliers.emplace();
    chosen.gain.emplace().file = gain_file();
    chosen.seed = 11;
    for (const auto dtype : {PixelType::float32, PixelType::int16}) {
        chosen.dtype = dtype;
        (void)processed(movie, "out", chosen);
        const Reader file(path("out"));
        const CorrectedMovie opened = open_corrected(Reader(movie), chosen);
        ASSERT_EQ(opened.reader.frame_bytes(), file.frame_bytes());
        Bytes read(file.frame_bytes()), expected(file.frame_bytes());
        for (std::int64_t frame = 0; frame < file.frames(); ++frame) {
            opened.reader.read_frame(frame, read);
            file.read_frame(frame, expected);
            EXPECT_EQ(read, expected) << frame;
        }
        EXPECT_TRUE(file.provenance().ends_with("," + opened.result.step + "]")) << opened.result.step;
    }
}

TEST_F(SessionStages, ReferencesAtHandAreTakenForThoseOfFiles) {
    const auto movie = session(1).front();
    ProcessOptions chosen;
    chosen.gain.emplace().file = gain_file();
    const CorrectedMovie by_file = open_corrected(Reader(movie), chosen);
    ReferencesAtHand at_hand;
    at_hand.gain = std::make_shared<const FloatImage>(FloatImage{shape, values_of<float>(chosen.gain->file)});
    chosen.gain->file.clear();
    const CorrectedMovie by_hand = open_corrected(Reader(movie), chosen, at_hand);
    Bytes one(by_file.reader.frame_bytes()), other(one.size());
    by_file.reader.read_frame(1, one);
    by_hand.reader.read_frame(1, other);
    EXPECT_EQ(one, other);
    EXPECT_EQ(by_hand.result.step.find("\"file\""), std::string::npos);
    chosen.koma.emplace();
    EXPECT_EQ(kit::error_of([&] { (void)open_corrected(Reader(movie), chosen, at_hand); }).code(),
              ErrorCode::invalid_argument);
}

}  // namespace mrcz::jobs_test
