mrcz_room(container
  SOURCES container/chunk_index.cpp container/section_compression.cpp container/footer.cpp container/original.cpp
          container/frame_records.cpp container/row_packing.cpp container/mrc_file.cpp container/frame_loader.cpp container/reader.cpp
          container/file_assembler.cpp container/frame_coder.cpp container/metadata_section.cpp container/writer.cpp
  PRIVATE PkgConfig::zstd)
