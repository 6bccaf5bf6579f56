// What every optimizer of a family takes beside its own arguments: a rate or a
// schedule, clipping, decay, averages, limits.
#ifndef ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_ARGUMENTS_H_
#define ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_ARGUMENTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rowhouse/optimizers.h"
#include "tests/golden/arguments.h"
#include "tests/golden/optimizer_call.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// An optimizer's call while it is read: what was understood is in `out` and no
// longer in `json`.
struct PartlyReadCall {
  std::string name;
  Generation generation = Generation::kTf1;
  Json json;
  OptimizerCall out;

  Arguments arguments() const { return Arguments(name, json); }
};

// INVALID_ARGUMENT that begins with the call's name.
absl::Status Refused(const PartlyReadCall& call, absl::string_view complaint);

// A schedule in the place of the rate; "callable" (TPU) is a function of
// nothing, for which the optimizer's default stands. A number stays.
absl::Status ReadSchedule(PartlyReadCall& call);

// INVALID_ARGUMENT for what TensorFlow refuses of them.
absl::Status ReadLegacyArguments(PartlyReadCall& call);
absl::Status ReadKerasArguments(PartlyReadCall& call);
absl::Status ReadTpuArguments(PartlyReadCall& call);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_OPTIMIZER_ARGUMENTS_H_
