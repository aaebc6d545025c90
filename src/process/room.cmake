mrcz_room(process
  SOURCES
          process/sum_image.cpp
  )
