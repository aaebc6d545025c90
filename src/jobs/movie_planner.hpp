// What is done to each movie of a session, but for KOMA.
#pragma once

#include <memory>
#include <optional>

#include "jobs/references.hpp"
#include "mrcz/process.hpp"

namespace mrcz::jobs {

/// References are read once. They lie for all movies as they do for the first.
class MoviePlanner {
  public:
    explicit MoviePlanner(const ProcessOptions& options, const ReferencesAtHand& at_hand = {})
        : options_(options), files_(options, at_hand) {}

    /// The gain reference lies as it was found to lie before, so that no sum is needed to find out.
    void know_orientation(const GainOrientation& orientation, std::optional<double> margin);

    /// Whether plan() needs the sum of a movie's frames.
    [[nodiscard]] bool plans_by_sum() const;
    /// Whether it does, or what is filled is to be found in the sum.
    [[nodiscard]] bool needs_sum() const;

    /// `raw` may be null where plans_by_sum() does not ask for it, and where orientation and dose rate are known.
    /// `are_small`: no 16-bit pixel of the session is beyond 32767. Of `result` fills in what it finds; a dose rate
    /// that is there already is taken.
    [[nodiscard]] ProcessPlan plan(const Reader& movie, const SumImage* raw, bool are_small, MovieResult& result,
                                   const RunContext& context);

    /// As they lie for a movie of `shape`, and so for all; `raw` as in plan().
    const References& references_for(const ImageShape& shape, const SumImage* raw, const RunContext& context);
    [[nodiscard]] bool has_references() const noexcept { return references_.has_value(); }
    /// Of those already asked for.
    [[nodiscard]] const References& references() const { return *references_; }
    [[nodiscard]] const ReferenceFiles& files() const noexcept { return files_; }

  private:
    void tell_references(const RunContext& context) const;
    void add_gamma(const Reader& movie, const SumImage* raw, ProcessPlan& plan, MovieResult& result,
                   const RunContext& context);
    [[nodiscard]] double dose_rate_of(const Reader& movie, const SumImage* raw,
                                      const std::optional<double>& frame_seconds) const;
    std::shared_ptr<const GainReference> raised_gain(const std::shared_ptr<const GainReference>& gain, double gamma);

    ProcessOptions options_;
    ReferenceFiles files_;
    struct Found {
        GainOrientation orientation;
        std::optional<double> margin;
    };
    std::optional<Found> found_before_;
    std::optional<References> references_;
    std::shared_ptr<const GainReference> raised_, raised_from_;
    double raised_by_ = 1;
};

/// Of a frame.
[[nodiscard]] double mean_of(const SumImage& sum);

}  // namespace mrcz::jobs
