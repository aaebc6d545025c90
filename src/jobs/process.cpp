#include "mrcz/process.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include "base/fail.hpp"
#include "base/ordered_pipeline.hpp"
#include "io/byte_sink.hpp"
#include "jobs/acquisition.hpp"
#include "jobs/corrected_file.hpp"
#include "jobs/koma_balance.hpp"
#include "jobs/open_input.hpp"
#include "jobs/process_record.hpp"
#include "jobs/references.hpp"
#include "jobs/rounded.hpp"
#include "jobs/session_files.hpp"
#include "jobs/session_order.hpp"
#include "jobs/session_shape.hpp"
#include "jobs/spool.hpp"

namespace mrcz {
namespace {

namespace fs = std::filesystem;
using jobs::References;

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
        if (!options.may_repeat && jobs::is_processed(reader))
            fail(ErrorCode::invalid_argument,
                 "is corrected already, says its record of steps (mrcz info --json); take the movie that it was made "
                 "from, or say --again");
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

double mean_of(const SumImage& sum) {
    double total = 0;
    std::visit(
        [&](const auto& values) {
            for (const auto value : values) total += static_cast<double>(value);
        },
        sum.values);
    const double pixels = static_cast<double>(sum.shape.pixels()) * static_cast<double>(sum.frames);
    return pixels > 0 ? total / pixels : 0;
}

/// What the first pass over a session leaves of a movie.
struct Gathered {
    std::exception_ptr failure;
    Outliers outliers;  ///< without their pixels, which are spooled
    jobs::Spool::Place outlier_pixels;
    jobs::SpooledSum sum;  ///< corrected by dark and gain, outliers filled
    double frame_mean = 0;
    double contrast = 0;
    std::optional<double> dose_rate;
};

}  // namespace

struct ProcessSession::Impl {
    Impl(std::vector<fs::path> paths, ProcessOptions chosen, const RunContext& context)
        : options(std::move(chosen)), files(options), in_use(options), movies(std::move(paths)) {
        in_use.add_movies(movies, options.koma.has_value(), context);
        if (options.koma && options.gain && (options.gain->gamma || options.gain->gamma_law) && context.log)
            context.log("gamma and KOMA are both asked for; the paper leaves gamma out where KOMA is on");
        if (options.koma) put_in_order(context);
        if (movies.size() > 1 && (options.koma || options.gain || !options.dark.empty() || !options.defects.empty()))
            session_shape = jobs::most_common_shape(movies, options.limits, context);
        if (options.koma && movies.size() == 1 && context.log)
            context.log("KOMA corrects a movie by others of its session; of one movie it changes nothing");
    }

    void put_in_order(const RunContext& context) {
        std::vector<jobs::TimedMovie> timed;
        for (const fs::path& path : movies) {
            check_cancelled(context);
            timed.push_back({path, {}});
            try {
                timed.back().seconds =
                    jobs::acquisition_seconds(open_reader(Input::file(path), options.limits, options.mode0, context));
            } catch (const Error& error) {
                if (error.group() == ErrorGroup::interrupted) throw;  // others are said when the movie's turn comes
            }
        }
        ordered_by_time = jobs::sort_session(timed);
        tell_mixed_times(timed, context);
        for (std::size_t i = 0; i < movies.size(); ++i) movies[i] = std::move(timed[i].path);
    }

    void tell_mixed_times(const std::vector<jobs::TimedMovie>& timed, const RunContext& context) const {
        const auto is_timed = [](const jobs::TimedMovie& movie) { return movie.seconds.has_value(); };
        const auto missing = std::ranges::find_if_not(timed, is_timed);
        const auto known = std::ranges::count_if(timed, is_timed);
        if (known == 0 || missing == timed.end() || !context.log) return;
        context.log(concat("only ", known, " of ", timed.size(), " movies say when they were taken (not ",
                           missing->path.string(), "): they are put in the order of their names"));
    }

    void require_session_shape(const Movie& movie) const {
        if (!session_shape || *session_shape == movie.shape()) return;
        fail(ErrorCode::invalid_argument, "has frames of ", movie.shape().nx, " x ", movie.shape().ny,
             " pixels, most movies of the session ", session_shape->nx, " x ", session_shape->ny,
             "; a session is of one camera in one mode");
    }

