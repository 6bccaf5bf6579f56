// Boxes whose extents are all known, and what two of them have in common.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_BOX_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_BOX_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/interchange/tensor_slice.h"

namespace rowhouse::interchange {

// No extent is kWholeAxis (BoxOf makes them so), and the volume of the tensor
// around it is below 2^63.
using Box = TensorSlice;

// 1 for the box of a scalar.
std::uint64_t VolumeOf(const Box& box);

// What both cover; none when that is nothing. REQUIRES: as many axes.
std::optional<Box> Intersection(const Box& a, const Box& b);

// True when two of `boxes`, in any order, have something in common. Boxes that
// cut one axis are told apart by it, others are compared in pairs where they
// meet on every axis. RESOURCE_EXHAUSTED: those would be more than
// kPartPairsMax. REQUIRES: as many axes.
absl::StatusOr<bool> AnyOverlap(absl::Span<const Box> boxes);

// Copies what `from` and `to` have in common. Both hold the values of their
// boxes, row-major, `item_bytes` each.
void CopyCommon(const Box& from_box, const char* from, const Box& to_box,
                char* to, std::size_t item_bytes);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_BOX_H_
