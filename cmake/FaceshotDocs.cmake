# The target `docs`: HTML pages of the public headers, in build/*/docs/html. A warning is an error.
find_program(FACESHOT_DOXYGEN doxygen)
if(NOT FACESHOT_DOXYGEN)
  return()
endif()
configure_file(${PROJECT_SOURCE_DIR}/docs/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
add_custom_target(docs COMMAND ${FACESHOT_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile
                  COMMENT "Doxygen: ${PROJECT_BINARY_DIR}/docs/html/index.html" VERBATIM)
if(FACESHOT_BUILD_TESTS)
  add_test(NAME docs.without_warnings COMMAND ${FACESHOT_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile)
  set_tests_properties(docs.without_warnings PROPERTIES LABELS fast)
endif()
