// The features of a recorded case, as columns take them.
#ifndef ROWHOUSE_TESTS_GOLDEN_FEATURE_BATCH_H_
#define ROWHOUSE_TESTS_GOLDEN_FEATURE_BATCH_H_

#include <deque>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/features.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// Tensors by key and the Features that borrow them. Thread-compatible.
class FeatureBatch {
 public:
  FeatureBatch() = default;
  FeatureBatch(const FeatureBatch&) = delete;
  FeatureBatch& operator=(const FeatureBatch&) = delete;
  FeatureBatch(FeatureBatch&&) = default;
  FeatureBatch& operator=(FeatureBatch&&) = default;

  // {"key": tensor, ...}. INVALID_ARGUMENT naming the key and what is wrong.
  static absl::StatusOr<FeatureBatch> Read(const Json& json);

  // UNIMPLEMENTED: Features have no such dtype or layout.
  absl::Status Add(absl::string_view key, const Tensor& tensor);

  const Features& features() const { return features_; }

 private:
  // Values by type; all but one are empty.
  struct Values {
    std::vector<std::string> strings;
    std::vector<std::int64_t> integers;
    std::vector<float> floats;
    std::vector<std::int64_t> indices;
  };

  std::deque<Values> storage_;  // a deque moves no element
  Features features_;
};

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_FEATURE_BATCH_H_
