// In place of the other files of HDF5 where a build is made without its library.
#include "base/fail.hpp"
#include "foreign/frame_array.hpp"
#include "foreign/hdf5_writer.hpp"

namespace mrcz::foreign {

std::string_view hdf5_is_missing() noexcept {
    return "built without HDF5; install libhdf5-dev and build again (CMake option MRCZ_WITH_HDF5)";
}

std::unique_ptr<FrameArray> open_hdf5(const std::filesystem::path&, const std::string&, const Limits&) {
    fail(ErrorCode::unsupported, "cannot read HDF5: this mrcz is ", hdf5_is_missing());
}

std::unique_ptr<Hdf5Writer> make_hdf5_writer(const std::filesystem::path&, const Hdf5Plan&) {
    fail(ErrorCode::unsupported, "cannot write HDF5: this mrcz is ", hdf5_is_missing());
}

}  // namespace mrcz::foreign
