mrcz_room(simd
  SOURCES simd/kernels.cpp simd/hash.cpp simd/statistics.cpp simd/convert.cpp simd/rans.cpp simd/level/scalar.cpp
          simd/level/rans_scalar.cpp)

# -O3 in every build: the kernels are what the program waits for, and unoptimised intrinsics make tests crawl.
# No one looks at floating-point exceptions, and for them GCC would not make vectors of comparisons.
set(MRCZ_KERNEL_FLAGS -O3 -ffp-contract=off -fno-trapping-math)
set_source_files_properties(simd/level/scalar.cpp simd/level/rans_scalar.cpp PROPERTIES
  COMPILE_OPTIONS "${MRCZ_KERNEL_FLAGS}")

# Each flag is tested at run time, in detect_level() of kernels.cpp.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" AND CMAKE_SIZEOF_VOID_P EQUAL 8)
  set(MRCZ_AVX2_FLAGS -mavx2 -mbmi2 -mf16c)
  # GCC 12's own AVX-512 header trips its warnings about uninitialised values (GCC bug 105593).
  set(MRCZ_AVX512_FLAGS ${MRCZ_AVX2_FLAGS} -mavx512f -mavx512bw -mavx512vl -mavx512dq
    -Wno-uninitialized $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_sources(mrcz_simd PRIVATE simd/level/avx2.cpp simd/level/avx512.cpp simd/level/rans_avx2.cpp
    simd/level/rans_avx512.cpp)
  target_compile_definitions(mrcz_simd PRIVATE MRCZ_SIMD_X86=1)
  set_source_files_properties(simd/level/avx2.cpp simd/level/rans_avx2.cpp PROPERTIES
    COMPILE_OPTIONS "${MRCZ_KERNEL_FLAGS};${MRCZ_AVX2_FLAGS}")
  set_source_files_properties(simd/level/avx512.cpp simd/level/rans_avx512.cpp PROPERTIES
    COMPILE_OPTIONS "${MRCZ_KERNEL_FLAGS};${MRCZ_AVX512_FLAGS}")
endif()
