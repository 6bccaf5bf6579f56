#include "client/keras/input.h"

#include <numeric>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/keras/id_tensor.h"

namespace rowhouse::internal {
namespace {

using keras::EmbeddingArguments;
using Layout = Features::Layout;
using Tensor = Features::Tensor;

absl::Status CheckRange(const EmbeddingArguments& arguments,
                        const Tensor& tensor,
                        const std::vector<std::int64_t>& ids, bool fills) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < arguments.input_dim && (ids[i] >= 0 || fills)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("layer \"", arguments.name, "\": id ", ids[i], " at ",
                     PlaceOf(tensor, i), " is not in [0, ", arguments.input_dim,
                     "), the rows that input_dim gives"));
  }
  return absl::OkStatus();
}

// The row of every cell: 0 where the sparse tensor has no value, or one that is
// pruned.
absl::StatusOr<std::vector<std::int64_t>> RowsOfCells(
    const EmbeddingArguments& arguments, const Tensor& tensor,
    const std::vector<std::int64_t>& ids) {
  const auto cells = ElementsOf(tensor.shape);
  if (!cells.has_value() || *cells > kFeatureRowsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", arguments.name, "\": a sparse input of shape [",
        absl::StrJoin(tensor.shape, ", "), "] has more than ", kFeatureRowsMax,
        " cells"));
  }
  std::vector<std::int64_t> rows(static_cast<std::size_t>(*cells), 0);
  const std::size_t rank = tensor.shape.size();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::int64_t cell = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      cell = cell * tensor.shape[axis] + tensor.indices[i * rank + axis];
    }
    if (ids[i] >= 0) rows[static_cast<std::size_t>(cell)] = ids[i];
  }
  return rows;
}

absl::Status CheckOneHot(const EmbeddingArguments& arguments) {
  const auto rows = static_cast<std::size_t>(arguments.input_dim);
  if (rows <= kIdsPerRequestMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "layer \"", arguments.name, "\": use_one_hot_matmul looks up all ", rows,
      " rows, more than the ", kIdsPerRequestMax, " of one request"));
}

}  // namespace

absl::StatusOr<EmbeddingInput> ReadEmbeddingInput(
    const EmbeddingArguments& arguments, const Tensor& tensor) {
  if (arguments.sparse && tensor.layout == Layout::kRagged) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", arguments.name, "\": a ragged output is not made sparse"));
  }
  EmbeddingInput out;
  ROWHOUSE_ASSIGN_OR_RETURN(out.ids,
                            IdsOfValues(arguments.name, tensor.values));
  out.lookup.dim = static_cast<std::uint32_t>(arguments.output_dim);
  out.lookup.combiner = Combiner::kNone;
  out.lookup.trainable = arguments.trainable;
  std::vector<Id>& ids = out.lookup.batch.ids;
  const bool is_sparse = tensor.layout == Layout::kSparse;
  if (arguments.use_one_hot_matmul && !is_sparse) {
    ROWHOUSE_RETURN_IF_ERROR(CheckOneHot(arguments));
    out.one_hot = true;
    ids.resize(static_cast<std::size_t>(arguments.input_dim));
    std::iota(ids.begin(), ids.end(), Id{0});
    return out;
  }
  const bool fills = is_sparse && !arguments.sparse;
  ROWHOUSE_RETURN_IF_ERROR(CheckRange(arguments, tensor, out.ids, fills));
  if (fills) {
    ROWHOUSE_ASSIGN_OR_RETURN(out.ids, RowsOfCells(arguments, tensor, out.ids));
    // Bags of one id each: TensorFlow looks sparse ids up by another function,
    // whose gradient names each row once. Clipping sees the difference.
    out.lookup.combiner = Combiner::kSum;
    out.lookup.batch.row_splits.resize(out.ids.size() + 1);
    std::iota(out.lookup.batch.row_splits.begin(),
              out.lookup.batch.row_splits.end(), 0u);
  }
  ids.assign(out.ids.begin(), out.ids.end());
  return out;
}

}  // namespace rowhouse::internal
