# The targets as plain functions: for the test suite, which changes seeds by itself, and for libFuzzer.
set(fuzz ${CMAKE_CURRENT_LIST_DIR})
add_library(mrcz_fuzz_targets STATIC
  ${fuzz}/targets.cpp ${fuzz}/seeds.cpp ${fuzz}/seal.cpp ${fuzz}/header_target.cpp ${fuzz}/metadata_target.cpp
  ${fuzz}/footer_target.cpp ${fuzz}/chunk_target.cpp ${fuzz}/rans_target.cpp ${fuzz}/rans_file_target.cpp ${fuzz}/reader_target.cpp
  ${fuzz}/reference_target.cpp ${fuzz}/defects_target.cpp ${fuzz}/zarr_target.cpp)
target_include_directories(mrcz_fuzz_targets PUBLIC ${fuzz})
target_link_libraries(mrcz_fuzz_targets PUBLIC mrcz_test_kit)

mrcz_unit_test(fuzz SOURCES ${fuzz}/replay_test.cpp ${fuzz}/mutator.cpp
  LIBS mrcz_fuzz_targets)

if(MRCZ_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "MRCZ_BUILD_FUZZERS needs clang: cmake --preset fuzz")
  endif()
  add_executable(make_seeds ${fuzz}/make_seeds.cpp)
  target_link_libraries(make_seeds PRIVATE mrcz_fuzz_targets)
  foreach(name header metadata footer chunk rans rans_file reader reference zarr defects)
    add_executable(fuzz_${name} ${fuzz}/libfuzzer_entry.cpp)
    target_compile_definitions(fuzz_${name} PRIVATE MRCZ_FUZZ_TARGET="${name}")
    target_link_libraries(fuzz_${name} PRIVATE mrcz_fuzz_targets)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endif()
