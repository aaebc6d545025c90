// Sessions of movies, and gamma laws.
#include "mrcz/process.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

#include "capi/arguments.hpp"
#include "capi/context.hpp"
#include "capi/corrections.hpp"
#include "mrcz/reports.hpp"

namespace mrcz::capi {
namespace {

void require_seconds(double seconds) {
    if (!(seconds >= 0 && seconds < 1e9))
        fail(ErrorCode::invalid_argument, "options.frame_seconds is ", seconds, "; it is 0 or a time in seconds");
}

ProcessOptions process_options_of(const mrcz_corrections* corrections, const mrcz_read_options* reading,
                                  double frame_seconds) {
    const auto reads = taken(reading, "options.reading");
    const auto asked = taken(corrections, "options.corrections");
    require_seconds(frame_seconds);
    if (asked.koma != nullptr || asked.koma_pixels != 0)
        fail(ErrorCode::invalid_argument,
             "options.corrections.koma is given, but patterns are made of the session's movies: koma_radius asks for "
             "it");
    ProcessOptions options = capi::process_options_of(asked);
    options.limits = limits_of(reads);
    options.mode0 = mode0_of(reads);
    if (frame_seconds != 0) options.frame_seconds = frame_seconds;
    return options;
}

GammaLaw law_of(const mrcz_gamma_law& asked) {
    return {asked.a1, asked.b1, asked.a2, asked.a3, asked.least_rate, asked.greatest_rate};
}

mrcz_gamma_law in_c(const GammaLaw& law) {
    mrcz_gamma_law row{};
    row.a1 = law.a1;
    row.b1 = law.b1;
    row.a2 = law.a2;
    row.a3 = law.a3;
    row.least_rate = law.least_rate;
    row.greatest_rate = law.greatest_rate;
    return row;
}

/// Held to what the law in a file has to be.
GammaLaw checked_law(const mrcz_gamma_law& asked) {
    GammaCalibration calibration;
    calibration.law = law_of(asked);
    try {
        return parse_gamma_law(json_of(calibration), "options.gamma_law");
    } catch (const Error& error) {
        fail(ErrorCode::invalid_argument, error.what());
    }
}

ProcessOptions options_of(const mrcz_process_options& asked) {
    ProcessOptions options = process_options_of(asked.corrections, asked.reading, asked.frame_seconds);
    if (asked.gamma_law != nullptr) {
        if (!options.gain) fail(ErrorCode::invalid_argument, "options.gamma_law needs a gain reference");
        options.gain->gamma_law = checked_law(taken(asked.gamma_law, "options.gamma_law"));
    }
    if (asked.koma_radius < 0)
        fail(ErrorCode::invalid_argument, "options.koma_radius is ", asked.koma_radius, "; it is 0 (no KOMA) or more");
    if (asked.koma_radius > 0) {
        options.koma.emplace();
        options.koma->radius = asked.koma_radius;
        options.koma->is_trailing = asked.koma_is_trailing != 0;
        if (asked.corrections != nullptr)
            options.koma->is_divided = taken(asked.corrections, "options.corrections").koma_divides != 0;
    }
    options.coding = coding_of(asked.level, asked.block_bytes, asked.filter);
    options.is_plain = asked.is_plain != 0;
    options.may_repeat = asked.may_repeat != 0;
    return options;
}

/// What the caller's movies and outputs are called, and what became of them.
class Session {
  public:
    Session(std::span<const char* const> movies, std::span<const char* const> outputs,
            const mrcz_process_options& options)
        : movies_(movies), outputs_(outputs), options_(options), is_taken_(movies.size()) {}

