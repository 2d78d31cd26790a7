# Run by ctest: see CMakeLists.txt. As a folder and by FetchContent, in one build folder: FaceShot
# has the same place in both, so commands that ninja recognises as unchanged are compiled once.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
function(build_and_try)
  run(0 ${CMAKE_COMMAND} -S ${source}/examples/embedded -B ${scratch}/build -G ${generator}
      -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher} -D FACESHOT_DIR=${source} ${ARGN})
  file(REMOVE ${scratch}/build/detect_ppm ${scratch}/build/_deps/faceshot-build/src/libfaceshot.a)
  run(0 ${CMAKE_COMMAND} --build ${scratch}/build)
  try_program(${scratch}/build/detect_ppm ${source}/models)
  run(0 ${CMAKE_COMMAND} --build ${scratch}/build --target help)
  if(NOT output MATCHES "libfaceshot.a|faceshot:" OR output MATCHES "faceshot_cli|test_engine")
    message(FATAL_ERROR "embedded, FaceShot is its runtime library and nothing else:\n${output}")
  endif()
endfunction()
build_and_try(-D FETCH=OFF)
build_and_try(-D FETCH=ON)
if(NOT EXISTS ${scratch}/build/_deps/faceshot-subbuild)
  message(FATAL_ERROR "FetchContent was not used")
endif()
