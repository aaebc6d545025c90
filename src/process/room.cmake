mrcz_room(process
  SOURCES
          process/sum_image.cpp process/row_bands.cpp
          process/koma_window.cpp process/koma_sum.cpp process/koma_pattern.cpp process/koma_contrast.cpp
          process/correlation.cpp process/power_law.cpp
  )

# Loops over all pixels of a session; the rounding of their sums is to be the same everywhere.
set_source_files_properties(process/koma_sum.cpp process/koma_pattern.cpp process/correlation.cpp PROPERTIES
  COMPILE_OPTIONS "${MRCZ_KERNEL_FLAGS}")
