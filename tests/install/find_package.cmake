# Run by ctest: see CMakeLists.txt.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
# Moved after installation: nothing in it may contain the prefix.
run(0 ${CMAKE_COMMAND} --install ${build} --prefix ${scratch}/first)
file(RENAME ${scratch}/first ${scratch}/prefix)
set(prefix ${scratch}/prefix)
if(programs)
  run(0 ${prefix}/bin/faceshot --version)
endif()
run(0 ${CMAKE_COMMAND} -S ${source}/examples/find_package -B ${scratch}/example -G ${generator}
    -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_PREFIX_PATH=${prefix})
run(0 ${CMAKE_COMMAND} --build ${scratch}/example)
try_program(${scratch}/example/detect_ppm ${prefix}/share/faceshot/models)
