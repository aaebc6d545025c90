mrcz_unit_test(codec SOURCES unit/codec/placeholder.cpp LIBS)
