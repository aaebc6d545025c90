# What every target of this project is compiled with.
add_library(mrcz_settings INTERFACE)
target_include_directories(mrcz_settings INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)

# Statistics are stored in files: their last bit must not depend on whether a compiler fuses a multiply and an add.
target_compile_options(mrcz_settings INTERFACE -ffp-contract=off)

# Files beyond 2 GiB on 32-bit systems too.
target_compile_definitions(mrcz_settings INTERFACE _FILE_OFFSET_BITS=64)

if(MRCZ_DEVELOPER)
  target_compile_options(mrcz_settings INTERFACE
    -Wall -Wextra -Wpedantic -Werror
    -Wshadow              # a shadowed name in a parser is a bug waiting
    -Wconversion          # sizes and offsets come from untrusted bytes: no silent narrowing
    -Wno-sign-conversion  # byte and index arithmetic would drown in casts
    -Wold-style-cast -Wnon-virtual-dtor -Wundef)
endif()

if(MRCZ_SANITIZE)
  target_compile_options(mrcz_settings INTERFACE -fsanitize=${MRCZ_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(mrcz_settings INTERFACE -fsanitize=${MRCZ_SANITIZE})
  if(MRCZ_SANITIZE MATCHES "undefined")
    target_compile_options(mrcz_settings INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
