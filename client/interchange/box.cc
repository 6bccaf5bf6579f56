#include "client/interchange/box.h"

#include <algorithm>
#include <cstring>
#include <vector>

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

bool AnyOverlap(absl::Span<const Box> boxes) {
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    for (std::size_t j = i + 1; j < boxes.size(); ++j) {
      // Those behind begin behind too.
      if (!boxes[i].empty() && boxes[j][0].start >= EndOf(boxes[i][0])) break;
      if (Intersection(boxes[i], boxes[j])) return true;
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