    /// The references as they lie for the first movie, and so for all.
    const References& references_for(const Movie& movie, const SumImage* raw, const RunContext& context) {
        if (!references) {
            references = files.oriented(movie.shape(), raw, context);
            files.forget_images();
            tell_orientation(context);
            if (references->defects &&
                std::ranges::count(*references->defects, 0) == std::ssize(*references->defects) && context.log)
                context.log(concat(options.defects.string(), ": names no defect"));
        }
        return *references;
    }

    void tell_orientation(const RunContext& context) const {
        constexpr double doubtful = 0.002;
        if (!references->orientation_margin || *references->orientation_margin > doubtful || !context.log) return;
        context.log(concat("gain reference: ", description_of(*references->orientation),
                           " makes the first movie flattest, but only by ",
                           jobs::rounded(100 * *references->orientation_margin),
                           " %: another orientation may be the right one; give --gain-rot and --gain-flip if you know "
                           "them"));
    }

    [[nodiscard]] bool needs_sum() const {
        return options.outliers || !options.defects.empty() || options.koma || files.needs_sum() ||
               (options.gain && options.gain->gamma_law);
    }

    /// Counts a pixel and second.
    double dose_rate_of(const Movie& movie, const SumImage& raw, const References& found) const {
        const auto seconds = options.frame_seconds ? options.frame_seconds : jobs::frame_seconds(movie.reader);
        if (!seconds)
            fail(ErrorCode::invalid_argument,
                 "nothing in it says in seconds how long a frame was exposed, which the gamma of its dose rate follows "
                 "from; give --frame-time SECONDS");
        return mean_of(found.dark ? corrected(raw, found.dark.get(), nullptr) : raw) / *seconds;
    }

    std::shared_ptr<const GainReference> raised_gain(const std::shared_ptr<const GainReference>& gain, double gamma) {
        if (!raised || raised_from != gain || raised_by != gamma) {
            raised = std::make_shared<const GainReference>(mrcz::raised(*gain, gamma));
            raised_from = gain;
            raised_by = gamma;
        }
        return raised;
    }

    /// All but the KOMA pattern. `raw` may be null where needs_sum() does not ask for it, or the first pass had it.
    ProcessPlan plan_for(const Movie& movie, const SumImage* raw, MovieResult& result, const RunContext& context) {
        const References& found = references_for(movie, raw, context);
        ProcessPlan plan{.dark = found.dark,
                         .gain = found.gain,
                         .defects = found.defects,
                         .outliers = options.outliers,
                         .fill = options.fill,
                         .koma = nullptr,
                         .koma_divides = options.koma && options.koma->is_divided,
                         .dtype = options.dtype,
                         .seed = options.seed};
        const PixelType type = movie.reader.pixel_type();
        const bool is_subtracted = options.koma && !options.koma->is_divided && !plan.dark && !plan.gain;
        if (const auto whole = jobs::subtracted_type(type, are_small); is_subtracted && !plan.dtype && whole != type)
            plan.dtype = whole;
        if (found.defects) result.defects = std::ssize(*found.defects) - std::ranges::count(*found.defects, 0);
        result.orientation = found.orientation;
        result.orientation_margin = found.orientation_margin;
        if (!options.gain) return plan;
        result.gamma = options.gain->gamma;
        if (const auto& law = options.gain->gamma_law) {
            result.frame_seconds = options.frame_seconds ? options.frame_seconds : jobs::frame_seconds(movie.reader);
            if (!result.dose_rate) result.dose_rate = dose_rate_of(movie, *raw, found);
            result.gamma = law->at(*result.dose_rate);
            if ((*result.dose_rate < law->least_rate || *result.dose_rate > law->greatest_rate) && context.log)
                context.log(concat(movie.reader.name(), ": a dose rate of ", jobs::rounded(*result.dose_rate),
                                   " counts per pixel and second is beyond the gamma law's ",
                                   jobs::rounded(law->least_rate), " to ", jobs::rounded(law->greatest_rate),
                                   "; the nearer end is taken"));
        }
        if (result.gamma) plan.gain = raised_gain(found.gain, *result.gamma);
        return plan;
    }

    // The first pass of KOMA.

    void gather(const RunContext& context) {
        if (!gathered.empty()) return;
        std::vector<Gathered> all(movies.size());
        RunContext silent = context;
        silent.progress = nullptr;
        std::uint64_t bytes_read = 0;
        for (std::size_t i = 0; i < movies.size(); ++i) {
            Waiting waiting;
            try {
                waiting = in_file(movies[i].string(), [&] { return gather_one(movies[i], all[i], silent); });
            } catch (const Error& error) {
                if (error.group() == ErrorGroup::interrupted) throw;
                all[i].failure = std::current_exception();
            }
            if (!all[i].failure) keep(waiting, all[i]);
            std::error_code ignored;
            const auto bytes = fs::file_size(movies[i], ignored);
            if (!ignored) bytes_read += bytes;
            if (context.progress)
                context.progress(
                    {static_cast<std::int64_t>(i) + 1, static_cast<std::int64_t>(movies.size()), bytes_read, 0});
        }
        exclude(all);
        gathered = std::move(all);
    }

