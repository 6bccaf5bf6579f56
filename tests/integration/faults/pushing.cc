#include "tests/integration/faults/pushing.h"

#include <utility>

namespace rowhouse::faults {
namespace {

bool HasNoAnswer(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

using GradientsOf = absl::FunctionRef<std::vector<float>(const Activation&)>;

// ABORTED: it was not sent.
absl::Status TryPush(Client& client, const FeatureIds& feature,
                     GradientsOf gradients, std::uint64_t step,
                     const std::atomic<bool>& abandoned) {
  auto found = client.Lookup(std::vector<FeatureIds>{feature});
  if (HasNoAnswer(found.status())) {
    return absl::AbortedError(found.status().message());
  }
  if (!found.ok()) return found.status();
  const std::vector<float> values = gradients(found->activations[0]);
  const absl::Span<const float> pushed = values;
  absl::Status status =
      client.Push(std::move(found->ticket), {pushed}, {.step = step}).status();
  while (HasNoAnswer(status) && !abandoned) status = client.Flush();
  return status;
}

}  // namespace

absl::Status PushUntilKnown(Client& client, const FeatureIds& feature,
                            GradientsOf gradients, std::uint64_t step,
                            const std::atomic<bool>& abandoned) {
  absl::Status status = TryPush(client, feature, gradients, step, abandoned);
  while (absl::IsAborted(status) && !abandoned) {
    status = TryPush(client, feature, gradients, step, abandoned);
  }
  return status;
}

}  // namespace rowhouse::faults
