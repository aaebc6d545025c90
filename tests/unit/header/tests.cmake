mrcz_unit_test(header
  SOURCES unit/header/byte_order_of_test.cpp unit/header/foreign_formats_test.cpp unit/header/compose_test.cpp unit/header/field_table_test.cpp
          unit/header/header_test.cpp unit/header/stated_statistics_test.cpp unit/header/layout_test.cpp unit/header/modes_test.cpp
          unit/header/rules_test.cpp unit/header/volumes_test.cpp unit/header/imod_test.cpp unit/header/mode0_test.cpp
          unit/header/packed_bytes_test.cpp unit/header/converted_test.cpp unit/header/extended_header_test.cpp
          unit/header/real_headers_test.cpp unit/header/headers.cpp
  LIBS)
