#include "client/interchange/box.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/interchange/limits.h"

namespace rowhouse::interchange {
namespace {

std::int64_t EndOf(const Extent& extent) {
  return extent.start + extent.length;
}

// Where the value at the start of `part` is within the values of `box`.
std::uint64_t IndexOf(const Box& part, const Box& box) {
  std::uint64_t index = 0;
  for (std::size_t axis = 0; axis < box.size(); ++axis) {
    index = index * static_cast<std::uint64_t>(box[axis].length) +
            static_cast<std::uint64_t>(part[axis].start - box[axis].start);
  }
  return index;
}

bool Meet(const Box& a, const Box& b) {
  for (std::size_t axis = 0; axis < a.size(); ++axis) {
    if (a[axis].start >= EndOf(b[axis]) || b[axis].start >= EndOf(a[axis])) {
      return false;
    }
  }
  return true;
}

void SortByStart(std::vector<const Box*>& boxes, std::size_t axis) {
  std::sort(boxes.begin(), boxes.end(), [axis](const Box* a, const Box* b) {
    return (*a)[axis].start < (*b)[axis].start;
  });
}

// Pairs of boxes that have something in common on this axis. Sorts them by it.
std::uint64_t PairsThatMeet(std::vector<const Box*>& boxes, std::size_t axis) {
  SortByStart(boxes, axis);
  std::uint64_t pairs = 0;
  for (auto box = boxes.begin(); box != boxes.end(); ++box) {
    const auto behind =
        std::partition_point(box + 1, boxes.end(),
                             [&, end = EndOf((**box)[axis])](const Box* other) {
                               return (*other)[axis].start < end;
                             });
    pairs += static_cast<std::uint64_t>(behind - box) - 1;
  }
  return pairs;
}

}  // namespace

std::uint64_t VolumeOf(const Box& box) {
  std::uint64_t volume = 1;
  for (const Extent& extent : box) {
    volume *= static_cast<std::uint64_t>(extent.length);
  }
  return volume;
}

std::optional<Box> Intersection(const Box& a, const Box& b) {
  Box common(a.size());
  for (std::size_t axis = 0; axis < a.size(); ++axis) {
    const std::int64_t start = std::max(a[axis].start, b[axis].start);
    const std::int64_t end = std::min(EndOf(a[axis]), EndOf(b[axis]));
    if (end <= start) return std::nullopt;
    common[axis] = {.start = start, .length = end - start};
  }
  return common;
}

absl::StatusOr<bool> AnyOverlap(absl::Span<const Box> boxes) {
  std::vector<const Box*> filled;
  for (const Box& box : boxes) {
    if (VolumeOf(box) > 0) filled.push_back(&box);
  }
  if (filled.size() < 2) return false;
  const std::size_t axes = filled[0]->size();
  if (axes == 0) return true;  // one value, twice
  std::size_t best = 0;
  std::uint64_t fewest = PairsThatMeet(filled, 0);
  for (std::size_t axis = 1; axis < axes && fewest > 0; ++axis) {
    const std::uint64_t pairs = PairsThatMeet(filled, axis);
    if (pairs < fewest) best = axis;
    fewest = std::min(pairs, fewest);
  }
  if (fewest > kPartPairsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(filled.size(), " parts, of which ", fewest,
                     " pairs meet on every axis, the most is ", kPartPairsMax));
  }
  SortByStart(filled, best);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const std::int64_t end = EndOf((*filled[i])[best]);
    // Those behind begin behind too.
    for (std::size_t j = i + 1;
         j < filled.size() && (*filled[j])[best].start < end; ++j) {
      if (Meet(*filled[i], *filled[j])) return true;
    }
  }
  return false;
}

void CopyCommon(const Box& from_box, const char* from, const Box& to_box,
                char* to, std::size_t item_bytes) {
  const std::optional<Box> common = Intersection(from_box, to_box);
  if (!common) return;
  // Axes from here on are whole on both sides, but for the first of them: they
  // are one run of bytes.
  std::size_t run_axis = common->size();
  std::uint64_t run_bytes = item_bytes;
  while (run_axis > 0) {
    --run_axis;
    const std::int64_t length = (*common)[run_axis].length;
    run_bytes *= static_cast<std::uint64_t>(length);
    if (length != from_box[run_axis].length ||
        length != to_box[run_axis].length) {
      break;
    }
  }
  // Every start of a run: the axes before count like the digits of a number.
  Box run = *common;
  while (true) {
    std::memcpy(to + IndexOf(run, to_box) * item_bytes,
                from + IndexOf(run, from_box) * item_bytes, run_bytes);
    std::size_t axis = run_axis;
    while (axis > 0) {
      --axis;
      if (++run[axis].start < EndOf((*common)[axis])) break;
      run[axis].start = (*common)[axis].start;
      if (axis == 0) return;
    }
    if (run_axis == 0) return;
  }
}

}  // namespace rowhouse::interchange
