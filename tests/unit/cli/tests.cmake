# The parts of the command that are not seen in transcripts.
mrcz_unit_test(cli
  SOURCES unit/cli/processors_test.cpp unit/cli/shard_test.cpp ${PROJECT_SOURCE_DIR}/cli/processors.cpp
          ${PROJECT_SOURCE_DIR}/cli/shard.cpp
  LIBS fmt::fmt)
target_include_directories(test_cli PRIVATE ${PROJECT_SOURCE_DIR}/cli)
