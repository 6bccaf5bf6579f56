#include "tests/golden/compare.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"

namespace rowhouse::golden {
namespace {

// The largest finite magnitude of a row.
double MagnitudeOf(absl::Span<const float> row) {
  double magnitude = 0;
  for (const float value : row) {
    if (std::isfinite(value)) {
      magnitude = std::max(magnitude, std::abs(double{value}));
    }
  }
  return magnitude;
}

bool Equals(float got, float expected, double bound) {
  if (std::isnan(expected)) return std::isnan(got);
  if (!std::isfinite(expected)) return got == expected;
  return std::abs(double{got} - double{expected}) <= bound;
}

absl::Status Differs(absl::string_view what, absl::string_view difference) {
  return absl::InternalError(absl::StrCat(what, ": ", difference));
}

// The first place where two JSON values differ, or "".
std::string Difference(const Json& got, const Json& expected) {
  const bool lists = got.is_array() && expected.is_array();
  if (lists && got.size() == expected.size()) {
    for (std::size_t i = 0; i < got.size(); ++i) {
      const std::string inner = Difference(got[i], expected[i]);
      if (!inner.empty()) return absl::StrCat("[", i, "]", inner);
    }
    return "";
  }
  if (got.is_object() && expected.is_object()) {
    for (const auto& item : expected.items()) {
      if (!got.contains(item.key())) {
        return absl::StrCat(".", item.key(), " is missing");
      }
      const std::string inner = Difference(got.at(item.key()), item.value());
      if (!inner.empty()) return absl::StrCat(".", item.key(), inner);
    }
    for (const auto& item : got.items()) {
      if (!expected.contains(item.key())) {
        return absl::StrCat(".", item.key(), " is not expected");
      }
    }
    return "";
  }
  if (got == expected) return "";
  return absl::StrCat(
      " expected ", expected.dump().substr(0, 200), ", got ",
      got.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 200));
}

}  // namespace

absl::Status CompareRows(absl::string_view what, absl::Span<const float> got,
                         absl::Span<const float> expected, std::size_t width,
                         double tolerance) {
  if (got.size() != expected.size() || expected.size() % width != 0) {
    return Differs(
        what, absl::StrCat("expected ", expected.size(), " values in rows of ",
                           width, ", got ", got.size()));
  }
  for (std::size_t row = 0; row < expected.size(); row += width) {
    const double bound = tolerance * MagnitudeOf(expected.subspan(row, width));
    for (std::size_t i = row; i < row + width; ++i) {
      if (Equals(got[i], expected[i], bound)) continue;
      return Differs(
          what,
          absl::StrFormat("[%d, %d] expected %.9g, got %.9g, may differ "
                          "by %.3g",
                          row / width, i - row, expected[i], got[i], bound));
    }
  }
  return absl::OkStatus();
}

absl::Status CompareDense(absl::string_view what,
                          absl::Span<const std::int64_t> shape,
                          absl::Span<const float> values, const Json& expected,
                          double tolerance) {
  auto tensor = ReadTensor(expected);
  if (!tensor.ok()) return Differs(what, tensor.status().message());
  const auto* wide = std::get_if<std::vector<double>>(&tensor->values);
  if (tensor->layout != Tensor::Layout::kDense || wide == nullptr) {
    return Differs(what, absl::StrCat("expected a ", tensor->dtype,
                                      " tensor, got dense floats"));
  }
  const std::vector<float> floats(wide->begin(), wide->end());
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly(
      absl::StrCat(what, " shape"),
      std::vector<std::int64_t>(shape.begin(), shape.end()), tensor->shape));
  const bool has_rows = shape.size() >= 2 && shape.back() > 0;
  const auto width = has_rows ? static_cast<std::size_t>(shape.back()) : 1;
  return CompareRows(what, values, floats, width, tolerance);
}

absl::Status CompareExactly(absl::string_view what, const Json& got,
                            const Json& expected) {
  const std::string difference = Difference(got, expected);
  if (difference.empty()) return absl::OkStatus();
  return Differs(what, difference);
}

}  // namespace rowhouse::golden