    struct Waiting {
        SumImage sum;
        std::vector<OutlierPixel> pixels;
    };

    /// What goes wrong here is no fault of the movie, and would be in the way of all others, too.
    void keep(const Waiting& waiting, Gathered& movie) {
        movie.sum = jobs::put(spool, waiting.sum);
        movie.outlier_pixels = jobs::put(spool, waiting.pixels);
    }

    Waiting gather_one(const fs::path& path, Gathered& movie, const RunContext& context) {
        const Movie opened(path, options, context);
        require_session_shape(opened);
        const SumImage raw = sum_frames(opened.reader, context);
        MovieResult result;
        const ProcessPlan plan = plan_for(opened, &raw, result, context);
        jobs::FrameCorrector checked(opened.reader.frame_format(), plan);
        Outliers outliers = jobs::find_plan_outliers(opened.reader, plan, raw, context);
        SumImage sum = corrected(raw, plan.dark.get(), plan.gain.get());
        if (!outliers.pixels.empty()) sum = filled(sum, outliers);
        movie.dose_rate = result.dose_rate;
        movie.frame_mean = mean_of(sum);
        movie.contrast = block_contrast(sum);
        if (opened.reader.pixel_type() == PixelType::uint16)
            are_small = are_small && jobs::fits_int16(opened.reader, raw);
        Waiting waiting{std::move(sum), std::move(outliers.pixels)};
        outliers.pixels = {};
        movie.outliers = std::move(outliers);
        return waiting;
    }

    /// Movies that failed are not there, and must not shift the median either.
    void exclude(const std::vector<Gathered>& all) {
        std::vector<double> contrasts;
        for (const Gathered& movie : all)
            if (!movie.failure) contrasts.push_back(movie.contrast);
        const auto high = high_contrast(contrasts);
        excluded.clear();
        std::size_t next = 0;
        for (const Gathered& movie : all) excluded.push_back(movie.failure ? 1 : high[next++]);
    }

    /// A pattern of fewer movies is mostly noise.
    [[nodiscard]] std::int64_t least_trailing() const { return std::min<std::int64_t>(3, 2 * options.koma->radius); }

    void tell_balance(std::size_t index, std::size_t count, const SumImage& others, const RunContext& context) {
        const auto [added, removed] = jobs::koma_balance(jobs::get(spool, gathered[index].sum), others);
        if (!(added > removed)) return;
        has_told_balance = true;
        context.log(concat(movies[index].string(), ": KOMA of ", count, count == 1 ? " movie" : " movies", " (",
                           others.frames, others.frames == 1 ? " frame" : " frames", ") adds noise of ",
                           jobs::rounded(std::sqrt(added)), " to each pixel and takes out a pattern of ",
                           jobs::rounded(std::sqrt(removed)),
                           " (standard deviations): take a larger radius, or no KOMA"));
    }

