# Third-party libraries, all from the distribution. Each is visible to one folder only: see CONTRIBUTING.md.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET "libzstd>=1.5.4")
pkg_check_modules(lz4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(snappy REQUIRED IMPORTED_TARGET snappy)
# 4.5 brought error handlers and a memory limit of a single file instead of the whole program.
pkg_check_modules(tiff REQUIRED IMPORTED_TARGET "libtiff-4>=4.5")
# 1.10.3 brought chunks written and read as they are, 1.10.5 word of those that were never written.
set(MRCZ_WITH_HDF5 AUTO CACHE STRING "Read and write HDF5 files: ON, OFF, or AUTO where the library is there")
if(NOT MRCZ_WITH_HDF5 STREQUAL "OFF")
  pkg_search_module(hdf5 IMPORTED_TARGET "hdf5-serial>=1.10.5" "hdf5>=1.10.5")
endif()
if(MRCZ_WITH_HDF5 STREQUAL "ON" AND NOT hdf5_FOUND)
  message(FATAL_ERROR "MRCZ_WITH_HDF5 is ON, but pkg-config finds no hdf5 1.10.5 or later; install libhdf5-dev")
endif()
find_package(ZLIB REQUIRED)
find_package(BZip2 REQUIRED)

# Headers only. Debian packages each under one name, but their CMake and pkg-config files differ between releases.
find_path(RAPIDJSON_INCLUDE rapidjson/rapidjson.h REQUIRED)
find_path(MSGPACK_INCLUDE msgpack.hpp REQUIRED)
find_path(XXHASH_INCLUDE xxhash.h REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
