# Writes the commit that is built into a header, at build time and only when it
# changes: a configured tree outlives many commits. Included, it defines the
# target rowhouse_commit; run as a script, it does the writing.
#
# A build without git (an image, an archive) says -DROWHOUSE_COMMIT=...

if(CMAKE_SCRIPT_MODE_FILE)
  cmake_minimum_required(VERSION 3.25)
  if(NOT COMMIT)
    execute_process(
      COMMAND git describe --always --dirty --abbrev=12 --exclude=*
      WORKING_DIRECTORY ${SOURCE_DIR}
      OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
  if(NOT COMMIT)
    set(COMMIT unknown)
  endif()
  file(CONFIGURE OUTPUT ${HEADER}
    CONTENT "#define ROWHOUSE_COMMIT \"@COMMIT@\"\n" @ONLY)
  return()
endif()

set(ROWHOUSE_COMMIT "" CACHE STRING "Commit to report; empty: ask git")
set(ROWHOUSE_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
add_custom_target(rowhouse_commit
  COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${PROJECT_SOURCE_DIR}
    -DHEADER=${ROWHOUSE_GENERATED_DIR}/rowhouse_commit.h
    -DCOMMIT=${ROWHOUSE_COMMIT} -P ${CMAKE_CURRENT_LIST_FILE}
  BYPRODUCTS ${ROWHOUSE_GENERATED_DIR}/rowhouse_commit.h
  COMMENT "" VERBATIM)
