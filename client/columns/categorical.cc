#include "client/columns/categorical.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowhouse {
namespace {

void CollectLeafNames(const CrossedColumn& column,
                      std::vector<std::string>& names) {
  for (const CrossedKey& key : column.keys) {
    if (const auto* raw = std::get_if<std::string>(&key)) {
      names.push_back(*raw);
      continue;
    }
    const auto& inner = std::get<CategoricalColumn>(key);
    if (const auto* cross = std::get_if<CrossedColumn>(&inner)) {
      CollectLeafNames(*cross, names);
    } else {
      names.push_back(ColumnName(inner));
    }
  }
}

struct NameOf {
  std::string operator()(const BucketizedColumn& column) const {
    return absl::StrCat(column.source_column.key, "_bucketized");
  }
  std::string operator()(const CrossedColumn& column) const {
    std::vector<std::string> names;
    CollectLeafNames(column, names);
    std::sort(names.begin(), names.end());
    return absl::StrJoin(names, "_X_");
  }
  template <typename Keyed>
  std::string operator()(const Keyed& column) const {
    return column.key;
  }
};

}  // namespace

std::string ColumnName(const CategoricalColumn& column) {
  return std::visit(NameOf(), column);
}

namespace internal {

void SparseIds::Add(std::int64_t row, std::int64_t column, std::int64_t id) {
  if (row + 1 != rows()) Finish(row + 1);
  ids.push_back(id);
  positions.push_back(column);
  row_splits.back() = ids.size();
}

void SparseIds::Finish(std::int64_t rows) {
  row_splits.resize(static_cast<std::size_t>(rows) + 1, ids.size());
}

CompiledCategorical Compile(const CategoricalColumn& column) {
  return std::visit([](const auto& kind) { return Compile(kind); }, column);
}

absl::Status WrongDType(absl::string_view column, DType expected, DType got) {
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", column, "\": takes ", DTypeName(expected),
                   " values, got ", DTypeName(got)));
}

}  // namespace internal
}  // namespace rowhouse
