mrcz_unit_test(simd
  SOURCES unit/simd/bitshuffle_test.cpp unit/simd/byteshuffle_test.cpp unit/simd/byteswap_test.cpp
          unit/simd/runs_test.cpp unit/simd/statistics_test.cpp unit/simd/four_bit_statistics_test.cpp
          unit/simd/convert_test.cpp unit/simd/hash_test.cpp
          unit/simd/sums_test.cpp unit/simd/rans_test.cpp unit/simd/rounding_test.cpp
  LIBS blosc PkgConfig::zstd xxhash)
