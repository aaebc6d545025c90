mrcz_room(jobs
  SOURCES jobs/open_input.cpp jobs/plain_feed.cpp jobs/frame_feed.cpp jobs/conversion.cpp jobs/converting_feed.cpp
          jobs/compress.cpp jobs/frame_stream.cpp jobs/live_end.cpp jobs/live.cpp jobs/model_samples.cpp jobs/codec_choice.cpp jobs/append.cpp jobs/salvage.cpp jobs/repair.cpp
          jobs/restore.cpp jobs/kept_sections.cpp jobs/proof.cpp jobs/output_state.cpp jobs/file_stamp.cpp
          jobs/decompress.cpp jobs/frame_range.cpp jobs/verify.cpp jobs/info.cpp jobs/reports.cpp
          jobs/restored_header.cpp jobs/footer_of_copy.cpp jobs/array_source.cpp jobs/carried_json.cpp
          jobs/frame_corrector.cpp jobs/corrected_reader.cpp jobs/corrected_file.cpp jobs/keyed_values.cpp
          jobs/acquisition.cpp jobs/references.cpp jobs/spool.cpp jobs/session_order.cpp jobs/process_record.cpp
          jobs/gamma_calibration.cpp jobs/process.cpp jobs/movie_planner.cpp jobs/outliers_bytes.cpp
          jobs/spooled_images.cpp jobs/images_in_folder.cpp jobs/session_window.cpp jobs/open_corrected.cpp
          jobs/session_files.cpp jobs/session_shape.cpp jobs/koma_balance.cpp
          jobs/coding_slots.cpp jobs/foreign_feed.cpp jobs/own_attributes.cpp jobs/containers.cpp jobs/frame_target.cpp jobs/convert_file.cpp jobs/header_json.cpp jobs/carried.cpp jobs/array_type.cpp jobs/zarr_json.cpp jobs/zarr_link.cpp)
