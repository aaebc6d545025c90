mrcz_unit_test(header SOURCES unit/header/placeholder.cpp LIBS)
