mrcz_room(base
  SOURCES base/error.cpp base/buffer.cpp base/cursor.cpp base/crc32c.cpp base/pixel_type.cpp base/frame_format.cpp base/thread_executor.cpp
          base/ordered_pipeline.cpp base/frame_statistics.cpp
  PRIVATE Threads::Threads)
