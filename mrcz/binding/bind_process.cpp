#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>

#include "mrcz/convert.hpp"
#include "mrcz/correlation.hpp"
#include "mrcz/error.hpp"
#include "mrcz/reports.hpp"
#include "process_values.hpp"

namespace mrcz::python {
namespace {

namespace fs = std::filesystem;
using FrameNumbers = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

/// Frames as Python sees them: pixels of 4 bits one a byte.
class CorrectedFrames {
  public:
    CorrectedFrames(CorrectedMovie movie) : movie_(std::move(movie)) {
        shown_ = movie_.reader.frame_format();
        if (shown_.type == PixelType::uint4) shown_.type = PixelType::uint8;
    }

    [[nodiscard]] const CorrectedReader& reader() const noexcept { return movie_.reader; }
    [[nodiscard]] const MovieResult& result() const noexcept { return movie_.result; }
    [[nodiscard]] PixelType pixel_type() const noexcept { return reader().frame_format().type; }

    void read(std::span<const std::int64_t> frames, std::span<std::byte> out, const RunContext& context) const {
        const auto size = static_cast<std::size_t>(bytes_of(shown_));
        if (out.size() != frames.size() * size)
            throw Error(ErrorCode::invalid_argument, "room for " + std::to_string(out.size()) + " bytes, " +
                                                         std::to_string(frames.size()) + " corrected frames have " +
                                                         std::to_string(frames.size() * size));
        if (shown_.type == pixel_type()) return reader().read_frames(frames, out, context);
        std::vector<std::byte> packed(static_cast<std::size_t>(reader().frame_bytes()));
        for (std::size_t i = 0; i < frames.size(); ++i) {
            reader().read_frame(frames[i], packed);
            convert(packed, reader().frame_format(), out.subspan(i * size, size), shown_);
            if (context.progress)
                context.progress({static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(frames.size()), 0, 0});
        }
    }

