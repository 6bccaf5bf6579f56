// The picture of an embedding table: its rows in two dimensions, with names.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_EMBEDDING_MAP_H_
#define ROWHOUSE_EXAMPLES_CENSUS_EMBEDDING_MAP_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "examples/census/svg.h"
#include "examples/dense/dense_model.h"

namespace rowhouse::census {

using dense::Matrix;

// Rows on the two directions in which they differ most (principal components
// of the centred rows). Each direction's sign is such that its component of
// greatest magnitude is positive.
struct Projection {
  std::vector<Point> points;  // one per row
  double first_share = 0;     // of the rows' variance, 0 to 1
  double second_share = 0;
};

// REQUIRES: at least one row and two columns.
Projection Project(const Matrix& rows);

struct NamedRow {
  std::string name;
  double count = 0;  // how often it comes: the size of its dot
  double share = 0;  // of positive labels, 0 to 1: the colour of its dot
};

// SVG. REQUIRES: as many rows as the projection has points.
std::string DrawEmbeddingMap(const std::vector<NamedRow>& rows,
                             const Projection& projection,
                             absl::string_view title,
                             absl::string_view subtitle);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_EMBEDDING_MAP_H_
