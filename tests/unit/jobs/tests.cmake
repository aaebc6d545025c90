mrcz_unit_test(jobs SOURCES unit/jobs/placeholder.cpp LIBS)
