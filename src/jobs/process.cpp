#include "mrcz/process.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "io/byte_sink.hpp"
#include "jobs/acquisition.hpp"
#include "jobs/corrected_file.hpp"
#include "jobs/gathered_movie.hpp"
#include "jobs/koma_balance.hpp"
#include "jobs/movie_planner.hpp"
#include "jobs/open_input.hpp"
#include "jobs/process_record.hpp"
#include "jobs/rounded.hpp"
#include "jobs/session_files.hpp"
#include "jobs/session_order.hpp"
#include "jobs/session_shape.hpp"
#include "jobs/session_window.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;
using jobs::GatheredImages;
using jobs::GatheredMovie;

/// A file seen by two who each want to own it.
class SharedSource final : public ByteSource {
  public:
    explicit SharedSource(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {}
    std::uint64_t size() const override { return source_->size(); }
    void read_at(std::uint64_t offset, std::span<std::byte> into) const override { source_->read_at(offset, into); }
    const std::string& name() const noexcept override { return source_->name(); }

  private:
    std::shared_ptr<const ByteSource> source_;
};

/// A movie, opened.
struct Movie {
    Movie(const fs::path& path, const ProcessOptions& options, const RunContext& context)
        : source(jobs::open_source(Input::file(path), context)),
          file(std::make_unique<SharedSource>(source), options.limits, options.mode0),
          reader(std::make_unique<SharedSource>(source), options.limits, options.mode0) {
        file.require_undamaged();
        jobs::refuse_unfinished(Input::file(path), file.layout());
        jobs::refuse_processed(reader, options);
    }

    [[nodiscard]] ImageShape shape() const { return {reader.columns(), reader.rows()}; }

    std::shared_ptr<const ByteSource> source;
    container::MrcFile file;
    Reader reader;
};

/// Progress of one of two passes over a movie.
RunContext pass_of(const RunContext& context, std::int64_t number, bool* has_run = nullptr) {
    RunContext pass = context;
    if (context.progress)
        pass.progress = [tell = context.progress, number, has_run](const ProgressUpdate& update) {
            ProgressUpdate both = update;
            both.frames_done += number * update.frames_total;
            both.frames_total *= 2;
            if (number > 0)
                both.bytes_in += update.bytes_in /
                                 static_cast<std::uint64_t>(std::max<std::int64_t>(1, update.frames_done)) *
                                 static_cast<std::uint64_t>(update.frames_total);
            if (has_run != nullptr) *has_run = true;
            tell(both);
        };
    return pass;
}

}  // namespace

struct ProcessSession::Impl {
    Impl(std::vector<fs::path> paths, ProcessOptions chosen, const RunContext& context)
        : options(std::move(chosen)), planner(options), in_use(options) {
        plan.movies = std::move(paths);
        in_use.add_movies(plan.movies, options.koma.has_value(), context);
        if (options.koma && options.gain && (options.gain->gamma || options.gain->gamma_law) && context.log)
            context.log("gamma and KOMA are both asked for; the paper leaves gamma out where KOMA is on");
        if (options.koma) put_in_order(context);
        if (plan.movies.size() > 1 &&
            (options.koma || options.gain || !options.dark.empty() || !options.defects.empty()))
            plan.shape = jobs::most_common_shape(plan.movies, options.limits, context);
        if (options.koma && plan.movies.size() == 1 && context.log)
            context.log("KOMA corrects a movie by others of its session; of one movie it changes nothing");
    }

    Impl(SessionPlan made, ProcessOptions chosen, const RunContext& context)
        : options(std::move(chosen)), planner(options), in_use(options), plan(std::move(made)) {
        in_use.add_movies(plan.movies, options.koma.has_value(), context);
        if (plan.orientation) planner.know_orientation(*plan.orientation, plan.orientation_margin);
    }

