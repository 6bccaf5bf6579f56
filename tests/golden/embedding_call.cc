#include "tests/golden/embedding_call.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/golden/arguments.h"
#include "tests/golden/case.h"
#include "tests/golden/kinds/initializer.h"

namespace rowhouse::golden {
namespace {

using keras::AxisConstraint;
using keras::L1L2;
using keras::OrthogonalRegularizer;

absl::Status Refuse(absl::string_view argument, const Json& value) {
  return absl::InvalidArgumentError(absl::StrCat("Embedding: argument '",
                                                 argument, "' cannot be ",
                                                 value.dump().substr(0, 200)));
}

// As Python compares with 0: True is 1.
absl::StatusOr<std::int64_t> ReadDimension(const Json& call, const char* name,
                                           absl::Status& table_error) {
  if (!call.contains(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat("Embedding: argument '", name, "' is missing"));
  }
  const Json& value = call.at(name);
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number()) return Refuse(name, value);
  table_error.Update(Refuse(name, value));
  return value.get<double>() > 0 ? 1 : -1;
}

// A name or {name, arguments}.
struct NamedCall {
  std::string name;
  std::optional<Json> arguments;
};

absl::StatusOr<NamedCall> ReadNamedCall(absl::string_view argument,
                                        const Json& value) {
  NamedCall call;
  if (value.is_string()) {
    call.name = value.get<std::string>();
    return call;
  }
  if (!value.is_object() || value.size() != 2 || !value.contains("name") ||
      !value.at("name").is_string() || !value.contains("arguments")) {
    return Refuse(argument, value);
  }
  call.name = value.at("name").get<std::string>();
  call.arguments = value.at("arguments");
  return call;
}

// None is the coefficient's default.
absl::StatusOr<L1L2> ReadL1L2(const NamedCall& call) {
  const bool one = call.name == "L1" || call.name == "l1";
  const bool two = call.name == "L2" || call.name == "l2";
  std::optional<float> l1, l2;
  if (call.name == "l1_l2") l1 = l2 = keras::kPenalty;
  Arguments arguments(call.name, *call.arguments);
  if (!two) arguments.Optional("l1", l1);
  if (!one) arguments.Optional("l2", l2);
  ROWHOUSE_RETURN_IF_ERROR(arguments.Finish());
  return L1L2{l1.value_or(one ? keras::kPenalty : 0.0f),
              l2.value_or(two ? keras::kPenalty : 0.0f)};
}

absl::StatusOr<OrthogonalRegularizer> ReadOrthogonal(const NamedCall& call) {
  OrthogonalRegularizer out;
  std::string mode = "rows";
  ROWHOUSE_RETURN_IF_ERROR(Arguments(call.name, *call.arguments)
                               .Optional("factor", out.factor)
                               .Optional("mode", mode)
                               .Finish());
  if (mode == "columns") {
    out.mode = OrthogonalRegularizer::Mode::kColumns;
  } else if (mode != "rows") {
    return absl::InvalidArgumentError(absl::StrCat(
        call.name, ": mode is 'rows' or 'columns', not '", mode, "'"));
  }
  return out;
}

absl::StatusOr<keras::Regularizer> ReadRegularizer(const Json& layer,
                                                   const char* argument) {
  const auto value = layer.find(argument);
  if (value == layer.end() || value->is_null()) return keras::Regularizer();
  ROWHOUSE_ASSIGN_OR_RETURN(const NamedCall call,
                            ReadNamedCall(argument, *value));
  if (!call.arguments.has_value()) return keras::Regularizer(call.name);
  for (const char* name : {"L1", "l1", "L2", "l2", "L1L2", "l1_l2"}) {
    if (call.name != name) continue;
    ROWHOUSE_ASSIGN_OR_RETURN(const L1L2 sums, ReadL1L2(call));
    return keras::Regularizer(sums);
  }
  if (call.name != "OrthogonalRegularizer" &&
      call.name != "orthogonal_regularizer") {
    return Refuse(argument, *value);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const auto products, ReadOrthogonal(call));
  return keras::Regularizer(products);
}

// One axis or a list of them.
absl::Status ReadAxis(const Json& value, std::vector<std::int64_t>& axis) {
  if (value.is_number_integer()) {
    axis = {value.get<std::int64_t>()};
    return absl::OkStatus();
  }
  if (!value.is_array()) return Refuse("axis", value);
  axis.clear();
  for (const Json& item : value) {
    if (!item.is_number_integer()) return Refuse("axis", value);
    axis.push_back(item.get<std::int64_t>());
  }
  return absl::OkStatus();
}

absl::StatusOr<ConstraintSpec> ReadRule(const std::string& name,
                                        const Json& json) {
  Arguments arguments(name, json);
  if (name == "MaxNorm") {
    MaxNorm rule;
    ROWHOUSE_RETURN_IF_ERROR(
        arguments.Optional("max_value", rule.max_value).Finish());
    return rule;
  }
  if (name == "MinMaxNorm") {
    MinMaxNorm rule;
    ROWHOUSE_RETURN_IF_ERROR(arguments.Optional("min_value", rule.min_value)
                                 .Optional("max_value", rule.max_value)
                                 .Optional("rate", rule.rate)
                                 .Finish());
    return rule;
  }
  ROWHOUSE_RETURN_IF_ERROR(arguments.Finish());
  if (name == "UnitNorm") return UnitNorm{};
  if (name == "NonNeg") return NonNeg{};
  return absl::InvalidArgumentError(
      absl::StrCat("unknown constraint '", name, "'"));
}

absl::StatusOr<keras::Constraint> ReadAxisConstraint(const Json& value) {
  ROWHOUSE_ASSIGN_OR_RETURN(NamedCall call,
                            ReadNamedCall("embeddings_constraint", value));
  if (!call.arguments.has_value()) return keras::Constraint(call.name);
  AxisConstraint out;
  const auto axis = call.arguments->find("axis");
  if (axis != call.arguments->end() && call.name != "NonNeg") {
    ROWHOUSE_RETURN_IF_ERROR(ReadAxis(*axis, out.axis));
    call.arguments->erase("axis");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(out.rule, ReadRule(call.name, *call.arguments));
  return keras::Constraint(out);
}

absl::StatusOr<keras::InputLength> ReadInputLength(const Json& value) {
  if (value.is_null()) return keras::InputLength();
  if (value.is_number_integer()) {
    return keras::InputLength(value.get<std::int64_t>());
  }
  if (!value.is_array()) return Refuse("input_length", value);
  keras::Lengths lengths;
  for (const Json& item : value) {
    if (item.is_null()) {
      lengths.emplace_back();
    } else if (item.is_number_integer()) {
      lengths.emplace_back(item.get<std::int64_t>());
    } else {
      return Refuse("input_length", value);
    }
  }
  return keras::InputLength(lengths);
}

absl::Status ReadInitializer(const Json& value,
                             keras::EmbeddingArguments& out) {
  // What add_weight takes for None.
  if (value.is_null()) {
    out.embeddings_initializer = "glorot_uniform";
    return absl::OkStatus();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const NamedCall call,
                            ReadNamedCall("embeddings_initializer", value));
  if (!call.arguments.has_value()) {
    out.embeddings_initializer = call.name;
    return absl::OkStatus();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const InitializerSpec spec,
      KerasInitializerFromCall(call.name, *call.arguments,
                               static_cast<std::uint64_t>(out.input_dim),
                               static_cast<std::uint32_t>(out.output_dim)));
  out.embeddings_initializer = spec;
  return absl::OkStatus();
}

// The flags, which Python asks for their truth, and the name.
absl::Status ReadRest(const Json& call, keras::EmbeddingArguments& out) {
  const struct {
    const char* name;
    bool& value;
  } flags[] = {{"mask_zero", out.mask_zero},
               {"sparse", out.sparse},
               {"use_one_hot_matmul", out.use_one_hot_matmul},
               {"trainable", out.trainable}};
  for (const auto& [name, value] : flags) {
    const auto at = call.find(name);
    if (at == call.end()) continue;
    if (!at->is_boolean() && !at->is_null() && !at->is_number()) {
      return Refuse(name, *at);
    }
    value = at->is_boolean() ? at->get<bool>()
                             : at->is_number() && at->get<double>() != 0;
  }
  const auto name = call.find("name");
  if (name == call.end() || name->is_null()) return absl::OkStatus();
  if (!name->is_string()) return Refuse("name", *name);
  out.name = name->get<std::string>();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<EmbeddingCall> ReadEmbeddingCall(const Json& call) {
  static constexpr absl::string_view kKnown[] = {"input_dim",
                                                 "output_dim",
                                                 "embeddings_initializer",
                                                 "embeddings_regularizer",
                                                 "activity_regularizer",
                                                 "embeddings_constraint",
                                                 "mask_zero",
                                                 "input_length",
                                                 "sparse",
                                                 "use_one_hot_matmul",
                                                 "name",
                                                 "trainable"};
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("Embedding", call, kKnown));
  EmbeddingCall out;
  keras::EmbeddingArguments& arguments = out.arguments;
  ROWHOUSE_ASSIGN_OR_RETURN(arguments.input_dim,
                            ReadDimension(call, "input_dim", out.table_error));
  ROWHOUSE_ASSIGN_OR_RETURN(arguments.output_dim,
                            ReadDimension(call, "output_dim", out.table_error));
  ROWHOUSE_ASSIGN_OR_RETURN(arguments.embeddings_regularizer,
                            ReadRegularizer(call, "embeddings_regularizer"));
  ROWHOUSE_ASSIGN_OR_RETURN(arguments.activity_regularizer,
                            ReadRegularizer(call, "activity_regularizer"));
  if (call.contains("embeddings_constraint") &&
      !call.at("embeddings_constraint").is_null()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        arguments.embeddings_constraint,
        ReadAxisConstraint(call.at("embeddings_constraint")));
  }
  if (call.contains("input_length")) {
    ROWHOUSE_ASSIGN_OR_RETURN(arguments.input_length,
                              ReadInputLength(call.at("input_length")));
  }
  if (call.contains("embeddings_initializer")) {
    ROWHOUSE_RETURN_IF_ERROR(
        ReadInitializer(call.at("embeddings_initializer"), arguments));
  }
  ROWHOUSE_RETURN_IF_ERROR(ReadRest(call, arguments));
  return out;
}

}  // namespace rowhouse::golden