  private:
    CorrectedMovie movie_;
    FrameFormat shown_;
};

std::shared_ptr<const FloatImage> shared_image(const std::optional<FloatArray>& array) {
    return array ? std::make_shared<const FloatImage>(image_of(*array)) : nullptr;
}

ReferencesAtHand references_at_hand(const nb::dict& given) {
    const auto image = [&](const char* name) {
        return shared_image(nb::cast<std::optional<FloatArray>>(nb::object(given[name])));
    };
    ReferencesAtHand at_hand;
    at_hand.gain = image("gain");
    at_hand.dark = image("dark");
    at_hand.koma = image("koma");
    at_hand.koma_divides = nb::cast<bool>(nb::object(given["koma_divides"]));
    if (const auto mask = nb::cast<std::optional<MaskArray>>(nb::object(given["defects"])))
        at_hand.defects = std::make_shared<const std::vector<std::uint8_t>>(mask->data(), mask->data() + mask->size());
    if (const nb::object packed = given["outliers"]; !packed.is_none()) {
        const auto bytes = nb::cast<nb::bytes>(packed);
        const std::span view(static_cast<const std::byte*>(bytes.data()), bytes.size());
        const nb::gil_scoped_release unlocked;
        at_hand.outliers = unpack_outliers(view);
    }
    return at_hand;
}

std::unique_ptr<CorrectedFrames> open(Reader& reader, const nb::dict& options, const nb::dict& at_hand,
                                      unsigned threads, const nb::object& tell) {
    const ProcessOptions chosen = process_options(options);
    const ReferencesAtHand references = references_at_hand(at_hand);
    std::unique_ptr<CorrectedFrames> opened;
    run_telling(threads, tell, [&](const RunContext& context) {
        opened = std::make_unique<CorrectedFrames>(open_corrected(std::move(reader), chosen, references, context));
    });
    return opened;
}

/// Without reading references or frames.
std::string_view type_of_corrected(std::string_view type, const nb::dict& options, const nb::dict& at_hand) {
    const ProcessOptions chosen = process_options(options);
    const auto is_there = [&](const char* name) { return !nb::object(at_hand[name]).is_none(); };
    ProcessPlan plan;
    plan.dtype = chosen.dtype;
    if (chosen.gain) plan.gain = std::make_shared<const GainReference>();
    if (!chosen.dark.empty() || is_there("dark")) plan.dark = std::make_shared<const FloatImage>();
    if (is_there("koma")) plan.koma = std::make_shared<const FloatImage>();
    plan.koma_divides = nb::cast<bool>(nb::object(at_hand["koma_divides"]));
    return info_of(corrected_type(pixel_type_named(type), plan)).name;
}

void read_frames(const CorrectedFrames& frames, const FrameNumbers& numbers, const Buffer& out, unsigned threads,
                 const nb::object& progress) {
    const std::span<const std::int64_t> wanted(numbers.data(), numbers.size());
    const std::span<std::byte> bytes = writable_bytes(out);
    run_unlocked(
        threads, [&](const RunContext& context) { frames.read(wanted, bytes, context); }, progress);
}

SumImage sum_of_all(const CorrectedReader& reader, const RunContext& context) {
    const std::int64_t count = reader.reader().frames();
    FrameSummer summer(reader.frame_format());
    std::vector<std::byte> frame(static_cast<std::size_t>(reader.frame_bytes()));
    for (std::int64_t i = 0; i < count; ++i) {
        reader.read_frame(i, frame);
        summer.add(frame, context);
        if (context.progress) context.progress({i + 1, count, 0, 0});
    }
    return summer.take();
}

nb::object sum_of_corrected(const CorrectedFrames& frames, unsigned threads, const nb::object& progress) {
    SumImage sum;
    run_unlocked(
        threads, [&](const RunContext& context) { sum = sum_of_all(frames.reader(), context); }, progress);
    return array_of(std::move(sum));
}

nb::object orientation_found(const MovieResult& result) {
    return result.orientation ? nb::object(tuple_of(*result.orientation)) : nb::none();
}

void bind_corrected(nb::module_& module) {
    nb::class_<CorrectedFrames>(module, "CorrectedFrames")
        .def_prop_ro(
            "reader", [](const CorrectedFrames& frames) -> const Reader& { return frames.reader().reader(); },
            nb::rv_policy::reference_internal)
        .def_prop_ro("pixel_type", [](const CorrectedFrames& frames) { return info_of(frames.pixel_type()).name; })
        .def_prop_ro("step", [](const CorrectedFrames& frames) { return text_of(frames.result().step); })
        .def_prop_ro("orientation", [](const CorrectedFrames& frames) { return orientation_found(frames.result()); })
        .def_prop_ro("gamma", [](const CorrectedFrames& frames) { return frames.result().gamma; })
        .def_prop_ro("fills", [](const CorrectedFrames& frames) { return frames.result().outliers.has_value(); })
        .def("outliers", [](const CorrectedFrames& frames) { return frames.reader().outliers(); })
        .def("read_frames", &read_frames, nb::arg("frames"), nb::arg("out"), nb::arg("threads"),
             nb::arg("progress") = nb::none())
        .def("sum_of_frames", &sum_of_corrected, nb::arg("threads"), nb::arg("progress") = nb::none());
    module.def("corrected_type", &type_of_corrected, nb::arg("pixel_type"), nb::arg("options"), nb::arg("at_hand"));
    // The reader is the result's from here on, and empty.
    module.def("open_corrected", &open, nb::arg("reader"), nb::arg("options"), nb::arg("at_hand"), nb::arg("threads"),
               nb::arg("tell"));
}

// Sessions.

nb::dict dict_of(const SessionPlan& plan) {
    nb::dict made;
    nb::list movies;
    for (const fs::path& movie : plan.movies) movies.append(text_of(movie.native()));
    made["movies"] = movies;
    made["is_ordered_by_time"] = plan.is_ordered_by_time;
    made["shape"] = plan.shape ? nb::object(nb::make_tuple(plan.shape->ny, plan.shape->nx)) : nb::none();
    made["orientation"] = plan.orientation ? nb::object(tuple_of(*plan.orientation)) : nb::none();
    made["orientation_margin"] =
        plan.orientation_margin ? nb::object(nb::float_(*plan.orientation_margin)) : nb::none();
    return made;
}

SessionPlan plan_of(const nb::dict& made) {
    SessionPlan plan;
    plan.movies = nb::cast<std::vector<fs::path>>(nb::object(made["movies"]));
    plan.is_ordered_by_time = nb::cast<bool>(nb::object(made["is_ordered_by_time"]));
    if (const nb::object shape = made["shape"]; !shape.is_none()) {
        const auto sides = nb::cast<std::vector<std::int64_t>>(shape);
        plan.shape = ImageShape{sides.at(1), sides.at(0)};
    }
    if (const nb::object orientation = made["orientation"]; !orientation.is_none())
        plan.orientation = orientation_of(orientation);
    plan.orientation_margin = nb::cast<std::optional<double>>(nb::object(made["orientation_margin"]));
    return plan;
}

class Session {
  public:
    Session(const std::vector<fs::path>& movies, const nb::dict& options, const nb::object& tell) {
        const ProcessOptions chosen = process_options(options);
        run_telling(1, tell, [&](const RunContext& context) { session_.emplace(movies, chosen, context); });
    }
    Session(const nb::dict& plan, const nb::dict& options) {
        const ProcessOptions chosen = process_options(options);
        const SessionPlan made = plan_of(plan);
        run_unlocked(1, [&](const RunContext& context) { session_.emplace(made, chosen, context); });
    }

