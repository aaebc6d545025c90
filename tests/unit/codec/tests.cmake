mrcz_unit_test(codec
  SOURCES kit/codec_trials.cpp unit/codec/registry_test.cpp unit/codec/every_codec_test.cpp unit/codec/own_chunk_test.cpp
          unit/codec/blosc/block_size_test.cpp unit/codec/blosc/choice_test.cpp unit/codec/blosc/measured_parts_test.cpp unit/codec/blosc/chunk_test.cpp
          unit/codec/blosc/blosclz_test.cpp unit/codec/blosc/snappy_test.cpp unit/codec/blosc/blosc2_test.cpp
          unit/codec/blosc/c_blosc_test.cpp unit/codec/rans/frequencies_test.cpp unit/codec/rans/frame_test.cpp
          unit/codec/rans/model_test.cpp unit/codec/rans/model_trial_test.cpp unit/codec/rans/rans_test.cpp unit/codec/rans/hostile_test.cpp
  LIBS blosc)
