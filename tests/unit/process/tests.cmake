mrcz_unit_test(process
  SOURCES
          unit/process/sum_image_test.cpp unit/process/row_bands_test.cpp unit/process/normal_fit_test.cpp
          unit/process/outliers_test.cpp unit/process/outlier_fill_test.cpp
          unit/process/koma_window_test.cpp unit/process/koma_sum_test.cpp unit/process/koma_pattern_test.cpp
          unit/process/koma_contrast_test.cpp unit/process/correlation_test.cpp unit/process/power_law_test.cpp
          unit/process/outlier_patches_test.cpp
          unit/process/orientation_test.cpp unit/process/gain_test.cpp unit/process/gamma_test.cpp
          unit/process/defects_test.cpp
          unit/process/random_rounding_test.cpp
  LIBS)
