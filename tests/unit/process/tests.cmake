mrcz_unit_test(process
  SOURCES
          unit/process/sum_image_test.cpp
  LIBS)
