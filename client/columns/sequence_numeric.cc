#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/dense.h"
#include "client/columns/feature_input.h"
#include "client/columns/numeric.h"

namespace rowhouse::internal {
namespace {

// Integer types hold only integers of their range, floating ones every number.
template <typename Value>
bool Holds(const Number& number) {
  if constexpr (kIsInteger<Value>) {
    const auto* integer = std::get_if<std::int64_t>(&number);
    return integer != nullptr && std::in_range<Value>(*integer);
  } else {
    return true;
  }
}

// REQUIRES: `To` holds the number.
template <typename To>
To NumberAs(const Number& number) {
  return std::visit([](auto value) { return static_cast<To>(value); }, number);
}

class SequenceNumeric final : public SequenceTransform {
 public:
  explicit SequenceNumeric(const SequenceNumericColumn& column)
      : SequenceTransform(column.key, column.shape), column_(column) {}

  absl::StatusOr<SequenceTensor> Transform(
      const Features& features) const override;

 private:
  template <typename... Parts>
  absl::Status Refuse(const Parts&... parts) const {
    return absl::InvalidArgumentError(
        absl::StrCat("sequence numeric column \"", name(), "\": ", parts...));
  }

  // The output without its values.
  absl::StatusOr<SequenceTensor> Shaped(const FeatureInput& input) const {
    const std::int64_t batch = input.shape()[0];
    const std::int64_t elements = ElementsOf(column_.shape);
    std::int64_t row = 1;  // numbers of a row
    for (std::size_t axis = 1; axis < input.shape().size(); ++axis) {
      // Of a batch without rows as TensorFlow infers an axis of nothing: from
      // the axes that are not 0, whether they fit or not.
      const std::int64_t size =
          std::max<std::int64_t>(input.shape()[axis], batch == 0 ? 1 : 0);
      if (size > 0 &&
          row > kDenseValuesMax / std::max<std::int64_t>(batch, 1) / size) {
        return absl::ResourceExhaustedError(
            absl::StrCat("sequence numeric column \"", name(), "\": shape [",
                         absl::StrJoin(input.shape(), ", "), "] has more than ",
                         kDenseValuesMax, " places"));
      }
      row *= size;
    }
    if (batch != 0 && row % elements != 0) {
      return Refuse("rows of ", row, " values are no steps of ", elements);
    }
    SequenceTensor out;
    out.dense.shape = {batch, row / elements};
    out.dense.shape.insert(out.dense.shape.end(), column_.shape.begin(),
                           column_.shape.end());
    out.lengths.resize(static_cast<std::size_t>(batch));
    return out;
  }

  template <typename Value>
  absl::Status Fill(const FeatureInput& input, absl::Span<const Value> values,
                    SequenceTensor& out) const {
    if (!column_.normalizer_fn && !Holds<Value>(column_.default_value)) {
      return Refuse("default_value does not fit the feature's type, ",
                    DTypeName(input.dtype()));
    }
    DenseTensor& dense = out.dense;
    const auto count = static_cast<std::size_t>(ElementsOf(dense.shape));
    if (kIsInteger<Value> && !column_.normalizer_fn) {
      dense.dtype = input.dtype();
      dense.integers.assign(count,
                            NumberAs<std::int64_t>(column_.default_value));
      Place(input, values, out.lengths,
            [&](std::size_t place, const Value& value) {
              dense.integers[place] = AsInteger(value);
            });
      return absl::OkStatus();
    }
    if (!column_.normalizer_fn) dense.dtype = input.dtype();
    dense.values.assign(count, NumberAs<float>(column_.default_value));
    Place(input, values, out.lengths,
          [&](std::size_t place, const Value& value) {
            const float number = AsFloat(value);
            dense.values[place] =
                column_.normalizer_fn ? column_.normalizer_fn(number) : number;
          });
    return absl::OkStatus();
  }

  // Of integer types only; the others never get here.
  template <typename Value>
  static std::int64_t AsInteger(const Value& value) {
    if constexpr (kIsInteger<Value>) return static_cast<std::int64_t>(value);
    return 0;
  }

  // Calls put(place, value) for each value and finds how long sequences are. In
  // a matrix steps are groups of numbers, else they are the second axis.
  template <typename Value, typename Put>
  void Place(const FeatureInput& input, absl::Span<const Value> values,
             std::vector<std::int64_t>& lengths, Put&& put) const {
    if (values.empty()) return;
    const Features::Shape& shape = input.shape();
    std::int64_t step = shape.size() == 2 ? ElementsOf(column_.shape) : 1;
    for (std::size_t axis = 2; axis < shape.size(); ++axis) step *= shape[axis];
    const std::int64_t row_size = input.rows() * input.columns() / shape[0];
    input.VisitCells(
        values, [&](std::int64_t row, std::int64_t at, const Value& value) {
          const std::int64_t place = row * input.columns() + at;
          put(static_cast<std::size_t>(place), value);
          std::int64_t& length =
              lengths[static_cast<std::size_t>(place / row_size)];
          length = std::max(length, place % row_size / step + 1);
        });
  }

  SequenceNumericColumn column_;
};

// Behind the class: within it clang 14 makes none of the templates that the
// lambda calls.
absl::StatusOr<SequenceTensor> SequenceNumeric::Transform(
    const Features& features) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                            FeatureInput::Of(features, name()));
  if (!input.sparse()) return Refuse("the feature is dense, expected sparse");
  ROWHOUSE_ASSIGN_OR_RETURN(SequenceTensor out, Shaped(input));
  ROWHOUSE_RETURN_IF_ERROR(std::visit(
      [&]<typename Value>(absl::Span<const Value> values) -> absl::Status {
        if constexpr (kIsString<Value> || std::is_same_v<Value, bool>) {
          return Refuse("takes numbers, got ", DTypeName(input.dtype()));
        } else {
          return Fill(input, values, out);
        }
      },
      input.values()));
  return out;
}

}  // namespace

CompiledSequence CompileSequence(const SequenceNumericColumn& column) {
  ROWHOUSE_RETURN_IF_ERROR(
      CheckNumbers(column.key, column.shape, column.dtype));
  return std::make_unique<SequenceNumeric>(column);
}

}  // namespace rowhouse::internal