    void put_in_order(const RunContext& context) {
        std::vector<jobs::TimedMovie> timed;
        for (const fs::path& path : plan.movies) {
            check_cancelled(context);
            timed.push_back({path, {}});
            try {
                timed.back().seconds =
                    jobs::acquisition_seconds(open_reader(Input::file(path), options.limits, options.mode0, context));
            } catch (const Error& error) {
                if (error.group() == ErrorGroup::interrupted) throw;  // others are said when the movie's turn comes
            }
        }
        plan.is_ordered_by_time = jobs::sort_session(timed);
        tell_mixed_times(timed, context);
        for (std::size_t i = 0; i < timed.size(); ++i) plan.movies[i] = std::move(timed[i].path);
    }

    void tell_mixed_times(const std::vector<jobs::TimedMovie>& timed, const RunContext& context) const {
        const auto is_timed = [](const jobs::TimedMovie& movie) { return movie.seconds.has_value(); };
        const auto missing = std::ranges::find_if_not(timed, is_timed);
        const auto known = std::ranges::count_if(timed, is_timed);
        if (known == 0 || missing == timed.end() || !context.log) return;
        context.log(concat("only ", known, " of ", timed.size(), " movies say when they were taken (not ",
                           missing->path.string(), "): they are put in the order of their names"));
    }

    void require_movie(std::size_t index) const {
        if (index >= plan.movies.size())
            fail(ErrorCode::invalid_argument, "movie ", index, ": the session has ", plan.movies.size());
    }

    void require_session_shape(const Movie& movie) const {
        if (!plan.shape || *plan.shape == movie.shape()) return;
        fail(ErrorCode::invalid_argument, "has frames of ", movie.shape().nx, " x ", movie.shape().ny,
             " pixels, most movies of the session ", plan.shape->nx, " x ", plan.shape->ny,
             "; a session is of one camera in one mode");
    }

    /// The first movie whose sum tells is that which tells a session that does it all.
    void find_orientation(const RunContext& context) {
        const bool is_asked = options.gain && options.gain->is_oriented_automatically;
        for (std::size_t i = 0; is_asked && !planner.has_references() && i < plan.movies.size(); ++i) {
            try {
                in_file(plan.movies[i].string(), [&] {
                    const Movie movie(plan.movies[i], options, context);
                    require_session_shape(movie);
                    const SumImage raw = sum_frames(movie.reader, context);
                    planner.references_for(movie.shape(), &raw, context);
                });
            } catch (const Error& error) {
                if (error.group() == ErrorGroup::interrupted) throw;  // others are said when the movie's turn comes
            }
        }
        if (!is_asked || !planner.has_references()) return;
        plan.orientation = planner.references().orientation;
        plan.orientation_margin = planner.references().orientation_margin;
    }

    // The first pass of KOMA.

