#include "rowhouse/optimizers.h"

#include <cmath>
#include <initializer_list>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

namespace rowhouse {
namespace {

// The arguments of one optimizer under inspection. Keeps the first complaint.
class Arguments {
 public:
  explicit Arguments(absl::string_view optimizer) : optimizer_(optimizer) {}

  void Finite(absl::string_view name, double value) {
    Require(std::isfinite(value), name, value, "is not finite");
  }
  void AtLeast0(absl::string_view name, double value) {
    Require(value >= 0, name, value, "is not >= 0");
    Finite(name, value);
  }
  void Above0(absl::string_view name, double value) {
    Require(value > 0, name, value, "is not > 0");
    Finite(name, value);
  }
  void In0To1(absl::string_view name, double value) {
    Require(value >= 0 && value <= 1, name, value, "is not in [0, 1]");
  }
  // A moment that decays by this is corrected by 1 - beta^t, which is 0.
  void Below1(absl::string_view name, double value) {
    Require(static_cast<float>(value) != 1.0f, name, value,
            "rounds to 1, so that its correction divides by zero");
  }
  void Generation(Generation got,
                  std::initializer_list<rowhouse::Generation> known) {
    if (absl::c_linear_search(known, got)) return;
    Refuse(absl::StrCat("has no generation '", GenerationName(got), "'"));
  }
  void Require(bool holds, absl::string_view name, double value,
               absl::string_view complaint) {
    if (holds) return;
    // A float prints as it was written, not with the digits of its double.
    Refuse(absl::StrCat(name, " ", static_cast<float>(value), " ", complaint));
  }
  void Refuse(absl::string_view complaint) {
    status_.Update(
        absl::InvalidArgumentError(absl::StrCat(optimizer_, " ", complaint)));
  }
  const absl::Status& status() const { return status_; }

