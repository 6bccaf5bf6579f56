#include "tests/golden/optimizer_call.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/golden/arguments.h"
#include "tests/golden/optimizer_arguments.h"

namespace rowhouse::golden {
namespace {

using G = Generation;
using Call = PartlyReadCall;
using Result = absl::StatusOr<OptimizerCall>;

// An epsilon of the legacy Keras: 0 and None mean the default.
template <typename Spec>
void ReadEpsilon(const Call& call, Arguments& arguments, Spec& spec) {
  std::optional<float> epsilon = spec.epsilon;
  if (call.generation == G::kKerasLegacy) {
    arguments.Optional("epsilon", epsilon);
    spec.epsilon = epsilon.value_or(0) == 0 ? 1e-7f : *epsilon;
  } else {
    arguments.Optional("epsilon", spec.epsilon);
  }
}

// The rate, which tf.compat.v1 has no default for.
void ReadSpecRate(const Call& call, Arguments& arguments, float& rate) {
  if (call.generation == G::kTf1) {
    arguments.Required("learning_rate", rate);
  } else {
    arguments.Optional("learning_rate", rate);
  }
}

// The end of each reader below.
Result Finish(const Call& call, Arguments& arguments,
              const OptimizerSpec& spec) {
  bool use_locking = false;
  if (call.generation == G::kTf1) {
    arguments.Optional("use_locking", use_locking);
  }
  ROWHOUSE_RETURN_IF_ERROR(arguments.Finish());
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  OptimizerCall out = call.out;
  out.optimizer = spec;
  if (out.decay > 0) {
    if (out.update.schedule.index() != 0) {
      return absl::UnimplementedError(absl::StrCat(
          call.name, ": a schedule that is divided by `decay` once more"));
    }
    out.update.schedule =
        InverseTimeDecay{.initial_learning_rate = LearningRate(spec),
                         .decay_steps = 1,
                         .decay_rate = out.decay};
  }
  ROWHOUSE_RETURN_IF_ERROR(Validate(out.update));
  return out;
}

Result ReadSgd(const Call& call) {
  MomentumSpec spec{.generation = call.generation, .momentum = 0};
  Arguments arguments = call.arguments();
  ReadSpecRate(call, arguments, spec.learning_rate);
  const bool keras =
      call.generation == G::kKerasLegacy || call.generation == G::kKeras;
  if (keras) {
    arguments.Optional("momentum", spec.momentum)
        .Optional("nesterov", spec.nesterov);
  }
  if (keras) ROWHOUSE_RETURN_IF_ERROR(Validate(OptimizerSpec(spec)));
  // The one of Keras has its slot, whatever the momentum.
  if (spec.momentum != 0 || call.generation == G::kKeras) {
    return Finish(call, arguments, spec);
  }
  return Finish(call, arguments, SgdSpec{spec.learning_rate});
}

Result ReadMomentum(const Call& call) {
  MomentumSpec spec{.generation = G::kTf1};
  Arguments arguments = call.arguments();
  ReadSpecRate(call, arguments, spec.learning_rate);
  arguments.Required("momentum", spec.momentum)
      .Optional("use_nesterov", spec.nesterov);
  return Finish(call, arguments, spec);
}

Result ReadAdagrad(const Call& call) {
  AdagradSpec spec{.generation = call.generation};
  Arguments arguments = call.arguments();
  ReadSpecRate(call, arguments, spec.learning_rate);
  arguments.Optional("initial_accumulator_value", spec.initial_accumulator);
  if (call.generation == G::kKerasLegacy || call.generation == G::kKeras) {
    spec.epsilon = 1e-7f;
    ReadEpsilon(call, arguments, spec);
  }
  return Finish(call, arguments, spec);
}

Result ReadAdagradMomentum(const Call& call) {
  AdagradMomentumSpec spec;
  Arguments arguments = call.arguments();
  arguments.Optional("learning_rate", spec.learning_rate)
      .Optional("momentum", spec.momentum)
      .Optional("use_nesterov", spec.nesterov)
      .Optional("exponent", spec.exponent)
      .Optional("beta2", spec.beta_2)
      .Optional("epsilon", spec.epsilon);
  return Finish(call, arguments, spec);
}

Result ReadAdam(const Call& call) {
  AdamSpec spec{.generation = call.generation};
  Arguments arguments = call.arguments();
  const bool tf1 = call.generation == G::kTf1;
  if (tf1) spec.epsilon = 1e-8f;
  arguments.Optional("learning_rate", spec.learning_rate)
      .Optional(tf1 ? "beta1" : "beta_1", spec.beta_1)
      .Optional(tf1 ? "beta2" : "beta_2", spec.beta_2);
  ReadEpsilon(call, arguments, spec);
  if (call.generation == G::kTpu) {
    spec.lazy = true;
    spec.sum_inside_sqrt = true;
    arguments.Optional("lazy_adam", spec.lazy)
        .Optional("sum_inside_sqrt", spec.sum_inside_sqrt);
  } else if (!tf1) {
    arguments.Optional("amsgrad", spec.amsgrad);
  }
  return Finish(call, arguments, spec);
}

Result ReadRmsProp(const Call& call) {
  RmsPropSpec spec{.generation = call.generation};
  Arguments arguments = call.arguments();
  ReadSpecRate(call, arguments, spec.learning_rate);
  const bool tf1 = call.generation == G::kTf1;
  if (tf1) spec.epsilon = 1e-10f;
  arguments.Optional(tf1 ? "decay" : "rho", spec.rho)
      .Optional("momentum", spec.momentum)
      .Optional("centered", spec.centered);
  ReadEpsilon(call, arguments, spec);
  return Finish(call, arguments, spec);
}

Result ReadAdadelta(const Call& call) {
  AdadeltaSpec spec{.generation = call.generation};
  if (call.generation == G::kTf1) spec.epsilon = 1e-8f;
  Arguments arguments = call.arguments();
  arguments.Optional("learning_rate", spec.learning_rate)
      .Optional("rho", spec.rho);
  ReadEpsilon(call, arguments, spec);
  return Finish(call, arguments, spec);
}

// Adamax and Nadam.
template <typename Spec>
Result ReadMoments(const Call& call) {
  Spec spec{.generation = call.generation};
  Arguments arguments = call.arguments();
  arguments.Optional("learning_rate", spec.learning_rate)
      .Optional("beta_1", spec.beta_1)
      .Optional("beta_2", spec.beta_2);
  ReadEpsilon(call, arguments, spec);
  if constexpr (std::is_same_v<Spec, NadamSpec>) {
    if (call.generation == G::kKerasLegacy) {
      if (call.out.update.schedule.index() != 0) {
        return Refused(call, "has no schedules");
      }
      arguments.Optional("schedule_decay", spec.schedule_decay);
    }
  }
  return Finish(call, arguments, spec);
}

Result ReadFtrl(const Call& call) {
  FtrlSpec spec{.generation = call.generation};
  Arguments arguments = call.arguments();
  ReadSpecRate(call, arguments, spec.learning_rate);
  std::optional<float> beta;
  arguments.Optional("learning_rate_power", spec.learning_rate_power)
      .Optional("initial_accumulator_value", spec.initial_accumulator)
      .Optional("l1_regularization_strength", spec.l1)
      .Optional("l2_regularization_strength", spec.l2)
      .Optional("beta", beta);
  spec.beta = beta.value_or(0);
  if (call.generation == G::kTpu) {
    bool allows_zero = false;
    arguments
        .Optional("multiply_linear_by_learning_rate",
                  spec.multiply_linear_by_learning_rate)
        .Optional("allow_zero_accumulator", allows_zero);
  } else {
    arguments.Optional("l2_shrinkage_regularization_strength",
                       spec.l2_shrinkage);
  }
  std::string slot_name;
  if (call.generation == G::kTf1) {
    arguments.Optional("accum_name", slot_name)
        .Optional("linear_name", slot_name);
  }
  return Finish(call, arguments, spec);
}

Result ReadLion(const Call& call) {
  LionSpec spec;
  Arguments arguments = call.arguments();
  arguments.Optional("learning_rate", spec.learning_rate)
      .Optional("beta_1", spec.beta_1)
      .Optional("beta_2", spec.beta_2);
  return Finish(call, arguments, spec);
}

// The three with nothing but l1 and l2 beside rate and accumulator.
template <typename Spec>
Result ReadProximal(const Call& call) {
  Spec spec;
  Arguments arguments = call.arguments();
  arguments.Required("learning_rate", spec.learning_rate)
      .Optional("l1_regularization_strength", spec.l1)
      .Optional("l2_regularization_strength", spec.l2);
  if constexpr (std::is_same_v<Spec, ProximalAdagradSpec>) {
    arguments.Optional("initial_accumulator_value", spec.initial_accumulator);
  }
  if constexpr (std::is_same_v<Spec, AdagradDaSpec>) {
    double global_step = 0;  // the cases count it themselves
    arguments.Optional("global_step", global_step)
        .Optional("initial_gradient_squared_accumulator_value",
                  spec.initial_accumulator);
  }
  return Finish(call, arguments, spec);
}

struct Reader {
  absl::string_view name;
  Result (*read)(const Call&);
};
constexpr Reader kTf1Readers[] = {
    {"GradientDescentOptimizer", ReadSgd},
    {"MomentumOptimizer", ReadMomentum},
    {"AdagradOptimizer", ReadAdagrad},
    {"AdamOptimizer", ReadAdam},
    {"RMSPropOptimizer", ReadRmsProp},
    {"AdadeltaOptimizer", ReadAdadelta},
    {"FtrlOptimizer", ReadFtrl},
    {"ProximalGradientDescentOptimizer", ReadProximal<ProximalSgdSpec>},
    {"ProximalAdagradOptimizer", ReadProximal<ProximalAdagradSpec>},
    {"AdagradDAOptimizer", ReadProximal<AdagradDaSpec>}};
constexpr Reader kLegacyReaders[] = {{"SGD", ReadSgd},
                                     {"Adagrad", ReadAdagrad},
                                     {"Adam", ReadAdam},
                                     {"RMSprop", ReadRmsProp},
                                     {"Ftrl", ReadFtrl},
                                     {"Adadelta", ReadAdadelta},
                                     {"Adamax", ReadMoments<AdamaxSpec>},
                                     {"Nadam", ReadMoments<NadamSpec>}};
constexpr Reader kKerasReaders[] = {{"SGD", ReadSgd},
                                    {"Adagrad", ReadAdagrad},
                                    {"Adam", ReadAdam},
                                    {"AdamW", ReadAdam},
                                    {"RMSprop", ReadRmsProp},
                                    {"Ftrl", ReadFtrl},
                                    {"Adadelta", ReadAdadelta},
                                    {"Adamax", ReadMoments<AdamaxSpec>},
                                    {"Nadam", ReadMoments<NadamSpec>},
                                    {"Lion", ReadLion}};
constexpr Reader kTpuReaders[] = {{"SGD", ReadSgd},
                                  {"Adagrad", ReadAdagrad},
                                  {"AdagradMomentum", ReadAdagradMomentum},
                                  {"FTRL", ReadFtrl},
                                  {"Adam", ReadAdam}};

struct Family {
  G generation;
  absl::Span<const Reader> readers;
  absl::Status (*read_common)(Call&);
};
constexpr Family kFamilies[] = {
    {G::kTf1, kTf1Readers, nullptr},
    {G::kKerasLegacy, kLegacyReaders, ReadLegacyArguments},
    {G::kKeras, kKerasReaders, ReadKerasArguments},
    {G::kTpu, kTpuReaders, ReadTpuArguments}};

absl::StatusOr<const Family*> FamilyOf(const Json& call) {
  for (const Family& family : kFamilies) {
    if (call.at("family") == std::string(GenerationName(family.generation))) {
      return &family;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown family ", call.at("family").dump()));
}

}  // namespace

absl::StatusOr<OptimizerCall> ReadOptimizerCall(const Json& json) {
  static constexpr absl::string_view kMembers[] = {"family", "name",
                                                   "arguments"};
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("optimizer", json, kMembers));
  ROWHOUSE_ASSIGN_OR_RETURN(const Family* family, FamilyOf(json));
  Call call;
  call.name = json.at("name").get<std::string>();
  call.generation = family->generation;
  call.json = json.at("arguments");
  call.out.constrains_rows =
      call.generation == G::kKeras || call.generation == G::kTpu;
  if (call.generation == G::kKeras && call.name == "Adafactor") {
    return absl::UnimplementedError(
        "Adafactor: each row depends on all others in every step");
  }
  const bool is_lazy_off = call.generation == G::kTpu &&
                           !call.json.value("lazy_adam", true) &&
                           !call.json.value("use_gradient_accumulation", true);
  if (is_lazy_off) {
    return Refused(call, "lazy_adam and use_gradient_accumulation are off");
  }
  ROWHOUSE_RETURN_IF_ERROR(ReadSchedule(call));
  if (family->read_common != nullptr) {
    ROWHOUSE_RETURN_IF_ERROR(family->read_common(call));
  }
  for (const Reader& reader : family->readers) {
    if (reader.name == call.name) return reader.read(call);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown optimizer '", call.name, "'"));
}

Moment MomentOfRefusal(const Json& call) {
  const bool has_kernel =
      call.at("family") == "tf1" || call.at("family") == "keras_legacy";
  const Json& arguments = call.at("arguments");
  const std::string name = call.at("name");
  const auto below = [&](const char* key, bool or_0) {
    const auto it = arguments.find(key);
    return it != arguments.end() && it->is_number() &&
           (*it < 0 || (or_0 && *it == 0));
  };
  const bool proximal = name == "ProximalAdagradOptimizer";
  const bool divides = proximal || absl::StartsWith(name, "Ftrl");
  const bool at_run =
      below("beta", false) || below("learning_rate", divides) ||
      (proximal && (below("l1_regularization_strength", false) ||
                    below("l2_regularization_strength", false)));
  return has_kernel && at_run ? Moment::kRun : Moment::kConstruct;
}

absl::StatusOr<ConstraintSpec> ReadConstraint(const Json& call) {
  const auto name = call.at("name").get<std::string>();
  Json json = call.at("arguments");
  if (name == "NonNeg") {
    ROWHOUSE_RETURN_IF_ERROR(Arguments(name, json).Finish());
    return NonNeg{};
  }
  // An axis alone, or a list of one.
  Json axis = json.value("axis", Json(0));
  json.erase("axis");
  if (axis.is_array() && axis.size() == 1) axis = Json(axis[0]);
  Arguments arguments(name, json);
  ConstraintSpec constraint;
  if (name == "MaxNorm") {
    MaxNorm spec;
    arguments.Optional("max_value", spec.max_value);
    constraint = spec;
  } else if (name == "UnitNorm") {
    constraint = UnitNorm{};
  } else if (name == "MinMaxNorm") {
    MinMaxNorm spec;
    arguments.Optional("min_value", spec.min_value)
        .Optional("max_value", spec.max_value)
        .Optional("rate", spec.rate);
    constraint = spec;
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown constraint '", name, "'"));
  }
  ROWHOUSE_RETURN_IF_ERROR(arguments.Finish());
  ROWHOUSE_RETURN_IF_ERROR(Validate(UpdateSpec{.constraint = constraint}));
  if (axis == 1 || axis == -1) return constraint;
  return absl::UnimplementedError(
      absl::StrCat(name, " along axis ", axis.dump(),
                   " is one over the whole table; along axis 1 it is the "
                   "row's"));
}

}  // namespace rowhouse::golden
