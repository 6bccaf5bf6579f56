#include "examples/census/tables_diff.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"

namespace rowhouse::census {
namespace {

// Rows of one ReadRows: some megabytes of the widest table here.
constexpr std::uint64_t kRowsPerRead = 16384;

// Whether all bits are equal; raises `max_abs` where they are not.
bool CompareValues(absl::Span<const float> first,
                   absl::Span<const float> second, double& max_abs) {
  bool equal = true;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(first[i]) ==
        std::bit_cast<std::uint32_t>(second[i])) {
      continue;
    }
    equal = false;
    const double difference =
        std::abs(static_cast<double>(first[i]) - second[i]);
    max_abs = std::max(max_abs, std::isnan(difference)
                                    ? std::numeric_limits<double>::infinity()
                                    : difference);
  }
  return equal;
}

}  // namespace

absl::Status CompareRows(const Rows& first, const Rows& second,
                         TablesDifference& difference) {
  const auto same_shape = [&] {
    return first.dim == second.dim && first.slot_floats == second.slot_floats &&
           first.stored.size() == second.stored.size() &&
           first.weights.size() == second.weights.size() &&
           first.slots.size() == second.slots.size();
  };
  if (!same_shape()) {
    return absl::InternalError(absl::StrCat(
        "rows of different shapes: ", first.stored.size(), " x (", first.dim,
        " + ", first.slot_floats, ") and ", second.stored.size(), " x (",
        second.dim, " + ", second.slot_floats, ")"));
  }
  const auto row_of = [](const std::vector<float>& values, std::size_t row,
                         std::size_t width) {
    return absl::MakeConstSpan(values).subspan(row * width, width);
  };
  for (std::size_t row = 0; row < first.stored.size(); ++row) {
    const bool weights_equal = CompareValues(
        row_of(first.weights, row, first.dim),
        row_of(second.weights, row, first.dim), difference.max_abs);
    const bool slots_equal = CompareValues(
        row_of(first.slots, row, first.slot_floats),
        row_of(second.slots, row, first.slot_floats), difference.max_abs);
    const bool stored_alike = first.stored[row] == second.stored[row];
    ++difference.rows;
    if (first.stored[row] != 0 && stored_alike) ++difference.stored;
    if (!weights_equal || !slots_equal || !stored_alike) ++difference.different;
  }
  return absl::OkStatus();
}

absl::StatusOr<TablesDifference> CompareTables(
    Client& first, Client& second, const std::vector<TableSpec>& tables) {
  TablesDifference difference;
  for (const TableSpec& table : tables) {
    if (table.rows == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("table \"", table.name, "\" has no known rows"));
    }
    for (std::uint64_t begin = 0; begin < table.rows; begin += kRowsPerRead) {
      std::vector<std::uint64_t> ids(
          std::min(kRowsPerRead, table.rows - begin));
      std::iota(ids.begin(), ids.end(), begin);
      ROWHOUSE_ASSIGN_OR_RETURN(const Rows a, first.ReadRows(table.name, ids));
      ROWHOUSE_ASSIGN_OR_RETURN(const Rows b, second.ReadRows(table.name, ids));
      ROWHOUSE_RETURN_IF_ERROR(CompareRows(a, b, difference));
    }
  }
  return difference;
}

}  // namespace rowhouse::census
