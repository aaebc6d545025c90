mrcz_room(meta
  SOURCES meta/metadata.cpp meta/json_document.cpp meta/json_number.cpp meta/json_writer.cpp
          meta/msgpack_document.cpp meta/msgpack_packer.cpp meta/msgpack_parts.cpp meta/msgpack_values.cpp
          meta/document_path.cpp meta/utf8.cpp meta/base64.cpp meta/json_value.cpp
          meta/corrections.cpp)
target_include_directories(mrcz_meta SYSTEM PRIVATE ${RAPIDJSON_INCLUDE} ${MSGPACK_INCLUDE})

# msgpack-cxx asks for Boost only for its Boost adaptors and for byte order, which it can tell without.
target_compile_definitions(mrcz_meta PRIVATE MSGPACK_NO_BOOST)

# RapidJSON asks whether its stack is full by adding to a pointer that is null at first. Per source: these come last.
if(MRCZ_SANITIZE)
  set_source_files_properties(meta/json_document.cpp meta/json_writer.cpp PROPERTIES
    COMPILE_OPTIONS -fno-sanitize=pointer-overflow)
endif()
