# How every target of FaceShot is compiled, and how tests are declared.

# For this, names in anonymous namespaces are unique within a library.
if(FACESHOT_UNITY AND NOT DEFINED CMAKE_UNITY_BUILD)
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 16)
endif()

# Compile options shared by all of our own targets. (An interface target, not global flags, so that
# embedding projects keep their own.)
add_library(faceshot_options INTERFACE)
target_compile_features(faceshot_options INTERFACE cxx_std_20)
target_compile_options(faceshot_options INTERFACE -Wall -Wextra -Wconversion
  $<$<BOOL:${FACESHOT_WERROR}>:-Werror> $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-braces>)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Files in a unity build may reuse each other's local names, and GCC need not warn that they are
  # in one file.
  target_compile_options(faceshot_options INTERFACE -Wshadow=local -Wno-subobject-linkage)
elseif(NOT CMAKE_UNITY_BUILD)
  target_compile_options(faceshot_options INTERFACE -Wshadow)
endif()
# GCC 12 falsely reports overlapping copies in std::string's operator+ (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(faceshot_options INTERFACE -Wno-restrict)
endif()
if(FACESHOT_SANITIZE)
  # With assertions, whatever the build type.
  target_compile_options(faceshot_options INTERFACE -fsanitize=${FACESHOT_SANITIZE}
                         -fno-omit-frame-pointer -UNDEBUG)
  target_link_options(faceshot_options INTERFACE -fsanitize=${FACESHOT_SANITIZE})
endif()

# faceshot_test(NAME geometry SOURCES a.cpp b.cpp LIBS faceshot [LABEL fast|slow|model] [COST
# seconds]) COST is that of its longest suite, if that is long: ctest starts with those, so that
# none runs alone at the end. One executable per room and label; ctest runs each of its test suites
# in a process of its own.
function(faceshot_test)
  cmake_parse_arguments(T "" "NAME;LABEL;COST" "SOURCES;LIBS" ${ARGN})
  if(NOT T_LABEL)
    set(T_LABEL fast)
  endif()
  if(NOT T_COST)
    set(T_COST 0)
  endif()
  set(program test_${T_NAME})
  add_executable(${program} ${T_SOURCES})
  target_link_libraries(${program} PRIVATE ${T_LIBS} GTest::gtest GTest::gtest_main
                        faceshot_options)
  target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/src
                             ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${program} PRIVATE
    FACESHOT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" FACESHOT_SHARED_DIR="${FACESHOT_SHARED_DATA}"
    FACESHOT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  faceshot_compile_fast(${program})
  # Suites are listed when ctest starts and not when the program is built: cross-compiled programs
  # run through CMAKE_CROSSCOMPILING_EMULATOR, or only on their own machine.
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${program}_suites.cmake)
  set(include ${CMAKE_CURRENT_BINARY_DIR}/${program}_tests.cmake)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/tests.cmake.in ${include}.in @ONLY)
  file(GENERATE OUTPUT ${include} INPUT ${include}.in)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
endfunction()

# A test that includes Torch, which costs 8 s per file: its precompiled header is shared with the
# library, and so are the definitions with which it was compiled.
function(faceshot_torch_test name)
  target_link_libraries(test_${name} PRIVATE faceshot_torch faceshot_onnx_proto fmt::fmt)
  target_precompile_headers(test_${name} REUSE_FROM faceshot_train)
endfunction()

# For large code that is not performance-critical: half of the compile time is optimisation.
function(faceshot_compile_fast target)
  target_compile_options(${target} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)
endfunction()

# Sources that src/base/simd/levels.hpp compiles for several instruction-set levels. Vectors are
# only passed between always-inlined functions: no ABI is involved. GCC 12 warns about its own
# intrinsics (GCC bug 105593).
function(faceshot_compile_kernels target)
  set_property(SOURCE ${ARGN} TARGET_DIRECTORY ${target} APPEND PROPERTY COMPILE_OPTIONS
               -Wno-psabi $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endfunction()

# faceshot_test_levels(ROOM TARGET test_x LEVELS sse4 avx2 ... FILTER Suites.* [COST seconds])
# Tests ROOM.level_*, which run suites as on CPUs limited to each level; for levels that this CPU
# lacks they run its best one. `ctest -L levels` runs those of all rooms.
function(faceshot_test_levels room)
  cmake_parse_arguments(T "" "TARGET;FILTER;COST" "LEVELS" ${ARGN})
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(T_LEVELS sse4)  # the baseline, the only level there
  endif()
  foreach(level IN LISTS T_LEVELS)
    add_test(NAME ${room}.level_${level} COMMAND ${T_TARGET} --gtest_filter=${T_FILTER})
    set_tests_properties(${room}.level_${level} PROPERTIES LABELS "fast;levels" COST "0${T_COST}"
                         ENVIRONMENT FACESHOT_ISA=${level})
  endforeach()
endfunction()
