mrcz_room(capi
  SOURCES capi/guard.cpp capi/arguments.cpp capi/status.cpp capi/lasting.cpp capi/tables.cpp capi/pixels.cpp capi/context.cpp
          capi/caller_source.cpp capi/reader.cpp capi/header_values.cpp capi/documents.cpp capi/frames.cpp
          capi/corrections.cpp capi/corrected.cpp capi/writer.cpp capi/jobs.cpp capi/session.cpp)
