mrcz_unit_test(io
  SOURCES unit/io/byte_source_test.cpp unit/io/caching_source_test.cpp unit/io/byte_stream_test.cpp unit/io/descriptor_test.cpp
          unit/io/descriptor_sink_test.cpp unit/io/file_sink_test.cpp unit/io/file_system_test.cpp unit/io/inflating_stream_test.cpp
          unit/io/sources_test.cpp unit/io/unwrap_test.cpp unit/io/streams.cpp kit/wrappers.cpp
  LIBS ZLIB::ZLIB BZip2::BZip2 PkgConfig::zstd)
