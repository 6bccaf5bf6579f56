#include "tests/golden/tpu_parameters.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/golden/compare.h"
#include "tests/golden/optimizer_table.h"

namespace rowhouse::golden {
namespace {

// A float as the number that a program wrote: the hardware gets a float.
Json Written(double value) {
  return Json::parse(absl::StrCat(static_cast<float>(value)));
}

Json Own(const SgdSpec&) { return Json::object(); }
Json Own(const AdagradSpec&) { return Json::object(); }
Json Own(const AdagradMomentumSpec& o) {
  return {{"momentum", Written(o.momentum)},
          {"use_nesterov", o.nesterov},
          {"exponent", Written(o.exponent)},
          {"beta2", Written(o.beta_2)},
          {"epsilon", Written(o.epsilon)}};
}
Json Own(const FtrlSpec& o) {
  return {{"l1", Written(o.l1)},
          {"l2", Written(o.l2)},
          {"lr_power", Written(o.learning_rate_power)},
          {"beta", Written(o.beta)},
          {"multiply_linear_by_lr", o.multiply_linear_by_learning_rate}};
}
Json Own(const AdamSpec& o) {
  return {{"beta1", Written(o.beta_1)},
          {"beta2", Written(o.beta_2)},
          {"epsilon", Written(o.epsilon)},
          {"use_non_lazy_adam", !o.lazy},
          {"use_sum_inside_sqrt", o.sum_inside_sqrt}};
}
template <typename Spec>
Json Own(const Spec&) {
  return Json();
}

// The field of the optimizer's own parameters.
std::string OwnField(const OptimizerSpec& optimizer) {
  if (std::holds_alternative<SgdSpec>(optimizer)) {
    return "stochastic_gradient_descent";
  }
  return std::string(OptimizerName(optimizer));
}

void SetLimits(const char* field, const ValueLimits& limits, Json& out) {
  if (limits.min.has_value()) out[field]["lower"] = Written(*limits.min);
  if (limits.max.has_value()) out[field]["upper"] = Written(*limits.max);
}

// What a spec says, as parameters.
Json ParametersOf(const OptimizerCall& call) {
  Json out;
  out[OwnField(call.optimizer)] =
      std::visit([](const auto& o) { return Own(o); }, call.optimizer);
  SetLimits("gradient_clipping_limits", call.update.gradient_limits, out);
  SetLimits("clipping_limits", call.update.weight_limits, out);
  const WeightDecay& decay = call.update.weight_decay;
  out["weight_decay_factor"] = Written(decay.factor);
  out["multiply_weight_decay_factor_by_learning_rate"] =
      decay.factor != 0 && decay.multiply_by_learning_rate;
  out["learning_rate"] = Written(LearningRate(call.optimizer));
  return out;
}

// Takes out of `expected` what concerns the hardware alone, and what a rate
// that is a function has no number for; each is checked against the arguments.
absl::Status RemoveHardware(const Json& arguments, Json& parameters,
                            Json& expected) {
  const Json accumulation = arguments.value("use_gradient_accumulation", true)
                                ? "ENABLED"
                                : "DISABLED";
  ROWHOUSE_RETURN_IF_ERROR(
      CompareExactly("gradient_accumulation_status", accumulation,
                     expected.at("gradient_accumulation_status")));
  expected.erase("gradient_accumulation_status");
  const Json packing = arguments.value("low_dimensional_packing_status", false)
                           ? "ENABLED"
                           : "UNSPECIFIED";
  ROWHOUSE_RETURN_IF_ERROR(
      CompareExactly("low_dimensional_packing_status", packing,
                     expected.at("low_dimensional_packing_status")));
  expected.erase("low_dimensional_packing_status");
  if (expected.contains("ftrl")) {
    ROWHOUSE_RETURN_IF_ERROR(
        CompareExactly("allow_zero_accumulator",
                       Json(arguments.value("allow_zero_accumulator", false)),
                       expected.at("ftrl").at("allow_zero_accumulator")));
    expected.at("ftrl").erase("allow_zero_accumulator");
  }
  if (arguments.value("learning_rate", Json()) == "callable") {
    parameters["learning_rate"] = "callable";
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunTpuParameters(const Case& test, const OptimizerCall& call) {
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  Json expected = test.expect.at("parameters");
  Json parameters = ParametersOf(call);
  ROWHOUSE_RETURN_IF_ERROR(RemoveHardware(
      test.given.at("optimizer").at("arguments"), parameters, expected));
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("parameters", parameters, expected));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const OptimizerTable table,
      OptimizerTable::Make({.optimizer = call.optimizer, .update = call.update},
                           test.given.at("initial")));
  return CompareSlots(table, test.expect.at("slots"), test.tolerance);
}

}  // namespace rowhouse::golden
