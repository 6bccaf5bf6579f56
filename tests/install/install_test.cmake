# Installs BUILD_DIR under WORK_DIR, builds tests/install/outside against that
# tree alone, and runs it and the installed binaries.

# run(COMMAND...) : fails the test when it fails.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ${result}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(prefix ${WORK_DIR}/prefix)
file(REMOVE_RECURSE ${WORK_DIR})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix})

run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/outside -B ${WORK_DIR}/build
  -G Ninja -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${COMPILER}
  "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}")
run(${CMAKE_COMMAND} --build ${WORK_DIR}/build)
run(${WORK_DIR}/build/outside ${WORK_DIR}/tables)
if(NOT output MATCHES "row 42: 0.5 0.5")
  message(FATAL_ERROR "outside said: ${output}")
endif()

foreach(binary rowhouse rowhouse-server)
  run(${prefix}/bin/${binary} --version)
  if(NOT output MATCHES "^${binary} [0-9]+[.][0-9]+[.][0-9]+ ")
    message(FATAL_ERROR "${binary} --version said: ${output}")
  endif()
endforeach()

file(REMOVE_RECURSE ${WORK_DIR})
