# cmake -D PROGRAM=... -D EMULATOR=... -D PREFIX=geometry. -D LABEL=fast -D COST=0 -D OUT=FILE -P
# ListSuites.cmake
#
# Writes a file for ctest with one test for each suite of a GoogleTest program: a process per suite,
# not per case, because a process that loads LibTorch takes longer to start than most cases take. A
# suite in which every case is skipped, and none failed, counts as skipped; one that skips only some
# of its cases fails, because ctest would not show it: cases that may be skipped need a suite of
# their own.
execute_process(COMMAND ${EMULATOR} ${PROGRAM} --gtest_list_tests OUTPUT_VARIABLE listing
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "(^|\n)[A-Za-z_0-9/]+\\.(\n|  #)" suites "${listing}")
set(command "")
foreach(word IN LISTS EMULATOR PROGRAM)
  string(APPEND command "[=[${word}]=] ")
endforeach()
set(text "")
foreach(suite IN LISTS suites)
  string(REGEX REPLACE "\n|  #" "" suite "${suite}")
  string(REGEX REPLACE "\\.$" "" name "${suite}")
  string(APPEND text "add_test([=[${PREFIX}${name}]=] ${command} [=[--gtest_filter=${suite}*]=] --gtest_color=no)\n"
                     "set_tests_properties([=[${PREFIX}${name}]=] PROPERTIES LABELS ${LABEL} COST ${COST} "
                     "SKIP_REGULAR_EXPRESSION [=[\\[  PASSED  \\] 0 tests\\.[\r\n]+(\\[  SKIPPED \\][^\r\n]*[\r\n]+)+[^[]*$]=] "
                     "FAIL_REGULAR_EXPRESSION [=[PASSED  \\] [1-9][0-9]* tests?\\.[\r\n]+\\[  SKIPPED]=])\n")
endforeach()
file(WRITE ${OUT} "${text}")
