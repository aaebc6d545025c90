mrcz_room(foreign
  SOURCES foreign/read_reference.cpp foreign/tiff.cpp foreign/tiff_source.cpp foreign/digital_micrograph.cpp
          foreign/dm_tags.cpp foreign/source_cursor.cpp foreign/bare_pixels.cpp foreign/numbers.cpp
  PRIVATE PkgConfig::tiff)
