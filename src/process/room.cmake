mrcz_room(process
  SOURCES
          process/sum_image.cpp process/row_bands.cpp
          process/outliers.cpp process/outlier_fill.cpp process/outlier_thresholds.cpp process/outlier_weight.cpp
          process/sum_histogram.cpp process/sum_scale.cpp process/normal_fit.cpp process/nelder_mead.cpp
          process/neighbours.cpp process/random_rounding.cpp
          process/koma_window.cpp process/koma_sum.cpp process/koma_pattern.cpp process/koma_contrast.cpp
          process/correlation.cpp process/power_law.cpp
          process/outlier_patches.cpp process/straight_defects.cpp
          process/gain.cpp process/apply_gain.cpp process/mismatch_hint.cpp
          process/orientation.cpp process/orientation_scores.cpp
          process/find_gamma.cpp process/gamma_law.cpp process/levenberg_marquardt.cpp
          process/defects.cpp process/defect_text.cpp process/serial_em_defects.cpp
  )

# Loops over all pixels of a session; the rounding of their sums is to be the same everywhere.
set_source_files_properties(process/koma_sum.cpp process/koma_pattern.cpp process/correlation.cpp PROPERTIES
  COMPILE_OPTIONS "${MRCZ_KERNEL_FLAGS}")

# NumPy's order of rounding, and loops that are waited for.
set_source_files_properties(process/apply_gain.cpp process/find_gamma.cpp PROPERTIES
  COMPILE_OPTIONS "${MRCZ_KERNEL_FLAGS}")
set_source_files_properties(process/outliers.cpp process/outlier_fill.cpp process/sum_histogram.cpp process/sum_scale.cpp
  PROPERTIES COMPILE_OPTIONS "${MRCZ_KERNEL_FLAGS}")
