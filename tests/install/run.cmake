# Shared by the scripts here. Needs: scratch.
function(run expected_status)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE errors)
  if(NOT status EQUAL expected_status)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${status}, not ${expected_status}:\n${output}${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# The example program on a grey picture of 32 x 32 pixels: it contains no face, and nothing must be
# printed.
function(try_program program models)
  run(2 ${program})
  run(1 ${program} ${scratch}/missing.onnx ${scratch}/missing.ppm)
  string(REPEAT "0" 3072 pixels)
  file(WRITE ${scratch}/grey.ppm "P6 32 32 255\n${pixels}")
  file(GLOB files ${models}/*.onnx)
  if(NOT files)
    message(FATAL_ERROR "no networks in ${models}")
  endif()
  foreach(model IN LISTS files)
    run(0 ${program} ${model} ${scratch}/grey.ppm)
    if(output)
      message(FATAL_ERROR "${model} finds faces in a grey picture:\n${output}")
    endif()
  endforeach()
endfunction()

file(REMOVE_RECURSE ${scratch})
file(MAKE_DIRECTORY ${scratch})
