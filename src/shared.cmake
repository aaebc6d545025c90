# libmrcz.so, of the same objects as the static library. Hidden but for what include/mrcz declares: see export.h.
add_library(mrcz_shared SHARED)
foreach(room ${rooms})
  target_sources(mrcz_shared PRIVATE $<TARGET_OBJECTS:${room}>)
endforeach()
set_target_properties(mrcz_shared PROPERTIES
  OUTPUT_NAME mrcz EXPORT_NAME mrcz VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/exports.map)
target_include_directories(mrcz_shared INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>)
target_compile_features(mrcz_shared INTERFACE cxx_std_20)
target_link_libraries(mrcz_shared PRIVATE ${external} mrcz_settings)
target_link_options(mrcz_shared PRIVATE LINKER:--version-script=${CMAKE_CURRENT_SOURCE_DIR}/exports.map)

# A program with the sanitizers brings what they need; else whatever is missing is missed here.
if(NOT MRCZ_SANITIZE)
  target_link_options(mrcz_shared PRIVATE LINKER:--no-undefined)
endif()
