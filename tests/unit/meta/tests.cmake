mrcz_unit_test(meta
  SOURCES unit/meta/metadata_json_test.cpp unit/meta/metadata_msgpack_test.cpp unit/meta/metadata_conversion_test.cpp
          unit/meta/json_writer_test.cpp unit/meta/json_number_test.cpp unit/meta/utf8_test.cpp
          unit/meta/msgpack_values_test.cpp
          unit/meta/corrections_test.cpp unit/meta/base64_test.cpp unit/meta/json_value_test.cpp
  LIBS)
