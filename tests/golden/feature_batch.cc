#include "tests/golden/feature_batch.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::golden {

absl::StatusOr<FeatureBatch> FeatureBatch::Read(const Json& json) {
  if (!json.is_object()) {
    return absl::InvalidArgumentError("features are tensors by key");
  }
  FeatureBatch batch;
  for (const auto& item : json.items()) {
    const auto tensor = ReadTensor(item.value());
    const absl::Status added =
        tensor.ok() ? batch.Add(item.key(), *tensor) : tensor.status();
    if (!added.ok()) {
      return absl::Status(added.code(), absl::StrCat("feature \"", item.key(),
                                                     "\": ", added.message()));
    }
  }
  return batch;
}

absl::Status FeatureBatch::Add(absl::string_view key, const Tensor& tensor) {
  Values& values = storage_.emplace_back();
  FeatureValues view;
  if (tensor.dtype == "string") {
    values.strings = std::get<std::vector<std::string>>(tensor.values);
    view = values.strings;
  } else if (tensor.dtype == "int64") {
    values.integers = std::get<std::vector<std::int64_t>>(tensor.values);
    view = values.integers;
  } else if (tensor.dtype == "float32") {
    const auto& wide = std::get<std::vector<double>>(tensor.values);
    values.floats.assign(wide.begin(), wide.end());
    view = values.floats;
  } else {
    return absl::UnimplementedError(
        absl::StrCat("features have no ", tensor.dtype));
  }
  values.indices = tensor.indices;
  const Features::Shape shape(tensor.shape.begin(), tensor.shape.end());
  switch (tensor.layout) {
    case Tensor::Layout::kDense:
      features_.Set(key, view, shape);
      return absl::OkStatus();
    case Tensor::Layout::kSparse:
      features_.SetSparse(key, values.indices, view, shape);
      return absl::OkStatus();
    case Tensor::Layout::kRagged:
      break;
  }
  return absl::UnimplementedError("features have no ragged tensors");
}

}  // namespace rowhouse::golden
