// What the first pass over a session leaves of each movie, and where it waits for the second.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "mrcz/error.hpp"
#include "mrcz/outliers.hpp"
#include "mrcz/stack_sum.hpp"

namespace mrcz::jobs {

/// What the whole session needs to know of a movie.
struct GatheredMovie {
    std::optional<Error> failure;  ///< thrown when the movie's own turn comes; then all else is empty
    Outliers outliers;             ///< without their pixels
    ImageShape shape;
    bool has_fractions = false;  ///< its sum is of doubles
    bool is_small = true;        ///< no 16-bit pixel is beyond 32767
    double frame_mean = 0;
    double contrast = 0;
    std::optional<double> dose_rate;
};

/// What takes room, and is needed of the movies of one window only.
struct GatheredImages {
    SumImage sum;  ///< corrected by dark and gain, outliers filled
    std::vector<OutlierPixel> pixels;
};

/// Keeps the images of the movies of a session.
class GatheredStore {
  public:
    virtual ~GatheredStore() = default;
    [[nodiscard]] virtual SumImage sum(std::size_t movie) const = 0;
    [[nodiscard]] virtual std::vector<OutlierPixel> pixels(std::size_t movie) const = 0;
};

/// In an unlinked temporary file.
class SpooledImages final : public GatheredStore {
  public:
    explicit SpooledImages(std::size_t movies);
    ~SpooledImages() override;
    void put(std::size_t movie, const GatheredImages& images);
    [[nodiscard]] SumImage sum(std::size_t movie) const override;
    [[nodiscard]] std::vector<OutlierPixel> pixels(std::size_t movie) const override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// In files of a folder, one a movie, for other processes and machines. They are of the same version of mrcz.
class ImagesInFolder final : public GatheredStore {
  public:
    /// `names` are those of the movies, to know them by.
    ImagesInFolder(std::filesystem::path folder, std::vector<std::string> names);

    [[nodiscard]] bool has(std::size_t movie) const;
    /// The file appears whole or not at all. One that is there already is replaced by its like.
    void put(std::size_t movie, const GatheredMovie& gathered, const GatheredImages& images) const;
    /// Throws Error naming the file: not_found, truncated, corrupt.
    [[nodiscard]] GatheredMovie head(std::size_t movie) const;
    [[nodiscard]] SumImage sum(std::size_t movie) const override;
    [[nodiscard]] std::vector<OutlierPixel> pixels(std::size_t movie) const override;

  private:
    [[nodiscard]] std::filesystem::path path(std::size_t movie) const;

    std::filesystem::path folder_;
    std::vector<std::string> names_;
};

}  // namespace mrcz::jobs
