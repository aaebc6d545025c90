# Against programs of others, from the environments that peer_environment.py makes; skipped where there are none.
mrcz_script_test(python_mrcz ${CMAKE_CURRENT_LIST_DIR}/test_python_mrcz.py)
mrcz_script_test(python_mrcz_blosc2 ${CMAKE_CURRENT_LIST_DIR}/test_blosc2.py)
mrcz_script_test(python_mrcz_cli ${CMAKE_CURRENT_LIST_DIR}/test_cli_python_mrcz.py)
mrcz_script_test(mrcfile ${CMAKE_CURRENT_LIST_DIR}/test_mrcfile.py)
mrcz_script_test(reference_decoder ${CMAKE_CURRENT_LIST_DIR}/test_reference_decoder.py)
mrcz_script_test(zarr ${CMAKE_CURRENT_LIST_DIR}/test_zarr.py)
mrcz_script_test(hdf5 ${CMAKE_CURRENT_LIST_DIR}/test_hdf5.py)
mrcz_script_test(gemmi ${CMAKE_CURRENT_LIST_DIR}/test_gemmi.py)
mrcz_script_test(processing ${CMAKE_CURRENT_LIST_DIR}/test_processing.py)
set_tests_properties(processing python_mrcz python_mrcz_blosc2 python_mrcz_cli mrcfile reference_decoder zarr hdf5 gemmi PROPERTIES
  LABELS peers TIMEOUT 1800)

foreach(name dropin_peers dropin_suites)
  mrcz_script_test(${name} ${CMAKE_CURRENT_LIST_DIR}/test_${name}.py)
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "MRCZ_PYTHON=${PROJECT_BINARY_DIR}/python")
  set_tests_properties(${name} PROPERTIES LABELS "peers;package" TIMEOUT 1800)
endforeach()

# The Python package: one test a file.
function(mrcz_package_test name environment)
  mrcz_script_test(package/${name} ${PROJECT_SOURCE_DIR}/tests/python/run_package_test.py
    ${environment} ${PROJECT_SOURCE_DIR}/tests/python/package/test_${name}.py)
  set_property(TEST package/${name} APPEND PROPERTY ENVIRONMENT "MRCZ_PYTHON=${PROJECT_BINARY_DIR}/python")
  set_tests_properties(package/${name} PROPERTIES LABELS package TIMEOUT 1800)
endfunction()

mrcz_package_test(stack package)
mrcz_package_test(reductions package)
mrcz_package_test(arguments package)
mrcz_package_test(writer package)
mrcz_package_test(documents package)
mrcz_package_test(sources package)
mrcz_package_test(jobs package)
mrcz_package_test(dropin package)
mrcz_package_test(iodm package)
mrcz_package_test(mrcfile_layer package)
mrcz_package_test(fresh_files_validate package)
mrcz_package_test(zarr_module package)
mrcz_package_test(hdf5_module package)
mrcz_package_test(docs package)
mrcz_package_test(typing typing)
# It compiles all of the library once more, with the flags of a release.
mrcz_package_test(wheel package)
set_tests_properties(package/wheel PROPERTIES PROCESSORS 2 TIMEOUT 5400)
mrcz_package_test(processing package)
mrcz_package_test(dask package)
mrcz_package_test(process_session package)

# The same build under the last NumPy 1.
foreach(name stack reductions writer documents dropin processing)
  mrcz_script_test(package/numpy-1/${name} ${PROJECT_SOURCE_DIR}/tests/python/run_package_test.py
    numpy-1 ${PROJECT_SOURCE_DIR}/tests/python/package/test_${name}.py)
  set_property(TEST package/numpy-1/${name} APPEND PROPERTY ENVIRONMENT "MRCZ_PYTHON=${PROJECT_BINARY_DIR}/python")
  set_tests_properties(package/numpy-1/${name} PROPERTIES LABELS package TIMEOUT 1800)
endforeach()
