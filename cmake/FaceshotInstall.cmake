# Installs the runtime library (find_package(faceshot), pkg-config), the programs and the shipped
# networks. Nothing contains the prefix, so the installation may be moved.
include(CMakePackageConfigHelpers)

set(FACESHOT_MODELS_DIR ${CMAKE_INSTALL_DATADIR}/faceshot/models)
install(TARGETS faceshot EXPORT faceshotTargets)
install(DIRECTORY include/faceshot DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
foreach(program faceshot_cli faceshot_video_cli faceshot_serve_cli faceshot_data_cli faceshot_train_cli)
  if(TARGET ${program})
    install(TARGETS ${program})
  endif()
endforeach()
if(TARGET faceshot_cli)
  # Generated from the programs' --help, hence at install time.
  install(CODE "execute_process(COMMAND ${PROJECT_SOURCE_DIR}/scripts/man_page.sh $<TARGET_FILE:faceshot_cli>
                                OUTPUT_FILE ${PROJECT_BINARY_DIR}/faceshot.1 COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES ${PROJECT_BINARY_DIR}/faceshot.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES scripts/completions/faceshot.bash RENAME faceshot
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES scripts/completions/_faceshot DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
endif()
# models/training contains the starting points of further training, which users do not need.
install(DIRECTORY models/ DESTINATION ${FACESHOT_MODELS_DIR} PATTERN training EXCLUDE)
install(DIRECTORY configs/detectors DESTINATION ${CMAKE_INSTALL_DATADIR}/faceshot)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/faceshot)
install(EXPORT faceshotTargets NAMESPACE faceshot:: DESTINATION ${package})
configure_package_config_file(cmake/faceshotConfig.cmake.in ${PROJECT_BINARY_DIR}/faceshotConfig.cmake
                              INSTALL_DESTINATION ${package} PATH_VARS FACESHOT_MODELS_DIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/faceshotConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/faceshotConfig.cmake
        ${PROJECT_BINARY_DIR}/faceshotConfigVersion.cmake
        cmake/FaceshotRuntimeDependencies.cmake DESTINATION ${package})

file(RELATIVE_PATH FACESHOT_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/faceshot.pc.in ${PROJECT_BINARY_DIR}/faceshot.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/faceshot.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
