// Tables and their specs.
#include <optional>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/wire/convert.h"

namespace rowhouse::wire {
namespace {

template <typename... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overload(Fs...) -> Overload<Fs...>;

absl::Status Missing(absl::string_view field) {
  return absl::InvalidArgumentError(
      absl::StrCat("spec.", field, ": missing; it has no default"));
}

absl::Status Unknown(absl::string_view field, int number) {
  return absl::InvalidArgumentError(
      absl::StrCat("spec.", field, ": ", number, " is unknown"));
}

void SetInitializer(const InitializerSpec& spec, v1::TableSpec& message) {
  std::visit(Overload{[&](const ConstantInitializer& i) {
                        message.mutable_constant()->set_value(i.value);
                      },
                      [&](const UniformInitializer& i) {
                        message.mutable_uniform()->set_low(i.low);
                        message.mutable_uniform()->set_high(i.high);
                      },
                      [&](const NormalInitializer& i) {
                        auto* normal = message.mutable_normal();
                        normal->set_mean(i.mean);
                        normal->set_stddev(i.stddev);
                        normal->set_truncated(i.truncated);
                      }},
             spec);
}

InitializerSpec Initializer(const v1::TableSpec& spec) {
  switch (spec.initializer_case()) {
    case v1::TableSpec::kUniform:
      return UniformInitializer{spec.uniform().low(), spec.uniform().high()};
    case v1::TableSpec::kNormal:
      return NormalInitializer{spec.normal().mean(), spec.normal().stddev(),
                               spec.normal().truncated()};
    case v1::TableSpec::kConstant:
    case v1::TableSpec::INITIALIZER_NOT_SET:
      return ConstantInitializer{spec.constant().value()};
  }
  return ConstantInitializer{};
}

void SetOptimizer(const OptimizerSpec& spec, v1::TableSpec& message) {
  std::visit(
      Overload{[&](const SgdSpec& o) {
                 message.mutable_sgd()->set_learning_rate(o.learning_rate);
               },
               [&](const AdagradSpec& o) {
                 auto* adagrad = message.mutable_adagrad();
                 adagrad->set_learning_rate(o.learning_rate);
                 adagrad->set_initial_accumulator(o.initial_accumulator);
                 adagrad->set_epsilon(o.epsilon);
               },
               [&](const FtrlSpec& o) {
                 auto* ftrl = message.mutable_ftrl();
                 ftrl->set_learning_rate(o.learning_rate);
                 ftrl->set_learning_rate_power(o.learning_rate_power);
                 ftrl->set_initial_accumulator(o.initial_accumulator);
                 ftrl->set_l1(o.l1);
                 ftrl->set_l2(o.l2);
                 ftrl->set_l2_shrinkage(o.l2_shrinkage);
                 ftrl->set_beta(o.beta);
               }},
      spec);
}

// A field that is not set keeps the default of the spec's struct.
absl::StatusOr<OptimizerSpec> Optimizer(const v1::TableSpec& spec) {
  switch (spec.optimizer_case()) {
    case v1::TableSpec::kSgd:
      if (!spec.sgd().has_learning_rate()) return Missing("sgd.learning_rate");
      return SgdSpec{spec.sgd().learning_rate()};
    case v1::TableSpec::kAdagrad: {
      const v1::AdagradOptimizer& o = spec.adagrad();
      if (!o.has_learning_rate()) return Missing("adagrad.learning_rate");
      AdagradSpec out;
      out.learning_rate = o.learning_rate();
      if (o.has_initial_accumulator()) {
        out.initial_accumulator = o.initial_accumulator();
      }
      if (o.has_epsilon()) out.epsilon = o.epsilon();
      return out;
    }
    case v1::TableSpec::kFtrl: {
      const v1::FtrlOptimizer& o = spec.ftrl();
      if (!o.has_learning_rate()) return Missing("ftrl.learning_rate");
      FtrlSpec out;
      out.learning_rate = o.learning_rate();
      if (o.has_learning_rate_power()) {
        out.learning_rate_power = o.learning_rate_power();
      }
      if (o.has_initial_accumulator()) {
        out.initial_accumulator = o.initial_accumulator();
      }
      out.l1 = o.l1();
      out.l2 = o.l2();
      out.l2_shrinkage = o.l2_shrinkage();
      out.beta = o.beta();
      return out;
    }
    case v1::TableSpec::OPTIMIZER_NOT_SET:
      break;
  }
  return Missing("optimizer");
}

v1::NanPolicy ToProto(NanPolicy policy) {
  switch (policy) {
    case NanPolicy::kReject:
      return v1::NAN_POLICY_REJECT;
    case NanPolicy::kSkipRow:
      return v1::NAN_POLICY_SKIP_ROW;
    case NanPolicy::kPropagate:
      return v1::NAN_POLICY_PROPAGATE;
  }
  return v1::NAN_POLICY_UNSPECIFIED;
}

absl::StatusOr<NanPolicy> FromProto(v1::NanPolicy policy) {
  switch (policy) {
    case v1::NAN_POLICY_UNSPECIFIED:
    case v1::NAN_POLICY_REJECT:
      return NanPolicy::kReject;
    case v1::NAN_POLICY_SKIP_ROW:
      return NanPolicy::kSkipRow;
    case v1::NAN_POLICY_PROPAGATE:
      return NanPolicy::kPropagate;
    default:
      return Unknown("nan_policy", policy);
  }
}

absl::StatusOr<Placement> FromProto(v1::Placement placement) {
  switch (placement) {
    case v1::PLACEMENT_UNSPECIFIED:
    case v1::PLACEMENT_HASHED:
      return Placement::kHashed;
    case v1::PLACEMENT_WHOLE:
      return Placement::kWhole;
    default:
      return Unknown("placement", placement);
  }
}

}  // namespace

v1::TableSpec ToProto(const TableSpec& spec) {
  v1::TableSpec message;
  message.set_name(spec.name);
  message.set_dim(spec.dim);
  message.set_rows(spec.rows);
  message.set_seed(spec.seed);
  SetInitializer(spec.initializer, message);
  SetOptimizer(spec.optimizer, message);
  message.set_nan_policy(ToProto(spec.nan_policy));
  message.set_durability(static_cast<v1::Durability>(spec.durability));
  message.set_placement(spec.placement == Placement::kWhole
                            ? v1::PLACEMENT_WHOLE
                            : v1::PLACEMENT_HASHED);
  return message;
}

absl::StatusOr<TableSpec> FromProto(const v1::TableSpec& spec) {
  TableSpec out;
  out.name = spec.name();
  out.dim = spec.dim();
  out.rows = spec.rows();
  out.seed = spec.seed();
  out.initializer = Initializer(spec);
  ROWHOUSE_ASSIGN_OR_RETURN(out.optimizer, Optimizer(spec));
  ROWHOUSE_ASSIGN_OR_RETURN(out.nan_policy, FromProto(spec.nan_policy()));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<Durability> durability,
                            DurabilityFromProto(spec.durability()));
  out.durability = durability.value_or(Durability::kProcess);
  ROWHOUSE_ASSIGN_OR_RETURN(out.placement, FromProto(spec.placement()));
  return out;
}

v1::Table ToProto(const TableInfo& info) {
  v1::Table message;
  *message.mutable_spec() = ToProto(info.spec);
  message.set_incarnation(info.incarnation.value());
  message.set_rows_stored(info.rows_stored);
  message.set_memory_bytes(info.memory_bytes);
  return message;
}

absl::StatusOr<TableInfo> FromProto(const v1::Table& table) {
  TableInfo info;
  ROWHOUSE_ASSIGN_OR_RETURN(info.spec, FromProto(table.spec()));
  info.incarnation = TableIncarnation(table.incarnation());
  info.rows_stored = table.rows_stored();
  info.memory_bytes = table.memory_bytes();
  return info;
}

}  // namespace rowhouse::wire
