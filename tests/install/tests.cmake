# What is installed, used as others will. A build with sanitizers is not what anyone installs.
if(MRCZ_BUILD_SHARED AND NOT MRCZ_SANITIZE)
  mrcz_timed_script_test(capi/exports 120 ${MRCZ_TESTS}/capi/exports_test.py ${PROJECT_SOURCE_DIR} $<TARGET_FILE:mrcz_shared>)
  foreach(what files c cpp fortran)
    mrcz_timed_script_test(install/${what} 600
      ${MRCZ_TESTS}/install/install_test.py ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR} ${what})
    # CMake notes in the build folder what it installed.
    set_tests_properties(install/${what} PROPERTIES LABELS install RESOURCE_LOCK install)
    set_property(TEST install/${what} APPEND PROPERTY ENVIRONMENT
      "MRCZ_CC=${CMAKE_C_COMPILER}" "MRCZ_CXX=${CMAKE_CXX_COMPILER}")
  endforeach()
endif()
