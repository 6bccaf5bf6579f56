# Included by client/CMakeLists.txt; paths are relative to client/. They need
# rowhouse_base, absl::flat_hash_map and absl::inlined_vector.
set(ROWHOUSE_COLUMN_HDRS
  include/rowhouse/columns.h
  include/rowhouse/embedding.h
  include/rowhouse/feature_plan.h
  include/rowhouse/features.h
  columns/categorical.h
  columns/embedding.h
  columns/feature_matrix.h
  columns/fingerprint_cat.h
  columns/numeric.h)
set(ROWHOUSE_COLUMN_SRCS
  columns/bucketized.cc
  columns/categorical.cc
  columns/crossed.cc
  columns/embedding.cc
  columns/feature_matrix.cc
  columns/feature_plan.cc
  columns/features.cc
  columns/hash_bucket.cc
  columns/identity.cc
  columns/numeric.cc
  columns/vocabulary_list.cc)
