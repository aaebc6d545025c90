mrcz_unit_test(foreign
  SOURCES unit/foreign/tiff_test.cpp unit/foreign/tiff_files.cpp
          unit/foreign/digital_micrograph_test.cpp
          unit/foreign/zarr_test.cpp unit/foreign/bare_pixels_test.cpp unit/foreign/row_order_test.cpp unit/foreign/real_references_test.cpp
  LIBS PkgConfig::tiff)
