# Everything comes from Debian's packages; scripts/setup.sh installs them.

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(Protobuf REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(matio REQUIRED IMPORTED_TARGET matio)
pkg_check_modules(hdf5 REQUIRED IMPORTED_TARGET hdf5)
find_package(LibArchive REQUIRED)
find_package(pugixml REQUIRED)
find_package(yaml-cpp REQUIRED)
find_path(TOML_INCLUDE_DIR toml++/toml.h REQUIRED)

# Debian's dnnl-config.cmake demands OpenCL's development files, for a GPU that we do not use.
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
add_library(faceshot_dnnl INTERFACE)
target_link_libraries(faceshot_dnnl INTERFACE ${DNNL_LIBRARY})

# Debian's ONNX package: the protobuf classes only. Torch loads the same shared library, so a copy
# compiled by us would register every message twice and abort.
find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
add_library(faceshot_onnx_proto INTERFACE)
target_include_directories(faceshot_onnx_proto SYSTEM INTERFACE ${ONNX_INCLUDE_DIR})
target_compile_definitions(faceshot_onnx_proto INTERFACE ONNX_NAMESPACE=onnx ONNX_ML=1)
target_link_libraries(faceshot_onnx_proto INTERFACE ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)

if(FACESHOT_BUILD_TRAIN)
  find_package(Torch REQUIRED)
  # Torch's own flags and definitions, as system headers: its warnings are not ours.
  add_library(faceshot_torch INTERFACE)
  target_link_libraries(faceshot_torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(faceshot_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
endif()
if(FACESHOT_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
