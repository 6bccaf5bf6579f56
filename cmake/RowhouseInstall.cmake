# Installed: the two binaries, the public headers, the libraries and a
# find_package(rowhouse) configuration.
