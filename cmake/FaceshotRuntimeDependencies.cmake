# What the runtime library links: Threads, OpenMP (oneDNN's threads), protobuf, oneDNN and ONNX' protobuf
# classes. Read by FaceShot's own build and, installed, by find_package(faceshot).
if(CMAKE_FIND_PACKAGE_NAME)
  include(CMakeFindDependencyMacro)
  find_dependency(Threads)
  find_dependency(OpenMP COMPONENTS CXX)
  find_dependency(Protobuf)
else()
  find_package(Threads REQUIRED)
  find_package(OpenMP REQUIRED COMPONENTS CXX)
  find_package(Protobuf REQUIRED)
endif()

# Debian's dnnl-config.cmake requires OpenCL's development files, for GPU support that we do not
# use.
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED)
if(NOT TARGET faceshot_dnnl)
  add_library(faceshot_dnnl INTERFACE IMPORTED GLOBAL)
  target_link_libraries(faceshot_dnnl INTERFACE ${DNNL_LIBRARY})
  target_include_directories(faceshot_dnnl INTERFACE ${DNNL_INCLUDE_DIR})
endif()

# Debian's ONNX package: only the protobuf classes. Torch loads the same shared library, so a copy
# compiled by us would register every message twice and abort.
find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
if(NOT TARGET faceshot_onnx_proto)
  add_library(faceshot_onnx_proto INTERFACE IMPORTED GLOBAL)
  target_include_directories(faceshot_onnx_proto INTERFACE ${ONNX_INCLUDE_DIR})
  target_compile_definitions(faceshot_onnx_proto INTERFACE ONNX_NAMESPACE=onnx ONNX_ML=1)
  target_link_libraries(faceshot_onnx_proto INTERFACE ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)
endif()
