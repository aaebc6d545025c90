#include "jobs/gathered_movie.hpp"
#include "jobs/spool.hpp"

namespace mrcz::jobs {

struct SpooledImages::Impl {
    struct Places {
        SpooledSum sum;
        Spool::Place pixels;
    };

    Spool spool;
    std::vector<Places> places;
};

SpooledImages::SpooledImages(std::size_t movies) : impl_(std::make_unique<Impl>()) { impl_->places.resize(movies); }

SpooledImages::~SpooledImages() = default;

void SpooledImages::put(std::size_t movie, const GatheredImages& images) {
    impl_->places[movie] = {jobs::put(impl_->spool, images.sum), jobs::put(impl_->spool, images.pixels)};
}

SumImage SpooledImages::sum(std::size_t movie) const { return get(impl_->spool, impl_->places[movie].sum); }

std::vector<OutlierPixel> SpooledImages::pixels(std::size_t movie) const {
    return get(impl_->spool, impl_->places[movie].pixels);
}

}  // namespace mrcz::jobs
