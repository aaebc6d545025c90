mrcz_unit_test(io SOURCES unit/io/placeholder.cpp LIBS)
