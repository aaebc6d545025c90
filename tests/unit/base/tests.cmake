mrcz_unit_test(base SOURCES unit/base/placeholder.cpp LIBS)
