#include "tests/golden/optimizer_arguments.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/golden/kinds/schedule.h"

namespace rowhouse::golden {
namespace {

// Removes an argument that Arguments does not read; null when it is not given.
Json Take(PartlyReadCall& call, const char* key) {
  const auto it = call.json.find(key);
  if (it == call.json.end()) return nullptr;
  Json value = *it;
  call.json.erase(it);
  return value;
}

void ReadClipping(PartlyReadCall& call, Arguments& arguments) {
  GradientClipping& clipping = call.out.update.clipping;
  clipping.generation = call.generation;
  arguments.Optional("clipvalue", clipping.clipvalue)
      .Optional("clipnorm", clipping.clipnorm)
      .Optional("global_clipnorm", clipping.global_clipnorm);
}

absl::Status ReadMovingAverage(PartlyReadCall& call, const Json& frequency,
                               double momentum) {
  MovingAverage average{.momentum = momentum};
  if (!frequency.is_null()) {
    // 0 is none: Python takes it for false before it looks.
    if (!frequency.is_number_integer() || frequency.get<std::int64_t>() < 0) {
      return Refused(call, "ema_overwrite_frequency is no integer >= 1");
    }
    average.overwrite_frequency = frequency.get<std::uint64_t>();
  }
  call.out.update.moving_average = average;
  return absl::OkStatus();
}

// A number c is [-c, c]; a pair may have None in it.
absl::Status ReadLimits(PartlyReadCall& call, const Json& json) {
  ValueLimits& limits = call.out.update.gradient_limits;
  if (json.is_array() && json.size() == 2) {
    for (const bool upper : {false, true}) {
      if (json[upper].is_null()) continue;
      ROWHOUSE_ASSIGN_OR_RETURN(const double bound, ReadNumber(json[upper]));
      (upper ? limits.max : limits.min) = static_cast<float>(bound);
    }
    return absl::OkStatus();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const double bound, ReadNumber(json));
  limits = {static_cast<float>(-bound), static_cast<float>(bound)};
  return absl::OkStatus();
}

}  // namespace

absl::Status Refused(const PartlyReadCall& call, absl::string_view complaint) {
  return absl::InvalidArgumentError(absl::StrCat(call.name, ": ", complaint));
}

absl::Status ReadSchedule(PartlyReadCall& call) {
  const char* key = "learning_rate";
  if (call.generation == Generation::kKerasLegacy && call.json.contains("lr")) {
    const Json rate = Take(call, "lr");
    if (call.name != "Ftrl") call.json[key] = rate;  // that does not read it
  }
  if (call.generation == Generation::kKeras) Take(call, "lr");
  const auto it = call.json.find(key);
  if (it == call.json.end()) return absl::OkStatus();
  if (*it == "callable" && call.generation == Generation::kTpu) {
    call.json.erase(it);
    return absl::OkStatus();
  }
  if (!it->is_object()) return absl::OkStatus();
  const Json schedule = it->at("schedule");
  ROWHOUSE_ASSIGN_OR_RETURN(
      call.out.update.schedule,
      ScheduleFromCall(schedule.at("name").get<std::string>(),
                       schedule.at("arguments")));
  call.out.rate_may_be_set = call.generation != Generation::kKeras;
  call.json.erase(it);
  if (call.generation == Generation::kTf1)
    call.json[key] = 1.0;  // it has no default
  return absl::OkStatus();
}

absl::Status ReadLegacyArguments(PartlyReadCall& call) {
  Json base = Json::object();
  for (const char* key :
       {"clipvalue", "clipnorm", "global_clipnorm", "decay"}) {
    if (call.json.contains(key)) base[key] = Take(call, key);
  }
  float decay = 0;
  Arguments arguments(call.name, base);
  arguments.Optional("decay", decay);
  ReadClipping(call, arguments);
  ROWHOUSE_RETURN_IF_ERROR(arguments.Finish());
  if (call.name == "Nadam") return absl::OkStatus();  // overwritten there
  if (decay < 0) return Refused(call, "decay is below 0");
  call.out.decay = decay;
  return absl::OkStatus();
}

absl::Status ReadKerasArguments(PartlyReadCall& call) {
  if (call.json.contains("decay")) return Refused(call, "decay is of old");
  Json base = Json::object();
  for (const char* key :
       {"clipvalue", "clipnorm", "global_clipnorm", "weight_decay", "use_ema",
        "ema_momentum", "jit_compile"}) {
    if (call.json.contains(key)) base[key] = Take(call, key);
  }
  const bool has_frequency = call.json.contains("ema_overwrite_frequency");
  Json frequency = Take(call, "ema_overwrite_frequency");
  if (!has_frequency && call.name == "RMSprop") frequency = 100;
  bool use_ema = false;
  bool jit_compile = true;
  double ema_momentum = 0.99;
  std::optional<float> weight_decay;
  if (call.name == "AdamW") {
    weight_decay = 0.004f;
    if (base.contains("weight_decay") && base.at("weight_decay").is_null()) {
      return Refused(call, "weight_decay is None");
    }
  }
  Arguments arguments(call.name, base);
  arguments.Optional("weight_decay", weight_decay)
      .Optional("use_ema", use_ema)
      .Optional("ema_momentum", ema_momentum)
      .Optional("jit_compile", jit_compile);
  ReadClipping(call, arguments);
  ROWHOUSE_RETURN_IF_ERROR(arguments.Finish());
  if (weight_decay.has_value()) {
    call.out.update.weight_decay = {DecayedRows::kEveryRow, *weight_decay};
  }
  if (!use_ema) return absl::OkStatus();
  return ReadMovingAverage(call, frequency, ema_momentum);
}

absl::Status ReadTpuArguments(PartlyReadCall& call) {
  Json base = Json::object();
  for (const char* key :
       {"use_gradient_accumulation", "clip_weight_min", "clip_weight_max",
        "weight_decay_factor", "multiply_weight_decay_factor_by_learning_rate",
        "low_dimensional_packing_status"}) {
    if (call.json.contains(key)) base[key] = Take(call, key);
  }
  const Json clipvalue = Take(call, "clipvalue");
  if (call.name != "SGD") {
    const Json maker = Take(call, "slot_variable_creation_fn");
    if (!maker.is_null() && maker != "callable") {
      return Refused(call, "slot_variable_creation_fn is no function");
    }
  }
  if (base.value("multiply_weight_decay_factor_by_learning_rate", Json())
          .is_null()) {
    base.erase("multiply_weight_decay_factor_by_learning_rate");
  }
  bool accumulates = true;
  bool packs = false;
  std::optional<float> factor;
  WeightDecay decay{.multiply_by_learning_rate = false};
  ROWHOUSE_RETURN_IF_ERROR(
      Arguments(call.name, base)
          .Optional("use_gradient_accumulation", accumulates)
          .Optional("low_dimensional_packing_status", packs)
          .Optional("clip_weight_min", call.out.update.weight_limits.min)
          .Optional("clip_weight_max", call.out.update.weight_limits.max)
          .Optional("weight_decay_factor", factor)
          .Optional("multiply_weight_decay_factor_by_learning_rate",
                    decay.multiply_by_learning_rate)
          .Finish());
  if (factor.has_value() && *factor != 0) {
    decay.rows = DecayedRows::kTouchedRows;
    decay.factor = *factor;
    call.out.update.weight_decay = decay;
  }
  if (clipvalue.is_null()) return absl::OkStatus();
  if (!accumulates) {
    return Refused(call, "clipvalue without use_gradient_accumulation");
  }
  return ReadLimits(call, clipvalue);
}

}  // namespace rowhouse::golden
