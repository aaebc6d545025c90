mrcz_unit_test(container SOURCES unit/container/placeholder.cpp LIBS)
