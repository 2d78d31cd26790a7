# Options, and their defaults by platform and build type.
include(CMakeDependentOption)

if(PROJECT_IS_TOP_LEVEL)
  set(embedded OFF)
else()
  set(embedded ON)
endif()
option(FACESHOT_RUNTIME_ONLY "The runtime library alone: neither programs nor data sets nor training" ${embedded})
cmake_dependent_option(FACESHOT_BUILD_TRAIN "Training and export (needs LibTorch)" ON
                       "NOT FACESHOT_RUNTIME_ONLY" OFF)
cmake_dependent_option(FACESHOT_BUILD_VIDEO "Films: faceshot video and anonymize (needs FFmpeg's libraries)" ON
                       "NOT FACESHOT_RUNTIME_ONLY" OFF)
cmake_dependent_option(FACESHOT_BUILD_SERVE "The service: faceshot serve (needs Boost, OpenSSL, prometheus-cpp)" ON
                       "NOT FACESHOT_RUNTIME_ONLY" OFF)
cmake_dependent_option(FACESHOT_BUILD_BENCH "Comparisons under bench/ (needs OpenCV's DNN module)" ON
                       "PROJECT_IS_TOP_LEVEL;NOT FACESHOT_RUNTIME_ONLY" OFF)
cmake_dependent_option(FACESHOT_BUILD_TESTS "The tests (needs GoogleTest)" ON "PROJECT_IS_TOP_LEVEL" OFF)
cmake_dependent_option(FACESHOT_WERROR "Warnings are errors" ON "PROJECT_IS_TOP_LEVEL" OFF)
cmake_dependent_option(FACESHOT_INSTALL "Make the target install" ON "PROJECT_IS_TOP_LEVEL" OFF)
option(FACESHOT_FUZZ "Fuzz targets (needs clang with libFuzzer)" OFF)
option(FACESHOT_UNITY "Compile several files at once: a full build takes half the time" ON)
set(FACESHOT_SANITIZE "" CACHE STRING "Sanitizers for every target, as in -fsanitize=...")
set(FACESHOT_SHARED_DATA "${PROJECT_SOURCE_DIR}/../shared" CACHE PATH
    "Folder with data/ and peers/; tests that need it are skipped where it is missing")

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  find_program(FACESHOT_CCACHE ccache)
  if(FACESHOT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Precompiled headers hit the cache only with these two leniencies; with the compiler's own list
    # of headers a file need not be preprocessed separately first.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1 ${FACESHOT_CCACHE})
  endif()
endif()