    [[nodiscard]] nb::list movies() const {
        nb::list names;
        for (const fs::path& movie : session_->movies()) names.append(text_of(movie.native()));
        return names;
    }

    nb::dict plan(unsigned threads, const nb::object& tell) {
        SessionPlan made;
        run_telling(threads, tell, [&](const RunContext& context) { made = session_->plan(context); });
        return dict_of(made);
    }
    void prepare(unsigned threads, const nb::object& tell, const nb::object& progress) {
        run_telling(
            threads, tell, [&](const RunContext& context) { session_->prepare(context); }, progress);
    }
    void gather(std::size_t movie, const fs::path& folder, unsigned threads, const nb::object& tell) {
        run_telling(threads, tell, [&](const RunContext& context) { session_->gather(movie, folder, context); });
    }
    void take_sums(const fs::path& folder) {
        run_unlocked(1, [&](const RunContext& context) { session_->take_sums(folder, context); });
    }
    /// A report, as the command's --report json gives it.
    nb::object process(std::size_t movie, const fs::path& output, bool overwrite, unsigned threads,
                       const nb::object& tell, const nb::object& progress) {
        const auto started = std::chrono::steady_clock::now();
        MovieResult result;
        run_telling(
            threads, tell,
            [&](const RunContext& context) {
                result = session_->process(movie, Output::file(output, overwrite), context);
            },
            progress);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
        return text_of(json_report(session_->movies()[movie].string(), output.string(), result, taken.count()));
    }

  private:
    std::optional<ProcessSession> session_;
};

void bind_session(nb::module_& module) {
    nb::class_<Session>(module, "Session")
        .def(nb::init<const std::vector<fs::path>&, const nb::dict&, const nb::object&>(), nb::arg("movies"),
             nb::arg("options"), nb::arg("tell"))
        .def(nb::init<const nb::dict&, const nb::dict&>(), nb::arg("plan"), nb::arg("options"))
        .def_prop_ro("movies", &Session::movies)
        .def("plan", &Session::plan, nb::arg("threads"), nb::arg("tell"))
        .def("prepare", &Session::prepare, nb::arg("threads"), nb::arg("tell"), nb::arg("progress") = nb::none())
        .def("gather", &Session::gather, nb::arg("movie"), nb::arg("folder"), nb::arg("threads"), nb::arg("tell"))
        .def("take_sums", &Session::take_sums, nb::arg("folder"))
        .def("process", &Session::process, nb::arg("movie"), nb::arg("output"), nb::arg("overwrite"),
             nb::arg("threads"), nb::arg("tell"), nb::arg("progress") = nb::none());
}

}  // namespace

void bind_process(nb::module_& module) {
    bind_corrected(module);
    bind_session(module);
}

}  // namespace mrcz::python