    void gather_all(const RunContext& context) {
        if (store) return;
        auto images = std::make_unique<jobs::SpooledImages>(plan.movies.size());
        std::vector<GatheredMovie> all(plan.movies.size());
        RunContext silent = context;
        silent.progress = nullptr;
        std::uint64_t bytes_read = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            GatheredImages made;
            all[i] = gather_or_fail(i, made, silent);
            // What goes wrong here is no fault of the movie, and would be in the way of all others, too.
            if (!all[i].failure) images->put(i, made);
            std::error_code ignored;
            const auto bytes = fs::file_size(plan.movies[i], ignored);
            if (!ignored) bytes_read += bytes;
            if (context.progress)
                context.progress(
                    {static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(all.size()), bytes_read, 0});
        }
        take(std::move(all), std::move(images));
    }

    GatheredMovie gather_or_fail(std::size_t index, GatheredImages& images, const RunContext& context) {
        try {
            return in_file(plan.movies[index].string(), [&] { return gather_one(index, images, context); });
        } catch (const Error& error) {
            if (error.group() == ErrorGroup::interrupted) throw;
            GatheredMovie failed;
            failed.failure = error;
            return failed;
        }
    }

    GatheredMovie gather_one(std::size_t index, GatheredImages& images, const RunContext& context) {
        const Movie movie(plan.movies[index], options, context);
        require_session_shape(movie);
        const SumImage raw = sum_frames(movie.reader, context);
        MovieResult result;
        const ProcessPlan to_do = planner.plan(movie.reader, &raw, true, result, context);
        jobs::FrameCorrector checked(movie.reader.frame_format(), to_do);
        GatheredMovie found;
        found.outliers = jobs::find_plan_outliers(movie.reader, to_do, raw, context);
        images.sum = corrected(raw, to_do.dark.get(), to_do.gain.get());
        if (!found.outliers.pixels.empty()) images.sum = filled(images.sum, found.outliers);
        images.pixels = std::exchange(found.outliers.pixels, {});
        found.shape = images.sum.shape;
        found.has_fractions = std::holds_alternative<std::vector<double>>(images.sum.values);
        found.dose_rate = result.dose_rate;
        found.frame_mean = jobs::mean_of(images.sum);
        found.contrast = block_contrast(images.sum);
        if (movie.reader.pixel_type() == PixelType::uint16) found.is_small = jobs::fits_int16(movie.reader, raw);
        return found;
    }

    [[nodiscard]] jobs::ImagesInFolder images_in(const fs::path& folder) const {
        if (!options.koma)
            fail(ErrorCode::invalid_argument, "sums of movies are gathered for KOMA, which is not asked for");
        std::vector<std::string> names;
        for (const fs::path& movie : plan.movies) names.push_back(movie.filename().string());
        return {folder, std::move(names)};
    }

    void gather_into(std::size_t index, const fs::path& folder, const RunContext& context) {
        const jobs::ImagesInFolder files = images_in(folder);
        if (files.has(index)) return;
        GatheredImages images;
        const GatheredMovie found = gather_or_fail(index, images, context);
        files.put(index, found, images);
    }

    void take_from(const fs::path& folder, const RunContext& context) {
        auto files = std::make_unique<jobs::ImagesInFolder>(images_in(folder));
        std::vector<GatheredMovie> all;
        for (std::size_t i = 0; i < plan.movies.size(); ++i) {
            check_cancelled(context);
            all.push_back(files->head(i));
        }
        take(std::move(all), std::move(files));
    }

    /// Movies that failed are not there, and must not shift the median either.
    void take(std::vector<GatheredMovie> all, std::unique_ptr<const jobs::GatheredStore> images) {
        std::vector<double> contrasts;
        are_small = true;
        bool has_fractions = false;
        std::optional<ImageShape> shape;
        for (const GatheredMovie& movie : all) {
            if (movie.failure) continue;
            contrasts.push_back(movie.contrast);
            are_small = are_small && movie.is_small;
            has_fractions = has_fractions || movie.has_fractions;
            shape = movie.shape;
        }
        const auto high = high_contrast(contrasts);
        excluded.clear();
        std::size_t next = 0;
        for (const GatheredMovie& movie : all) excluded.push_back(movie.failure ? 1 : high[next++]);
        window.reset();
        if (shape) window.emplace(*shape, has_fractions);
        gathered = std::move(all);
        store = std::move(images);
    }

    /// A pattern of fewer movies is mostly noise.
    [[nodiscard]] std::int64_t least_trailing() const { return std::min<std::int64_t>(3, 2 * options.koma->radius); }

    /// Whether a larger radius would bring no more movies.
    [[nodiscard]] bool has_all(std::size_t index, std::size_t count) const {
        KomaOptions widest = *options.koma;
        widest.radius = std::max<std::int64_t>(widest.radius, std::ssize(plan.movies));
        return koma_window(static_cast<std::int64_t>(index), std::ssize(plan.movies), widest, excluded).size() <= count;
    }

    void tell_balance(std::size_t index, std::size_t count, const SumImage& others, const RunContext& context) {
        const auto [added, removed] = jobs::koma_balance(store->sum(index), others);
        if (!(added > removed)) return;
        has_told_balance = true;
        context.log(concat(plan.movies[index].string(), ": KOMA of ", count, count == 1 ? " movie" : " movies", " (",
                           others.frames, others.frames == 1 ? " frame" : " frames", ") adds noise of ",
                           jobs::rounded(std::sqrt(added)), " to each pixel and takes out a pattern of ",
                           jobs::rounded(std::sqrt(removed)), " (standard deviations): ",
                           has_all(index, count) ? "the session has too few movies for KOMA, leave it out"
                                                 : "take a larger radius, or no KOMA"));
    }

    [[nodiscard]] std::vector<std::int64_t> members_of(std::int64_t movie) const {
        return koma_window(movie, std::ssize(plan.movies), *options.koma, excluded);
    }

    void add_koma(std::size_t index, ProcessPlan& to_do, MovieResult& result, const RunContext& context) {
        const GatheredMovie& own = gathered[index];
        result.block_contrast = own.contrast;
        result.is_excluded = excluded[index] != 0;
        const auto members = members_of(static_cast<std::int64_t>(index));
        if (options.koma->is_trailing && std::ssize(members) < least_trailing()) {
            if (context.log)
                context.log(concat(plan.movies[index].string(), ": KOMA leaves it as it is: --trailing has ",
                                   members.size(), " of the ", least_trailing(),
                                   " movies before it that it takes at least"));
            return;
        }
        for (const std::int64_t member : members)
            result.koma_movies.push_back(plan.movies[static_cast<std::size_t>(member)].filename().string());
        if (members.empty()) return;
        SumImage loaded;
        const auto sum_of = [&](std::int64_t movie) -> const SumImage& {
            loaded = store->sum(static_cast<std::size_t>(movie));
            return loaded;
        };
        const auto window_of = [this](std::int64_t movie) { return members_of(movie); };
        const SumImage& others = window->around(static_cast<std::int64_t>(index), window_of, sum_of, context);
        result.koma_scale = koma_scale(others, own.frame_mean, *options.koma);
        if (context.log && !has_told_balance) tell_balance(index, members.size(), others, context);
        to_do.koma = std::make_shared<const FloatImage>(koma_pattern(others, own.frame_mean, *options.koma));
    }

    /// Gain references take out what frames have in common; one that does not fit puts it in.
    void tell_worse(const MovieResult& result, const fs::path& movie, const RunContext& context) const {
        if (!options.gain || !result.before || !result.after || !context.log) return;
        constexpr double share = 1.1, least = 0.001;
        const double before = result.before->all_pairs, after = result.after->all_pairs;
        if (after > share * before + least)
            context.log(concat(movie.string(), ": frames correlate more after gain (", after, ") than before (", before,
                               "); is the reference of this camera, and does it lie right?"));
    }

    MovieResult process(std::size_t index, const Output& output, const RunContext& context) {
        const fs::path& path = plan.movies[index];
        if (options.koma && gathered[index].failure) throw Error(*gathered[index].failure);
        if (!output.descriptor) in_use.refuse_as_output(output.path);
        const Movie movie(path, options, context);
        require_session_shape(movie);
        MovieResult result;
        std::optional<SumImage> raw;
        bool is_read_twice = false;
        if (options.koma) {
            result.dose_rate = gathered[index].dose_rate;
        } else if (planner.needs_sum()) {
            raw = sum_frames(movie.reader, pass_of(context, 0, &is_read_twice));
        }
        ProcessPlan to_do = planner.plan(movie.reader, raw ? &*raw : nullptr, are_small, result, context);
        Outliers outliers;
        if (options.koma) {
            outliers = gathered[index].outliers;
            outliers.pixels = store->pixels(index);
            add_koma(index, to_do, result, context);
        } else if (jobs::fills_pixels(to_do)) {
            if (!raw) raw = sum_frames(movie.reader, context);
            outliers = jobs::find_plan_outliers(movie.reader, to_do, *raw, context);
        }
        raw.reset();
        const bool fills = jobs::fills_pixels(to_do);
        jobs::FrameCorrector corrector(movie.reader.frame_format(), std::move(to_do));
        corrector.set_outliers(std::move(outliers));
        result.dtype = corrector.to().type;
        if (fills) {
            result.outliers = corrector.outliers();
            result.outliers->pixels = {};
            result.fill = corrector.fill();
        }
        const auto sink = jobs::open_sink(output, Input::file(path), true);
        const auto step = [&]() -> const std::string& {
            result.clipped = corrector.clipped();
            return result.step = jobs::process_step(options, planner.files(), planner.references(), result);
        };
        const auto written = jobs::write_corrected({movie.file, movie.reader, corrector, step, options}, *sink,
                                                   is_read_twice ? pass_of(context, 1) : context);
        sink->commit();
        result.files = {.frames = movie.reader.frames(),
                        .bytes_in = movie.source->size(),
                        .bytes_out = written.bytes,
                        .converted = {}};
        result.before = written.before;
        result.after = written.after;
        tell_worse(result, path, context);
        if (result.clipped > 0 && context.log)
            context.log(concat(path.string(), ": ", result.clipped, result.clipped == 1 ? " pixel is" : " pixels are",
                               " beyond the range of ", info_of(result.dtype).name,
                               result.clipped == 1 ? " and became its end" : " and became its ends"));
        if (options.measures_correlation && options.correlation_lag >= movie.reader.frames() && context.log)
            context.log(concat(path.string(), ": has ", movie.reader.frames(),
                               movie.reader.frames() == 1 ? " frame" : " frames", ", none of them ",
                               options.correlation_lag, " apart"));
        return result;
    }

    ProcessOptions options;
    jobs::MoviePlanner planner;
    jobs::SessionFiles in_use;
    SessionPlan plan;
    std::vector<GatheredMovie> gathered;
    std::unique_ptr<const jobs::GatheredStore> store;  ///< where it is there, the first pass is done
    bool are_small = true;                             ///< no 16-bit pixel of the session is beyond 32767
    std::vector<std::uint8_t> excluded;
    std::optional<jobs::SessionWindow> window;
    bool has_told_balance = false;
};

