#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/columns/categorical.h"

namespace rowhouse::internal {

CompiledCategorical Compile(const CategoricalColumnWithVocabularyFile& column) {
  return absl::UnimplementedError(absl::StrCat(
      "column \"", column.key, "\": vocabulary files are not read yet"));
}

}  // namespace rowhouse::internal
