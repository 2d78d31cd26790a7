# Everything comes from Debian's packages; scripts/setup.sh installs them.

include(FaceshotRuntimeDependencies)
# Header-only: needed to build, not to link.
find_package(nlohmann_json REQUIRED)
find_path(TOML_INCLUDE_DIR toml++/toml.h REQUIRED)

if(NOT FACESHOT_RUNTIME_ONLY)
  find_package(OpenCV REQUIRED COMPONENTS core imgproc)
  find_package(CLI11 REQUIRED)
  find_package(fmt REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(photographs REQUIRED IMPORTED_TARGET libturbojpeg libpng libwebp libwebpdemux libheif libtiff-4)
  find_package(GIF REQUIRED)
  find_package(ZLIB REQUIRED)
  find_path(STB_INCLUDE_DIR stb/stb_truetype.h REQUIRED)
  pkg_check_modules(matio REQUIRED IMPORTED_TARGET matio)
  pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5)
  find_package(LibArchive REQUIRED)
  find_package(pugixml REQUIRED)
  find_package(yaml-cpp REQUIRED)
endif()

if(FACESHOT_BUILD_VIDEO)
  pkg_check_modules(libav REQUIRED IMPORTED_TARGET libavformat libavcodec libswscale libavutil)
  # Webhooks of live streams.
  pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl)
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
endif()

if(FACESHOT_BUILD_SERVE)
  find_package(Boost 1.74 REQUIRED)  # header-only
  find_package(OpenSSL REQUIRED)
  # Its CMake package requires civetweb and curl, for parts that we do not use.
  find_library(PROMETHEUS_CORE_LIBRARY prometheus-cpp-core REQUIRED)
  find_path(PROMETHEUS_INCLUDE_DIR prometheus/registry.h REQUIRED)
endif()

if(FACESHOT_BUILD_TRAIN)
  find_package(Torch REQUIRED)
  # Torch's own flags and definitions, as system headers: its warnings are not ours.
  add_library(faceshot_torch INTERFACE)
  target_link_libraries(faceshot_torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(faceshot_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(faceshot_torch INTERFACE "SHELL:-include ${PROJECT_SOURCE_DIR}/cmake/clang_libtorch.hpp")
  endif()
endif()
if(FACESHOT_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck REQUIRED)
endif()
