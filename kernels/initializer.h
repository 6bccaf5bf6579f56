// The first value of a row: a pure function of (seed, table, id, column). So a
// lookup need not write, and every layout of shards gives the same rows.
#ifndef ROWHOUSE_KERNELS_INITIALIZER_H_
#define ROWHOUSE_KERNELS_INITIALIZER_H_

#include <cstddef>
#include <cstdint>

#include "rowhouse/ids.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::kernels {

// Fills `row` with `dim` floats. Uniform draws take 53 bits of a counter-based
// generator keyed by (seed, table_hash, id, column); normal draws map them
// through the inverse normal CDF in double precision, by a polynomial of our
// own so that no libm decides a bit; truncated draws map them into the part of
// it within two standard deviations, so that nothing is ever drawn again.
// Thread-safe.
void InitialRow(const InitializerSpec& initializer, std::uint64_t seed,
                std::uint64_t table_hash, Id id, std::size_t dim, float* row);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_INITIALIZER_H_
