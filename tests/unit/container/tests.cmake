mrcz_unit_test(container
  SOURCES kit/codec_trials.cpp kit/sha256.cpp kit/json_fields.cpp kit/crashing_disk.cpp unit/container/chunk_index_test.cpp
          unit/container/footer_test.cpp unit/container/original_test.cpp unit/container/sum_section_test.cpp unit/container/frame_records_test.cpp
          unit/container/value_counts_test.cpp unit/container/writer_test.cpp unit/container/reader_test.cpp unit/container/four_bit_test.cpp
          unit/container/growing_file_test.cpp unit/container/foreign_files_test.cpp unit/container/models_test.cpp
  LIBS PkgConfig::zstd)
