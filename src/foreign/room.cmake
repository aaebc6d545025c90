set(hdf5_sources foreign/hdf5_missing.cpp)
set(hdf5_library)
if(hdf5_FOUND)
  set(hdf5_sources foreign/hdf5_session.cpp foreign/hdf5_types.cpp foreign/hdf5_attributes.cpp foreign/hdf5_array.cpp
    foreign/hdf5_chunks.cpp foreign/hdf5_writer.cpp)
  set(hdf5_library PkgConfig::hdf5)
endif()
mrcz_room(foreign
  SOURCES foreign/read_reference.cpp foreign/tiff.cpp foreign/tiff_source.cpp foreign/digital_micrograph.cpp
          foreign/dm_tags.cpp foreign/source_cursor.cpp foreign/bare_pixels.cpp foreign/numbers.cpp
          foreign/array_shape.cpp foreign/zarr_description.cpp foreign/zarr_codecs.cpp foreign/zarr_array.cpp
          ${hdf5_sources}
  PRIVATE PkgConfig::tiff ${hdf5_library})