ProcessSession::ProcessSession(std::vector<fs::path> movies, ProcessOptions options, const RunContext& context)
    : impl_(std::make_unique<Impl>(std::move(movies), std::move(options), context)) {}

ProcessSession::ProcessSession(SessionPlan plan, ProcessOptions options, const RunContext& context)
    : impl_(std::make_unique<Impl>(std::move(plan), std::move(options), context)) {}

ProcessSession::~ProcessSession() = default;
ProcessSession::ProcessSession(ProcessSession&&) noexcept = default;
ProcessSession& ProcessSession::operator=(ProcessSession&&) noexcept = default;

const std::vector<fs::path>& ProcessSession::movies() const noexcept { return impl_->plan.movies; }
bool ProcessSession::is_ordered_by_time() const noexcept { return impl_->plan.is_ordered_by_time; }

SessionPlan ProcessSession::plan(const RunContext& context) {
    impl_->find_orientation(context);
    return impl_->plan;
}

void ProcessSession::prepare(const RunContext& context) {
    if (impl_->options.koma) impl_->gather_all(context);
}

void ProcessSession::gather(std::size_t movie, const fs::path& folder, const RunContext& context) {
    impl_->require_movie(movie);
    impl_->gather_into(movie, folder, context);
}

void ProcessSession::take_sums(const fs::path& folder, const RunContext& context) { impl_->take_from(folder, context); }

MovieResult ProcessSession::process(std::size_t movie, const Output& output, const RunContext& context) {
    impl_->require_movie(movie);
    prepare(context);
    return in_file(impl_->plan.movies[movie].string(), [&] { return impl_->process(movie, output, context); });
}

}  // namespace mrcz
