// Features in JSON, as columns take them.
#ifndef ROWHOUSE_TOOLS_FEATURE_BATCH_H_
#define ROWHOUSE_TOOLS_FEATURE_BATCH_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/features.h"
#include "tools/tensor_json.h"

namespace rowhouse::tools {

// Tensors by key and the Features that borrow them. Move-only;
// thread-compatible.
class FeatureBatch {
 public:
  FeatureBatch();
  ~FeatureBatch();
  FeatureBatch(FeatureBatch&&) noexcept;
  FeatureBatch& operator=(FeatureBatch&&) noexcept;

  // {"key": tensor, ...}. INVALID_ARGUMENT naming the key and what is wrong.
  static absl::StatusOr<FeatureBatch> Read(const TensorJson& json);

  // INVALID_ARGUMENT: the tensor's dtype is none.
  absl::Status Add(absl::string_view key, const Tensor& tensor);

  const Features& features() const { return features_; }

 private:
  struct Storage;  // of one tensor, in the type that it says

  std::vector<std::unique_ptr<Storage>> storage_;
  Features features_;
};

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_FEATURE_BATCH_H_
