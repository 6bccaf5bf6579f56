#include "tests/golden/kinds/optimizer.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "kernels/clip.h"
#include "kernels/schedule.h"
#include "tests/golden/compare.h"
#include "tests/golden/optimizer_call.h"
#include "tests/golden/optimizer_table.h"
#include "tests/golden/tpu_parameters.h"

namespace rowhouse::golden {
namespace {

// The slices of a gradient: those recorded, or one per row of a dense one.
absl::StatusOr<RowGradient> ReadGradient(const Json& json) {
  if (json.contains("rows")) return ReadRowGradient(json);
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, ReadTensor(json));
  if (tensor.shape.size() != 2) {
    return absl::InvalidArgumentError("a dense gradient is no matrix");
  }
  RowGradient gradient;
  gradient.dim = static_cast<std::uint32_t>(tensor.shape[1]);
  ROWHOUSE_ASSIGN_OR_RETURN(gradient.values, FloatsOf(tensor));
  for (std::int64_t id = 0; id < tensor.shape[0]; ++id) {
    gradient.ids.push_back(id);
  }
  return gradient;
}

absl::Status CompareWeights(absl::string_view what, const OptimizerTable& table,
                            const Json& expected, double tolerance) {
  const auto rows = static_cast<std::int64_t>(table.rows());
  return CompareDense(what, {rows, table.spec().dim}, table.Weights(), expected,
                      tolerance);
}

// A case that trains: the variable, perhaps a second one, and the rate.
class Training {
 public:
  static absl::StatusOr<Training> Make(const Case& test, OptimizerCall call) {
    TableSpec spec{.optimizer = call.optimizer, .update = call.update};
    Training training(std::move(call));
    for (const char* key : {"initial", "other_initial"}) {
      if (!test.given.contains(key)) continue;
      ROWHOUSE_ASSIGN_OR_RETURN(OptimizerTable table,
                                OptimizerTable::Make(spec, test.given.at(key)));
      training.tables_.push_back(std::move(table));
    }
    return training;
  }

  // The errors of TensorFlow when the step is run.
  absl::Status Step(const Json& step) {
    ROWHOUSE_RETURN_IF_ERROR(SetRate(step));
    ROWHOUSE_ASSIGN_OR_RETURN(const kernels::StepTerms terms, Terms());
    // A variable without a gradient is left out.
    std::vector<std::optional<RowGradient>> gradients(tables_.size());
    std::vector<kernels::GradientPieces> pieces;
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const char* key = i == 0 ? "gradient" : "other_gradient";
      const auto it = step.find(key);
      if (it == step.end() || it->is_null()) continue;
      const bool is_rows = it->contains("rows");
      if (is_rows && IsConstrained() && !call_.constrains_rows) {
        return absl::FailedPreconditionError(
            "a row gradient of a variable with a constraint");
      }
      ROWHOUSE_ASSIGN_OR_RETURN(gradients[i], ReadGradient(*it));
      pieces.push_back({absl::MakeSpan(gradients[i]->values)});
    }
    kernels::ClipGradients(call_.update.clipping, pieces);
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (!gradients[i].has_value()) continue;
      // Of others that are not finite TensorFlow makes NaN.
      if (std::isfinite(terms.learning_rate)) {
        ROWHOUSE_RETURN_IF_ERROR(
            ValidateRate(call_.optimizer, terms.learning_rate));
      }
      ROWHOUSE_RETURN_IF_ERROR(tables_[i].Step(terms, *gradients[i]));
    }
    ++done_;
    return absl::OkStatus();
  }

  absl::Status Compare(const Json& expected, double tolerance) const {
    ROWHOUSE_RETURN_IF_ERROR(CompareWeights(
        "variable", tables_[0], expected.at("variable"), tolerance));
    if (expected.contains("other_variable")) {
      ROWHOUSE_RETURN_IF_ERROR(CompareWeights("other_variable", tables_.at(1),
                                              expected.at("other_variable"),
                                              tolerance));
    }
    return CompareSlots(tables_[0], expected.at("slots"), tolerance);
  }

  // The end of training: what a moving average has in place of the weights.
  absl::Status CompareFinal(const Json& expected, double tolerance) const {
    const OptimizerTable& table = tables_[0];
    if (!call_.update.moving_average.has_value()) {
      return CompareWeights("finalized_variable", table, expected, tolerance);
    }
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> average,
                              table.SlotValues("average"));
    const auto rows = static_cast<std::int64_t>(table.rows());
    return CompareDense("finalized_variable", {rows, table.spec().dim}, average,
                        expected, tolerance);
  }

 private:
  explicit Training(OptimizerCall call) : call_(std::move(call)) {}

  bool IsConstrained() const { return call_.update.constraint.index() != 0; }

  absl::Status SetRate(const Json& step) {
    if (!step.contains("learning_rate")) return absl::OkStatus();
    if (!call_.rate_may_be_set) {
      return absl::InvalidArgumentError(
          "the rate of an optimizer with a schedule is set");
    }
    ROWHOUSE_ASSIGN_OR_RETURN(const double rate,
                              ReadNumber(step.at("learning_rate")));
    rate_ = static_cast<float>(rate);
    return absl::OkStatus();
  }

  absl::StatusOr<kernels::StepTerms> Terms() const {
    if (rate_.has_value()) {
      const float divisor = 1 + call_.decay * static_cast<float>(done_);
      return kernels::StepTerms{*rate_ / divisor, done_};
    }
    const std::optional<float> rate = kernels::LearningRate(
        call_.update.schedule, LearningRate(call_.optimizer), done_);
    if (rate.has_value()) return kernels::StepTerms{*rate, done_};
    return absl::InvalidArgumentError(
        absl::StrCat("two pieces claim step ", done_));
  }

  OptimizerCall call_;
  std::vector<OptimizerTable> tables_;
  std::optional<float> rate_;  // that the program set
  std::uint64_t done_ = 0;
};

