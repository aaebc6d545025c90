mrcz_room(header
  SOURCES header/header.cpp header/stated_statistics.cpp header/modes.cpp header/mode0.cpp header/foreign_formats.cpp header/byte_order_of.cpp
          header/rules.cpp header/dialect_rules.cpp header/layout.cpp header/compose.cpp header/inherited.cpp header/imod.cpp
          header/volumes.cpp header/packed_bytes.cpp header/converted.cpp header/extended/extended_header.cpp
          header/extended/fei.cpp header/extended/fei_tomography.cpp header/extended/serial_em.cpp
          header/extended/agard.cpp header/extended/text_kinds.cpp)
