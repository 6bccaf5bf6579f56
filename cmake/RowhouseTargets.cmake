# Two words build every room:
#
#   rowhouse_library(NAME base HDRS ... SRCS ... DEPS ... PRIVATE_DEPS ...)
#   rowhouse_test(NAME base_test SRCS ... DEPS ... LABELS unit)
#
# and a third builds it once more for the simulator (tests/sim):
#
#   rowhouse_simulated_library(base)
#
# File lists are written out, so that a file nobody names is noticed
# (tests/tidy) and a dependency is read where it is used.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Debug)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

set(ROWHOUSE_WARNINGS -Wall -Wextra -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND ROWHOUSE_WARNINGS -Wthread-safety)
else()
  # At -O3 g++ 12 takes optionals and variants that were never engaged for
  # uninitialised. The other presets keep the warning.
  list(APPEND ROWHOUSE_WARNINGS
    $<$<CONFIG:RelWithDebInfo>:-Wno-maybe-uninitialized>)
endif()

# Canonical arithmetic: a fused multiply-add or a reordered sum would change
# bits between machines and between lookup, replay and restore.
add_compile_options(-ffp-contract=off)

function(rowhouse_library)
  cmake_parse_arguments(ARG "" "NAME" "HDRS;SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  set(target rowhouse_${ARG_NAME})
  add_library(${target} STATIC ${ARG_SRCS} ${ARG_HDRS})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  # Public headers use C++20: who links an installed library gets the flag.
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE ${ROWHOUSE_WARNINGS})
endfunction()

# rowhouse_sim_NAME: the sources of rowhouse_NAME, built so that a scheduler
# decides who gets a lock. A program links these or the others, never both.
function(rowhouse_simulated_library name)
  if(NOT ROWHOUSE_BUILD_TESTS)
    return()
  endif()
  get_target_property(sources rowhouse_${name} SOURCES)
  get_target_property(includes rowhouse_${name} INTERFACE_INCLUDE_DIRECTORIES)
  get_target_property(deps rowhouse_${name} LINK_LIBRARIES)
  list(TRANSFORM deps
    REPLACE "^rowhouse_(base|kernels|storage|shard)$" "rowhouse_sim_\\1")
  add_library(rowhouse_sim_${name} STATIC EXCLUDE_FROM_ALL ${sources})
  target_include_directories(rowhouse_sim_${name} PUBLIC ${includes})
  target_link_libraries(rowhouse_sim_${name} PUBLIC ${deps})
  target_compile_definitions(rowhouse_sim_${name} PUBLIC ROWHOUSE_SIMULATED)
  target_compile_options(rowhouse_sim_${name} PRIVATE ${ROWHOUSE_WARNINGS})
endfunction()

function(rowhouse_executable)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  target_compile_options(${ARG_NAME} PRIVATE ${ROWHOUSE_WARNINGS})
endfunction()

# LABELS: unit, contract, golden, sim, integration, slow (tests/CMakeLists.txt).
function(rowhouse_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_options(${ARG_NAME} PRIVATE ${ROWHOUSE_WARNINGS})
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