    void add_koma(std::size_t index, ProcessPlan& plan, MovieResult& result, const RunContext& context) {
        const Gathered& own = gathered[index];
        result.block_contrast = own.contrast;
        result.is_excluded = excluded[index] != 0;
        auto members = koma_window(static_cast<std::int64_t>(index), static_cast<std::int64_t>(movies.size()),
                                   *options.koma, excluded);
        if (options.koma->is_trailing && std::ssize(members) < least_trailing()) {
            if (context.log)
                context.log(concat(movies[index].string(), ": KOMA leaves it as it is: --trailing has ", members.size(),
                                   " of the ", least_trailing(), " movies before it that it takes at least"));
            return;
        }
        for (const std::int64_t member : members)
            result.koma_movies.push_back(movies[static_cast<std::size_t>(member)].filename().string());
        if (members.empty()) return;
        if (!window) window.emplace(own.sum.shape);
        SumImage loaded;
        const auto sum_of = [&](std::int64_t movie) -> const SumImage& {
            loaded = jobs::get(spool, gathered[static_cast<std::size_t>(movie)].sum);
            return loaded;
        };
        const auto others_count = members.size();
        const SumImage& others = window->move_to(std::move(members), sum_of, context);
        result.koma_scale = koma_scale(others, own.frame_mean, *options.koma);
        if (context.log && !has_told_balance) tell_balance(index, others_count, others, context);
        plan.koma = std::make_shared<const FloatImage>(koma_pattern(others, own.frame_mean, *options.koma));
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
        if (options.koma && gathered[index].failure) std::rethrow_exception(gathered[index].failure);
        if (!output.descriptor) in_use.refuse_as_output(output.path);
        const Movie movie(movies[index], options, context);
        require_session_shape(movie);
        MovieResult result;
        std::optional<SumImage> raw;
        bool is_read_twice = false;
        if (options.koma) {
            result.dose_rate = gathered[index].dose_rate;
        } else if (needs_sum()) {
            raw = sum_frames(movie.reader, pass_of(context, 0, &is_read_twice));
        }
        ProcessPlan plan = plan_for(movie, raw ? &*raw : nullptr, result, context);
        Outliers outliers;
        if (options.koma) {
            outliers = gathered[index].outliers;
            outliers.pixels = jobs::get(spool, gathered[index].outlier_pixels);
            add_koma(index, plan, result, context);
        } else if (jobs::fills_pixels(plan)) {
            if (!raw) raw = sum_frames(movie.reader, context);
            outliers = jobs::find_plan_outliers(movie.reader, plan, *raw, context);
        }
        raw.reset();
        const bool fills = jobs::fills_pixels(plan);
        jobs::FrameCorrector corrector(movie.reader.frame_format(), std::move(plan));
        corrector.set_outliers(std::move(outliers));
        result.dtype = corrector.to().type;
        if (fills) {
            result.outliers = corrector.outliers();
            result.outliers->pixels = {};
            result.fill = corrector.fill();
        }
        const auto sink = jobs::open_sink(output, Input::file(movies[index]), true);
        const auto step = [&]() -> const std::string& {
            result.clipped = corrector.clipped();
            return result.step = jobs::process_step(options, files, *references, result);
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
        tell_worse(result, movies[index], context);
        if (result.clipped > 0 && context.log)
            context.log(concat(movies[index].string(), ": ", result.clipped,
                               result.clipped == 1 ? " pixel is" : " pixels are", " beyond the range of ",
                               info_of(result.dtype).name,
                               result.clipped == 1 ? " and became its end" : " and became its ends"));
        if (options.measures_correlation && options.correlation_lag >= movie.reader.frames() && context.log)
            context.log(concat(movies[index].string(), ": has ", movie.reader.frames(),
                               movie.reader.frames() == 1 ? " frame" : " frames", ", none of them ",
                               options.correlation_lag, " apart"));
        return result;
    }

    ProcessOptions options;
    jobs::ReferenceFiles files;
    jobs::SessionFiles in_use;
    std::vector<fs::path> movies;
    bool ordered_by_time = false;
    std::optional<References> references;
    std::shared_ptr<const GainReference> raised, raised_from;
    double raised_by = 1;
    std::vector<Gathered> gathered;
    bool are_small = true;  ///< no 16-bit pixel of the session is beyond 32767
    std::vector<std::uint8_t> excluded;
    std::optional<ImageShape> session_shape;
    std::optional<WindowSum> window;
    bool has_told_balance = false;
    jobs::Spool spool;
};

ProcessSession::ProcessSession(std::vector<fs::path> movies, ProcessOptions options, const RunContext& context)
    : impl_(std::make_unique<Impl>(std::move(movies), std::move(options), context)) {}

ProcessSession::~ProcessSession() = default;
ProcessSession::ProcessSession(ProcessSession&&) noexcept = default;
ProcessSession& ProcessSession::operator=(ProcessSession&&) noexcept = default;

const std::vector<fs::path>& ProcessSession::movies() const noexcept { return impl_->movies; }
bool ProcessSession::is_ordered_by_time() const noexcept { return impl_->ordered_by_time; }

void ProcessSession::prepare(const RunContext& context) {
    if (impl_->options.koma) impl_->gather(context);
}

MovieResult ProcessSession::process(std::size_t movie, const Output& output, const RunContext& context) {
    if (movie >= impl_->movies.size())
        fail(ErrorCode::invalid_argument, "movie ", movie, ": the session has ", impl_->movies.size());
    prepare(context);
    return in_file(impl_->movies[movie].string(), [&] { return impl_->process(movie, output, context); });
}

}  // namespace mrcz
