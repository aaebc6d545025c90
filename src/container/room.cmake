mrcz_room(container
  SOURCES container/chunk_index.cpp container/chunk_walk.cpp container/models.cpp container/frame_coding.cpp container/section_compression.cpp container/footer.cpp container/original.cpp container/sum_section.cpp
          container/frame_records.cpp container/row_packing.cpp container/mrc_file.cpp container/frame_loader.cpp
          container/reader.cpp container/frame_tables.cpp container/file_tail.cpp container/file_assembler.cpp
          container/frame_coder.cpp container/value_counts.cpp container/growing_coding.cpp container/metadata_section.cpp container/provenance_steps.cpp
          container/file_checks.cpp container/frame_scan.cpp container/journal.cpp container/growing_file.cpp
          container/growth_start.cpp container/uncommitted.cpp container/last_footer.cpp container/header_rescue.cpp
          container/recovery.cpp container/open_to_grow.cpp container/target_coding.cpp container/growth.cpp container/writer.cpp
  PRIVATE PkgConfig::zstd)
