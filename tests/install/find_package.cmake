# Run by ctest: see CMakeLists.txt. Needs: build, example, scratch, generator, compiler.
file(REMOVE_RECURSE ${scratch})
set(prefix ${scratch}/prefix)

function(run expected_status)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE errors)
  if(NOT status EQUAL expected_status)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${status}, not ${expected_status}:\n${output}${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(0 ${CMAKE_COMMAND} --install ${build} --prefix ${prefix})
run(0 ${prefix}/bin/faceshot --version)

run(0 ${CMAKE_COMMAND} -S ${example} -B ${scratch}/example -G ${generator}
    -D CMAKE_CXX_COMPILER=${compiler} -D CMAKE_PREFIX_PATH=${prefix})
run(0 ${CMAKE_COMMAND} --build ${scratch}/example)

set(program ${scratch}/example/detect_ppm)
run(2 ${program})
run(1 ${program} ${scratch}/missing.onnx ${scratch}/missing.ppm)

# A grey picture of 32 x 32 pixels: there is no face in it, and nothing must be printed.
string(REPEAT "0" 3072 pixels)
file(WRITE ${scratch}/grey.ppm "P6 32 32 255\n${pixels}")
file(GLOB models ${prefix}/share/faceshot/models/*.onnx)
foreach(model IN LISTS models)
  run(0 ${program} ${model} ${scratch}/grey.ppm)
  if(output)
    message(FATAL_ERROR "${model} finds faces in a grey picture:\n${output}")
  endif()
endforeach()
