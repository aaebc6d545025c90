mrcz_unit_test(jobs
  SOURCES kit/codec_trials.cpp kit/descriptors.cpp kit/json_fields.cpp kit/wrappers.cpp
          unit/jobs/frame_range_test.cpp unit/jobs/compress_test.cpp unit/jobs/filter_test.cpp unit/jobs/decompress_test.cpp
          unit/jobs/verify_test.cpp unit/jobs/info_test.cpp unit/jobs/four_bit_test.cpp unit/jobs/dtype_test.cpp
          unit/jobs/dialects_test.cpp unit/jobs/damage_test.cpp unit/jobs/append_test.cpp unit/jobs/repair_test.cpp
          unit/jobs/live_test.cpp unit/jobs/proof_test.cpp unit/jobs/output_state_test.cpp
          unit/jobs/rans_test.cpp unit/jobs/real_files_test.cpp
          unit/jobs/convert_file_test.cpp unit/jobs/keep_sum_test.cpp unit/jobs/corrected_reader_test.cpp unit/jobs/process_test.cpp
          unit/jobs/acquisition_test.cpp unit/jobs/memory_bound_test.cpp unit/jobs/session_stages_test.cpp unit/jobs/session_window_test.cpp
          unit/jobs/restored_header_test.cpp unit/jobs/convert_array_test.cpp
  LIBS ZLIB::ZLIB BZip2::BZip2 PkgConfig::zstd)
