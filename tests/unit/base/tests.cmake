mrcz_unit_test(base
  SOURCES unit/base/buffer_test.cpp unit/base/byte_order_test.cpp unit/base/bytes_test.cpp unit/base/checked_test.cpp
          unit/base/buffer_test.cpp unit/base/crc32c_test.cpp unit/base/cursor_test.cpp unit/base/error_test.cpp
          unit/base/frame_format_test.cpp unit/base/frame_random_test.cpp unit/base/frame_statistics_test.cpp unit/base/ordered_pipeline_test.cpp unit/base/pixel_type_test.cpp
          unit/base/text_test.cpp unit/base/thread_executor_test.cpp
  LIBS)