    /// Throws the first error once all movies had their turn.
    mrcz_process_result run(const RunContext& context) {
        ProcessSession session({movies_.begin(), movies_.end()}, options_of(options_), context);
        std::vector<std::size_t> numbers;
        for (const auto& movie : session.movies()) numbers.push_back(number_of(movie));
        require_an_output_each(numbers);
        session.prepare(context);
        mrcz_process_result sum{};
        sum.left_out = static_cast<std::int64_t>(movies_.size() - session.movies().size());
        for (std::size_t turn = 0; turn < session.movies().size(); ++turn) {
            const std::size_t movie = numbers[turn];
            try {
                const MovieResult result =
                    session.process(turn, Output::file(outputs_[movie], options_.overwrite != 0), context);
                add(result, sum);
                tell(movie, MRCZ_OK, json_report(movies_[movie], outputs_[movie], result, 0));
            } catch (const Error& error) {
                tell(movie, status_of(error.code()), error.what());
                if (error.code() == ErrorCode::cancelled) throw;
                if (!failure_) failure_ = std::current_exception();
            }
        }
        if (failure_) std::rethrow_exception(failure_);
        return sum;
    }

  private:
    /// Of a movie in the session's order; each number once.
    std::size_t number_of(const std::filesystem::path& path) {
        for (std::size_t movie = 0; movie < movies_.size(); ++movie)
            if (is_taken_[movie] == 0 && path == movies_[movie]) {
                is_taken_[movie] = 1;
                return movie;
            }
        fail(ErrorCode::internal, path.string(), " is in the session, but was not given");
    }

    /// One that came later would replace the other's pixels.
    void require_an_output_each(std::span<const std::size_t> numbers) const {
        std::map<std::filesystem::path, std::size_t> taken;
        for (const std::size_t movie : numbers) {
            std::error_code unknown;  // what cannot be looked up is told of when it is written
            const auto file = std::filesystem::weakly_canonical(outputs_[movie], unknown);
            const auto [at, is_new] = taken.emplace(unknown ? outputs_[movie] : file, movie);
            if (!is_new)
                fail(ErrorCode::invalid_argument, "outputs[", at->second, "] and outputs[", movie, "] are both ",
                     outputs_[movie], "; give each movie an output of its own");
        }
    }

    static void add(const MovieResult& result, mrcz_process_result& sum) {
        ++sum.movies;
        sum.frames += result.files.frames;
        sum.bytes_in += result.files.bytes_in;
        sum.bytes_out += result.files.bytes_out;
        sum.clipped += result.clipped;
    }

    void tell(std::size_t movie, std::int32_t status, const std::string& report) const {
        if (options_.told != nullptr)
            options_.told(options_.user, static_cast<std::int32_t>(movie), status, report.c_str());
    }

    std::span<const char*const> movies_, outputs_;
    const mrcz_process_options& options_;
    std::vector<char> is_taken_;
    std::exception_ptr failure_;
};

}  // namespace
}  // namespace mrcz::capi

using namespace mrcz::capi;

std::int32_t mrcz_calibrate_gamma(const char* const* flats, std::int32_t count, const mrcz_gamma_options* options,
                                  mrcz_context* context, mrcz_gamma_law* law, char** json) {
    return guarded(__func__, [&] {
        if (json != nullptr) *json = nullptr;
        const auto files = texts_at(flats, count, "flats");
        const auto asked = taken(options, "options");
        require_result(law, "law");
        const std::vector<std::filesystem::path> paths(files.begin(), files.end());
        const ContextUse use(context);
        const auto calibration = mrcz::calibrate_gamma(
            paths, process_options_of(asked.corrections, asked.reading, asked.frame_seconds), use.get());
        if (json != nullptr) *json = copied(mrcz::json_of(calibration));
        give(in_c(calibration.law), law, "law");
    });
}

std::int32_t mrcz_parse_gamma_law(const char* json, mrcz_gamma_law* law) {
    return guarded(__func__, [&] {
        require(json, "json");
        require_result(law, "law");
        give(in_c(mrcz::parse_gamma_law(json, "json")), law, "law");
    });
}

std::int32_t mrcz_process(const char* const* movies, const char* const* outputs, std::int32_t count,
                          const mrcz_process_options* options, mrcz_context* context, mrcz_process_result* result) {
    return guarded(__func__, [&] {
        const auto inputs = texts_at(movies, count, "movies");
        const auto targets = texts_at(outputs, count, "outputs");
        const auto asked = taken(options, "options");
        require_room(result);
        const ContextUse use(context);
        const mrcz_process_result done = Session(inputs, targets, asked).run(use.get());
        if (result != nullptr) give(done, result, "result");
    });
}
