# Installed: the two binaries, the public headers, the libraries and what
# find_package(rowhouse) reads. Outside projects link rowhouse::client; the
# other libraries come because static ones need all they stand on.
include(CMakePackageConfigHelpers)

set(ROWHOUSE_CONFIG_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/rowhouse)
set(ROWHOUSE_INSTALLED_LIBRARIES
  base proto services kernels wire storage shard client)

foreach(name ${ROWHOUSE_INSTALLED_LIBRARIES})
  set_target_properties(rowhouse_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS rowhouse_${name} EXPORT rowhouse
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()
install(EXPORT rowhouse NAMESPACE rowhouse:: FILE rowhouseTargets.cmake
  DESTINATION ${ROWHOUSE_CONFIG_DIR})

install(TARGETS rowhouse-server rowhouse
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY base/include/rowhouse client/include/rowhouse
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

configure_package_config_file(cmake/rowhouseConfig.cmake.in
  ${PROJECT_BINARY_DIR}/rowhouseConfig.cmake
  INSTALL_DESTINATION ${ROWHOUSE_CONFIG_DIR})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/rowhouseConfigVersion.cmake
  COMPATIBILITY SameMajorVersion)
install(
  FILES
    ${PROJECT_BINARY_DIR}/rowhouseConfig.cmake
    ${PROJECT_BINARY_DIR}/rowhouseConfigVersion.cmake
  DESTINATION ${ROWHOUSE_CONFIG_DIR})
