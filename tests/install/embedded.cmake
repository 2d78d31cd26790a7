# Run by ctest: see CMakeLists.txt. By FetchContent it is only configured: the same files again.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
set(arguments -S ${source}/examples/embedded -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
    -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher} -D CMAKE_BUILD_TYPE=Debug -D FACESHOT_DIR=${source})
run(0 ${CMAKE_COMMAND} -B ${scratch}/subdirectory ${arguments})
run(0 ${CMAKE_COMMAND} --build ${scratch}/subdirectory)
try_program(${scratch}/subdirectory/detect_ppm ${source}/models)
run(0 ${CMAKE_COMMAND} -B ${scratch}/fetched ${arguments} -D FETCH=ON)
run(0 ${CMAKE_COMMAND} --build ${scratch}/fetched --target help)
if(NOT output MATCHES "libfaceshot.a|faceshot:" OR output MATCHES "faceshot_cli|test_engine")
  message(FATAL_ERROR "embedded, FaceShot is its runtime library and nothing else:\n${output}")
endif()
