mrcz_room(codec
  SOURCES codec/registry.cpp codec/raw.cpp codec/own_chunk.cpp codec/blosc/chunk.cpp codec/blosc/backend.cpp codec/blosc/zstd_backend.cpp
          codec/blosc/lz4_backend.cpp codec/blosc/zlib_backend.cpp codec/blosc/blosclz_backend.cpp
          codec/blosc/snappy_backend.cpp codec/blosc/blosc2_header.cpp codec/blosc/filter.cpp codec/blosc/block_size.cpp
          codec/blosc/choice.cpp codec/blosc/trial.cpp codec/blosc/measured_parts.cpp codec/blosc/encoder.cpp codec/blosc/decoder.cpp
          codec/rans/frequencies.cpp codec/rans/table.cpp codec/rans/block_encoder.cpp codec/rans/block_decoder.cpp
          codec/rans/symbol_reader.cpp codec/rans/modes.cpp codec/rans/sample.cpp codec/rans/choice.cpp
          codec/rans/frame.cpp codec/rans/model.cpp codec/rans/model_file.cpp codec/rans/model_trial.cpp
          codec/rans/model_learning.cpp codec/rans/sample_values.cpp codec/rans/table_choice.cpp codec/rans/histograms.cpp codec/rans/histogram_learning.cpp
          codec/rans/palette.cpp codec/rans/fallback.cpp
          codec/rans/rans.cpp
  PRIVATE PkgConfig::zstd PkgConfig::lz4 ZLIB::ZLIB PkgConfig::snappy)

# Learning goes through megabytes of pixels, whose loops are to become vectors in every build.
set_source_files_properties(codec/rans/model_learning.cpp codec/rans/sample_values.cpp codec/rans/histogram_learning.cpp
  PROPERTIES COMPILE_OPTIONS "-O3")
