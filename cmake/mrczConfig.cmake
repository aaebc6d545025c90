# find_package(mrcz CONFIG) gives mrcz::mrcz, the shared library with its headers of C and C++.
include("${CMAKE_CURRENT_LIST_DIR}/mrczTargets.cmake")
