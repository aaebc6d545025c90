# What users of the library get: libmrcz.so, headers, and what CMake and pkg-config find them by. The package can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS mrcz_shared EXPORT mrczTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/mrcz ${PROJECT_BINARY_DIR}/generated/mrcz
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

set(MRCZ_CMAKE_FOLDER ${CMAKE_INSTALL_LIBDIR}/cmake/mrcz)
install(EXPORT mrczTargets NAMESPACE mrcz:: DESTINATION ${MRCZ_CMAKE_FOLDER})

write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/mrczConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/mrczConfig.cmake ${PROJECT_BINARY_DIR}/package/mrczConfigVersion.cmake
  DESTINATION ${MRCZ_CMAKE_FOLDER})

set(MRCZ_PC_FOLDER ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH MRCZ_PREFIX_FROM_PC /prefix/${MRCZ_PC_FOLDER} /prefix)
string(REGEX REPLACE "/$" "" MRCZ_PREFIX_FROM_PC "${MRCZ_PREFIX_FROM_PC}")
configure_file(cmake/mrcz.pc.in ${PROJECT_BINARY_DIR}/package/mrcz.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/package/mrcz.pc DESTINATION ${MRCZ_PC_FOLDER})