 private:
  const absl::string_view optimizer_;
  absl::Status status_;
};

using G = Generation;

constexpr double kNadamBetaMax = 0.9999;

void Check(const SgdSpec&, Arguments&) {}

void Check(const MomentumSpec& o, Arguments& arguments) {
  arguments.Generation(o.generation, {G::kTf1, G::kKerasLegacy, G::kKeras});
  if (o.generation == G::kTf1) {
    arguments.Finite("momentum", o.momentum);
  } else {
    arguments.In0To1("momentum", o.momentum);
  }
}

void Check(const AdagradSpec& o, Arguments& arguments) {
  if (o.generation == G::kKeras) {
    arguments.Finite("initial_accumulator", o.initial_accumulator);
    arguments.Finite("epsilon", o.epsilon);
    return;
  }
  if (o.generation == G::kTpu) {
    arguments.Above0("initial_accumulator", o.initial_accumulator);
  }
  arguments.AtLeast0("initial_accumulator", o.initial_accumulator);
  arguments.AtLeast0("epsilon", o.epsilon);
  arguments.Require(o.initial_accumulator != 0 || o.epsilon != 0,
                    "initial_accumulator", 0,
                    "with epsilon 0 divides a zero gradient by zero");
}

void Check(const AdagradMomentumSpec& o, Arguments& arguments) {
  arguments.Finite("momentum", o.momentum);
  arguments.Above0("exponent", o.exponent);
  arguments.Finite("beta_2", o.beta_2);
  arguments.Above0("epsilon", o.epsilon);
}

void Check(const RowWiseAdagradSpec& o, Arguments& arguments) {
  arguments.AtLeast0("initial_accumulator", o.initial_accumulator);
  arguments.AtLeast0("epsilon", o.epsilon);
  arguments.Require(o.initial_accumulator != 0 || o.epsilon != 0,
                    "initial_accumulator", 0,
                    "with epsilon 0 divides a zero gradient by zero");
}

void Check(const AdamSpec& o, Arguments& arguments) {
  if (o.generation != G::kTpu) {
    arguments.Finite("beta_1", o.beta_1);
    arguments.Below1("beta_1", o.beta_1);
    arguments.Finite("beta_2", o.beta_2);
    arguments.Finite("epsilon", o.epsilon);
    if (o.sum_inside_sqrt) {
      arguments.Refuse("sum_inside_sqrt is of generation 'tpu' only");
    }
    return;
  }
  arguments.Require(o.beta_1 >= 0 && o.beta_1 < 1, "beta_1", o.beta_1,
                    "is not in [0, 1)");
  arguments.Require(o.beta_2 >= 0 && o.beta_2 < 1, "beta_2", o.beta_2,
                    "is not in [0, 1)");
  arguments.Above0("epsilon", o.epsilon);
  if (o.amsgrad) arguments.Refuse("amsgrad has no generation 'tpu'");
}

void Check(const RmsPropSpec& o, Arguments& arguments) {
  arguments.Generation(o.generation, {G::kTf1, G::kKerasLegacy, G::kKeras});
  arguments.Finite("rho", o.rho);
  arguments.Finite("epsilon", o.epsilon);
  if (o.generation == G::kKerasLegacy) {
    arguments.In0To1("momentum", o.momentum);
  } else {
    arguments.Finite("momentum", o.momentum);
  }
}

void Check(const AdadeltaSpec& o, Arguments& arguments) {
  arguments.Generation(o.generation, {G::kTf1, G::kKerasLegacy, G::kKeras});
  arguments.Finite("rho", o.rho);
  arguments.Finite("epsilon", o.epsilon);
}

void Check(const AdamaxSpec& o, Arguments& arguments) {
  arguments.Generation(o.generation, {G::kKerasLegacy, G::kKeras});
  arguments.Finite("beta_1", o.beta_1);
  arguments.Below1("beta_1", o.beta_1);
  arguments.Finite("beta_2", o.beta_2);
  arguments.Finite("epsilon", o.epsilon);
}

void Check(const NadamSpec& o, Arguments& arguments) {
  arguments.Generation(o.generation, {G::kKerasLegacy, G::kKeras});
  // The product of the momenta is worked from step 1 on until it has vanished,
  // which it must do in a bounded number of steps.
  arguments.Require(std::fabs(o.beta_1) <= kNadamBetaMax, "beta_1", o.beta_1,
                    "is not in [-0.9999, 0.9999]");
  arguments.Finite("beta_2", o.beta_2);
  arguments.Below1("beta_2", o.beta_2);
  arguments.Finite("epsilon", o.epsilon);
  arguments.AtLeast0("schedule_decay", o.schedule_decay);
}

void Check(const FtrlSpec& o, Arguments& arguments) {
  if (o.generation == G::kTpu) {
    arguments.Above0("initial_accumulator", o.initial_accumulator);
    arguments.Finite("learning_rate_power", o.learning_rate_power);
    arguments.Finite("l1", o.l1);
    arguments.Finite("l2", o.l2);
    arguments.Finite("l2_shrinkage", o.l2_shrinkage);
    arguments.Finite("beta", o.beta);
    return;
  }
  if (o.generation == G::kKeras) {
    arguments.Finite("beta", o.beta);
  } else {
    arguments.Above0("learning_rate", o.learning_rate);
    arguments.AtLeast0("beta", o.beta);
  }
  arguments.Finite("learning_rate_power", o.learning_rate_power);
  arguments.Require(o.learning_rate_power <= 0, "learning_rate_power",
                    o.learning_rate_power, "is not <= 0");
  arguments.AtLeast0("initial_accumulator", o.initial_accumulator);
  arguments.AtLeast0("l1", o.l1);
  arguments.AtLeast0("l2", o.l2);
  arguments.AtLeast0("l2_shrinkage", o.l2_shrinkage);
}

void Check(const LionSpec& o, Arguments& arguments) {
  arguments.Require(o.beta_1 > 0 && o.beta_1 <= 1, "beta_1", o.beta_1,
                    "is not in (0, 1]");
  arguments.Finite("beta_2", o.beta_2);
}

void Check(const ProximalSgdSpec& o, Arguments& arguments) {
  arguments.AtLeast0("l1", o.l1);
  arguments.AtLeast0("l2", o.l2);
}

void Check(const ProximalAdagradSpec& o, Arguments& arguments) {
  arguments.Above0("initial_accumulator", o.initial_accumulator);
  arguments.AtLeast0("l1", o.l1);
  arguments.AtLeast0("l2", o.l2);
}

void Check(const AdagradDaSpec& o, Arguments& arguments) {
  arguments.Above0("initial_accumulator", o.initial_accumulator);
  arguments.AtLeast0("l1", o.l1);
  arguments.AtLeast0("l2", o.l2);
}

void Check(const YogiSpec& o, Arguments& arguments) {
  arguments.Finite("beta_1", o.beta_1);
  arguments.Below1("beta_1", o.beta_1);
  arguments.Finite("beta_2", o.beta_2);
  arguments.Finite("epsilon", o.epsilon);
  arguments.AtLeast0("initial_accumulator", o.initial_accumulator);
  arguments.Require(o.initial_accumulator != 0 || o.epsilon != 0,
                    "initial_accumulator", 0,
                    "with epsilon 0 divides a zero gradient by zero");
}

void Check(const LambSpec& o, Arguments& arguments) {
  arguments.Finite("beta_1", o.beta_1);
  arguments.Below1("beta_1", o.beta_1);
  arguments.Finite("beta_2", o.beta_2);
  arguments.Below1("beta_2", o.beta_2);
  arguments.Finite("epsilon", o.epsilon);
  arguments.Require(o.epsilon != 0, "epsilon", 0,
                    "divides a zero gradient by zero");
  arguments.Finite("weight_decay", o.weight_decay);
}

// In the order of OptimizerSpec's alternatives.
constexpr absl::string_view kNames[] = {
    "sgd",  "momentum", "adagrad",      "adagrad_momentum", "row_wise_adagrad",
    "adam", "rms_prop", "adadelta",     "adamax",           "nadam",
    "ftrl", "lion",     "proximal_sgd", "proximal_adagrad", "adagrad_da",
    "yogi", "lamb"};
static_assert(std::size(kNames) == std::variant_size_v<OptimizerSpec>);

}  // namespace

absl::string_view GenerationName(Generation generation) {
  switch (generation) {
    case Generation::kTf1:
      return "tf1";
    case Generation::kKerasLegacy:
      return "keras_legacy";
    case Generation::kKeras:
      return "keras";
    case Generation::kTpu:
      return "tpu";
  }
  return "";
}

absl::string_view OptimizerName(const OptimizerSpec& optimizer) {
  return kNames[optimizer.index()];
}

float LearningRate(const OptimizerSpec& optimizer) {
  return std::visit([](const auto& o) { return o.learning_rate; }, optimizer);
}

absl::Status ValidateRate(const OptimizerSpec& optimizer, float rate) {
  Arguments arguments(OptimizerName(optimizer));
  arguments.Finite("learning_rate", rate);
  if (const auto* ftrl = std::get_if<FtrlSpec>(&optimizer)) {
    if (ftrl->generation == G::kTpu) {
      arguments.Require(rate != 0 || ftrl->multiply_linear_by_learning_rate,
                        "learning_rate", rate, "divides by zero");
    } else if (ftrl->generation != G::kKeras) {
      arguments.Above0("learning_rate", rate);
    }
  }
  if (std::holds_alternative<ProximalAdagradSpec>(optimizer)) {
    arguments.Above0("learning_rate", rate);
  }
  return arguments.status();
}

absl::Status Validate(const OptimizerSpec& optimizer) {
  Arguments arguments(OptimizerName(optimizer));
  arguments.Finite("learning_rate", LearningRate(optimizer));
  std::visit([&](const auto& o) { Check(o, arguments); }, optimizer);
  return arguments.status();
}

}  // namespace rowhouse
