// Sparse lookups and their gradients as the rules say them, in double precision
// and one occurrence after the other.
#ifndef ROWHOUSE_TESTS_PROPERTY_REFERENCE_LOOKUP_H_
#define ROWHOUSE_TESTS_PROPERTY_REFERENCE_LOOKUP_H_

#include <cstdint>
#include <set>
#include <vector>

#include "absl/types/span.h"
#include "tests/property/draw.h"

namespace rowhouse::property {

// Numbers, and how large what was added up to each of them was: rounding is
// judged by that.
struct Sums {
  std::vector<double> values;
  std::vector<double> magnitudes;
};

struct ReferenceLookup {
  Sums output;                      // batch rows x dim
  Sums gradient;                    // table rows x dim
  std::set<std::uint64_t> touched;  // ids that the gradient names
};

// A lookup of DrawLookup in `table` (rows x dim), and the gradient of the table
// for `upstream`, the gradient of the output.
ReferenceLookup LookUp(const Json& lookup, absl::Span<const float> table,
                       std::size_t dim, absl::Span<const float> upstream);

}  // namespace rowhouse::property

#endif  // ROWHOUSE_TESTS_PROPERTY_REFERENCE_LOOKUP_H_
