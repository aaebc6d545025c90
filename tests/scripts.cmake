# Tests of the finished command, written in Python. Each is one test of ctest.
# Their time limits are for programs that hang, not for slow machines: nothing here measures speed.

function(mrcz_timed_script_test name timeout)
  mrcz_script_test(${name} ${ARGN})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${timeout})
endfunction()

set(MRCZ_TESTS ${CMAKE_CURRENT_SOURCE_DIR})
mrcz_timed_script_test(layers/check 120 ${MRCZ_TESTS}/layers/check_layers.py ${PROJECT_SOURCE_DIR})
mrcz_timed_script_test(layers/planted 300 ${MRCZ_TESTS}/layers/planted_test.py ${PROJECT_SOURCE_DIR})

mrcz_timed_script_test(cli/runner 300 ${MRCZ_TESTS}/cli/runner_test.py)
file(GLOB transcripts CONFIGURE_DEPENDS ${MRCZ_TESTS}/cli/*.txt)
foreach(transcript ${transcripts})
  get_filename_component(story ${transcript} NAME_WE)
  mrcz_timed_script_test(cli/${story} 900 ${MRCZ_TESTS}/cli/run_transcript.py ${transcript})
endforeach()

mrcz_timed_script_test(faults/kill 1800 ${MRCZ_TESTS}/faults/kill_test.py)
mrcz_timed_script_test(faults/growth_kill 1800 ${MRCZ_TESTS}/faults/growth_kill_test.py)
mrcz_timed_script_test(faults/truncation 1800 ${MRCZ_TESTS}/faults/truncation_test.py)