Outcome Train(const Case& test, OptimizerCall call) {
  ROWHOUSE_ASSIGN_OR_RETURN(Training training,
                            Training::Make(test, std::move(call)));
  // Beside an error stand the steps before it.
  const Json& expected = test.expect.value(
      test.error.has_value() ? "steps_before_error" : "steps", Json::array());
  std::size_t done = 0;
  for (const Json& step : test.given.at("steps")) {
    const absl::Status status = training.Step(step);
    if (!status.ok()) {
      if (done < expected.size()) return status;
      return CheckError(test, Moment::kRun, status);
    }
    if (done < expected.size()) {
      const absl::Status equal =
          training.Compare(expected[done], test.tolerance);
      if (!equal.ok()) {
        return absl::InternalError(
            absl::StrCat("step ", done, ": ", equal.message()));
      }
    }
    ++done;
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  if (done != expected.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(done, " steps given, ", expected.size(), " expected"));
  }
  if (!test.expect.contains("finalized_variable")) return absl::OkStatus();
  return training.CompareFinal(test.expect.at("finalized_variable"),
                               test.tolerance);
}

// Is a constraint there, and is it one that an optimizer of rows may have?
absl::StatusOr<ConstraintSpec> ConstraintOf(const Case& test) {
  if (!test.given.contains("constraint")) return ConstraintSpec();
  return ReadConstraint(test.given.at("constraint"));
}

bool HasRowGradients(const Case& test) {
  return test.given.at("steps").at(0).at("gradient").contains("rows");
}

// The legacy Keras refuses rows of a constrained variable along any axis.
bool IsRefusedForItsRows(const Case& test, const OptimizerCall& call) {
  return !call.constrains_rows && test.given.contains("constraint") &&
         HasRowGradients(test);
}

Outcome RunOptimizer(const Case& test, Context&) {
  const Json& given = test.given.at("optimizer");
  auto call = ReadOptimizerCall(given);
  if (absl::IsUnimplemented(call.status())) {
    return Outcome::Refused(std::string(call.status().message()));
  }
  if (!call.ok()) {
    return CheckError(test, MomentOfRefusal(given), call.status());
  }
  if (given.at("family") == "tpu") return RunTpuParameters(test, *call);
  if (IsRefusedForItsRows(test, *call)) {
    return CheckError(test, Moment::kRun,
                      absl::FailedPreconditionError(
                          "a row gradient of a variable with a constraint"));
  }
  auto constraint = ConstraintOf(test);
  if (absl::IsUnimplemented(constraint.status())) {
    return Outcome::Refused(std::string(constraint.status().message()));
  }
  if (!constraint.ok()) {
    return CheckError(test, Moment::kConstruct, constraint.status());
  }
  call->update.constraint = *constraint;
  if (auto* lion = std::get_if<LionSpec>(&call->optimizer)) {
    lion->dense_gradients = !HasRowGradients(test);
  }
  return Train(test, *std::move(call));
}

}  // namespace

Kind OptimizerKind() {
  return {
      .name = "optimizer",
      .given = {"optimizer", "initial", "steps", "constraint", "other_initial"},
      .expected = {"steps", "finalized_variable", "steps_before_error",
                   "parameters", "slots"},
      .run = RunOptimizer};
}

}  // namespace rowhouse::golden
