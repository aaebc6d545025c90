// Small sessions of movies, written into a test's folder.
#pragma once

#include "kit/counts.hpp"
#include "mrcz/process.hpp"
#include "mrcz/writer.hpp"
#include "unit/jobs/workplace.hpp"

namespace mrcz::jobs_test {

template <class Value>
using Movie = std::vector<std::vector<Value>>;  ///< [frame][pixel]

template <class Value>
constexpr PixelType type_of() {
    if constexpr (std::is_same_v<Value, std::int8_t>) return PixelType::int8;
    if constexpr (std::is_same_v<Value, std::int16_t>) return PixelType::int16;
    if constexpr (std::is_same_v<Value, std::uint16_t>) return PixelType::uint16;
    if constexpr (std::is_same_v<Value, float>) return PixelType::float32;
}

class Sessions : public Workplace {
  public:
    template <class Value>
    std::filesystem::path write(const std::string& name, const ImageShape& shape, const Movie<Value>& frames,
                                std::optional<Metadata> metadata = {}, const std::string& codec = "zstd") const {
        WriterOptions options;
        options.nx = shape.nx;
        options.ny = shape.ny;
        options.type = type_of<Value>();
        options.codec = codec;
        options.metadata = std::move(metadata);
        options.overwrite = true;
        Writer writer(path(name), options);
        for (const auto& frame : frames) writer.append(std::as_bytes(std::span(frame)));
        writer.finish();
        return path(name);
    }

    /// Poisson counts about one mean, hot pixels with `excess` more.
    static Movie<std::int16_t> counted(const ImageShape& shape, std::int64_t frames, std::span<const double> means,
                                       std::uint64_t seed) {
        kit::Counts counts(seed);
        Movie<std::int16_t> movie;
        for (std::int64_t frame = 0; frame < frames; ++frame) movie.push_back(counts.frame<std::int16_t>(means));
        (void)shape;
        return movie;
    }

    template <class Value>
    static std::vector<Value> values_of(const std::filesystem::path& file) {
        const Reader reader(file);
        std::vector<Value> values(static_cast<std::size_t>(reader.columns() * reader.rows() * reader.frames()));
        reader.read_frames(0, reader.frames(), std::as_writable_bytes(std::span(values)));
        return values;
    }

    MovieResult processed(const std::filesystem::path& movie, const std::string& output, const ProcessOptions& options,
                          const RunContext& context = {}) const {
        ProcessSession session({movie}, options, context);
        return session.process(0, Output::file(path(output), true), context);
    }
};

}  // namespace mrcz::jobs_test
