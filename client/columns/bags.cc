#include "client/columns/bags.h"

#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

template <typename... Parts>
absl::Status Refuse(const BagRules& rules, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("lookup \"", rules.name, "\": ", parts...));
}

absl::Status Check(const BagRules& rules, const RowsOfIds& in) {
  if (rules.combiner != Combiner::kSum && rules.combiner != Combiner::kMean &&
      rules.combiner != Combiner::kSqrtn) {
    return Refuse(rules, "the combiner is none of sum, mean and sqrtn");
  }
  if (in.weights.has_value() && in.weights->size() != in.ids.size()) {
    return Refuse(rules, in.weights->size(), " weights for ", in.ids.size(),
                  " ids");
  }
  // Every row may get an id of its own.
  if (in.ids.size() + in.row_splits.size() >=
      std::numeric_limits<std::uint32_t>::max()) {
    return Refuse(rules, in.ids.size(), " ids in ", in.row_splits.size() - 1,
                  " rows of one batch");
  }
  return absl::OkStatus();
}

class Filler {
 public:
  Filler(const BagRules& rules, const RowsOfIds& in, IdBatch& out)
      : rules_(rules), in_(in), out_(out) {}

  absl::Status Fill() {
    const std::size_t rows = Rows();
    out_.ids.reserve(in_.ids.size());
    if (in_.weights.has_value()) out_.weights.reserve(in_.ids.size());
    out_.row_splits.reserve(rows + 1);
    out_.row_splits.push_back(0);
    bool one_each = rows > 0;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t begin = out_.ids.size();
      ROWHOUSE_RETURN_IF_ERROR(AppendRow(row));
      if (out_.ids.size() == begin && rules_.safe) {
        ROWHOUSE_RETURN_IF_ERROR(AppendDefault(row));
      }
      one_each = one_each && out_.ids.size() == row + 1;
      out_.row_splits.push_back(static_cast<std::uint32_t>(out_.ids.size()));
    }
    if (one_each) out_.row_splits.clear();
    return absl::OkStatus();
  }

 private:
  std::size_t Rows() const {
    std::size_t rows = in_.row_splits.size() - 1;
    if (rules_.safe) return rows;
    while (rows > 0 && in_.row_splits[rows] == in_.row_splits[rows - 1]) --rows;
    return rows;
  }

  absl::Status AppendRow(std::size_t row) {
    const std::size_t end = in_.row_splits[row + 1];
    for (std::size_t i = in_.row_splits[row]; i < end; ++i) {
      if (IsLeftOut(i)) continue;
      const auto id = static_cast<Id>(in_.ids[i]);
      if (in_.ids[i] < 0 || (rules_.rows != 0 && id >= rules_.rows)) {
        return BadId(in_.ids[i], row);
      }
      out_.ids.push_back(id);
      if (in_.weights.has_value()) out_.weights.push_back((*in_.weights)[i]);
    }
    return absl::OkStatus();
  }

  // Not "<= 0": NaN is left out too.
  bool IsLeftOut(std::size_t i) const {
    if (!rules_.safe) return false;
    if (in_.ids[i] < 0) return true;
    return in_.weights.has_value() && rules_.combiner != Combiner::kSum &&
           !((*in_.weights)[i] > 0.0f);
  }

  absl::Status AppendDefault(std::size_t row) {
    if (!rules_.default_id.has_value()) return absl::OkStatus();
    const std::int64_t id = *rules_.default_id;
    if (id < 0 || (rules_.rows != 0 && static_cast<Id>(id) >= rules_.rows)) {
      return Refuse(rules_, "row ", row, " is empty and default_id ", id,
                    " is no row of the table");
    }
    out_.ids.push_back(static_cast<Id>(id));
    if (in_.weights.has_value()) out_.weights.push_back(1.0f);
    return absl::OkStatus();
  }

  absl::Status BadId(std::int64_t id, std::size_t row) const {
    if (id < 0) return Refuse(rules_, "id ", id, " in row ", row);
    return Refuse(rules_, "id ", id, " in row ", row,
                  " is not below num_buckets ", rules_.rows);
  }

  const BagRules& rules_;
  const RowsOfIds& in_;
  IdBatch& out_;
};

}  // namespace

absl::Status FillBags(const BagRules& rules, const RowsOfIds& in,
                      FeatureIds& out) {
  ROWHOUSE_RETURN_IF_ERROR(Check(rules, in));
  out.combiner = rules.combiner;
  if (rules.safe && !rules.default_id.has_value()) out.empty_bag_id = 0;
  return Filler(rules, in, out.batch).Fill();
}

}  // namespace rowhouse::internal
