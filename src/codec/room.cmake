mrcz_room(codec
  SOURCES codec/registry.cpp codec/raw.cpp codec/blosc/chunk.cpp codec/blosc/backend.cpp codec/blosc/zstd_backend.cpp
          codec/blosc/lz4_backend.cpp codec/blosc/zlib_backend.cpp codec/blosc/blosclz_backend.cpp
          codec/blosc/snappy_backend.cpp codec/blosc/blosc2_header.cpp codec/blosc/filter.cpp codec/blosc/block_size.cpp
          codec/blosc/choice.cpp codec/blosc/encoder.cpp codec/blosc/decoder.cpp
  PRIVATE PkgConfig::zstd PkgConfig::lz4 ZLIB::ZLIB PkgConfig::snappy)
