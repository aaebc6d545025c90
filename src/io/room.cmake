mrcz_room(io
  SOURCES io/descriptor.cpp io/byte_source.cpp io/caching_source.cpp io/byte_stream.cpp io/source_stream.cpp io/unwrap.cpp io/gzip.cpp
          io/bzip2.cpp io/zstd.cpp io/byte_sink.cpp io/descriptor_sink.cpp io/placing.cpp io/staged_path.cpp io/file_sink.cpp io/file_system.cpp
  PRIVATE ZLIB::ZLIB BZip2::BZip2 PkgConfig::zstd)
