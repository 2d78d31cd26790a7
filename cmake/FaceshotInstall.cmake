# Installs the runtime library (find_package(faceshot)), the programs and the shipped networks.
include(CMakePackageConfigHelpers)

install(TARGETS faceshot faceshot_onnx_proto faceshot_dnnl EXPORT faceshotTargets)
install(DIRECTORY include/faceshot DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS faceshot_cli faceshot_data_cli)
if(TARGET faceshot_train_cli)
  install(TARGETS faceshot_train_cli)
endif()
install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/faceshot/models)
install(DIRECTORY configs/detectors DESTINATION ${CMAKE_INSTALL_DATADIR}/faceshot)

install(EXPORT faceshotTargets NAMESPACE faceshot:: DESTINATION
        ${CMAKE_INSTALL_LIBDIR}/cmake/faceshot)
file(WRITE ${PROJECT_BINARY_DIR}/faceshotConfig.cmake
"include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(OpenMP COMPONENTS CXX)
find_dependency(Protobuf)
include(\${CMAKE_CURRENT_LIST_DIR}/faceshotTargets.cmake)
")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/faceshotConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/faceshotConfig.cmake
        ${PROJECT_BINARY_DIR}/faceshotConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/faceshot)
