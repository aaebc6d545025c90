// Every test, one row each: its name is the rule it holds the library to.
#pragma once

#define MRCZ_ABI_TESTS(TEST)                     \
    TEST(versions_are_those_of_the_header)       \
    TEST(every_status_has_name_group_and_text)   \
    TEST(error_texts_belong_to_their_thread)     \
    TEST(structures_keep_their_sizes)            \
    TEST(structures_of_other_versions_are_taken) \
    TEST(pixel_types_are_found_by_name)          \
    TEST(pixels_are_converted_exactly_or_not)    \
    TEST(codecs_are_walked)                      \
    TEST(every_codec_writes_and_reads)           \
    TEST(header_fields_are_walked)               \
    TEST(contexts_refuse_what_cannot_be)         \
    TEST(work_tells_its_progress)                \
    TEST(work_can_be_cancelled)                  \
    TEST(a_context_serves_one_call_at_a_time)    \
    TEST(files_that_cannot_be_read_are_refused)  \
    TEST(limits_hold)                            \
    TEST(a_reader_tells_the_shape)               \
    TEST(memory_is_read_where_it_lies)           \
    TEST(a_source_is_asked_for_ranges)           \
    TEST(a_source_that_fails_is_an_error)        \
    TEST(header_values_are_read_by_name)         \
    TEST(metadata_come_in_both_formats)          \
    TEST(a_plain_file_has_no_footer)             \
    TEST(findings_are_told)                      \
    TEST(info_sections_and_statistics_are_told)  \
    TEST(an_extended_header_is_given_as_it_is)   \
    TEST(frames_are_read)                        \
    TEST(frames_are_read_in_another_type)        \
    TEST(frames_are_added_up)                    \
    TEST(damaged_frames_are_errors)              \
    TEST(corrections_are_made_on_load)           \
    TEST(corrections_that_cannot_be_are_refused) \
    TEST(koma_patterns_are_made)                 \
    TEST(references_are_read)                    \
    TEST(writers_refuse_what_cannot_be)          \
    TEST(an_abandoned_file_does_not_appear)      \
    TEST(a_finished_writer_takes_nothing_more)   \
    TEST(a_failed_writer_finishes_nothing)       \
    TEST(a_live_file_is_read_while_it_grows)     \
    TEST(finished_files_are_extended)            \
    TEST(compressing_and_back_gives_the_file)    \
    TEST(jobs_refuse_what_cannot_be)             \
    TEST(verifying_tells_of_damaged_frames)      \
    TEST(repairing_saves_whole_frames)           \
    TEST(files_are_appended)                     \
    TEST(sessions_are_processed)                 \
    TEST(sessions_refuse_what_cannot_be)         \
    TEST(gamma_laws_are_calibrated)

#define MRCZ_DECLARE_TEST(name) void name(void);
MRCZ_ABI_TESTS(MRCZ_DECLARE_TEST)
#undef MRCZ_DECLARE_TEST
