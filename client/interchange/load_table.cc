// LoadTableFromCheckpoint: the first values of a column's table.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/checkpoint_state.h"
#include "client/interchange/row_writer.h"
#include "rowhouse/interchange.h"

namespace rowhouse {
namespace {

using interchange::CheckpointReader;
using interchange::Dtype;
using interchange::Shape;
using interchange::TensorInfo;

// The checks that TensorFlow makes before it reads a value, in its order and
// with its codes.
absl::Status CheckTensor(const CheckpointReader& reader, const TableSpec& spec,
                         const std::string& name) {
  const absl::StatusOr<TensorInfo> info = reader.Describe(name);
  if (absl::IsNotFound(info.status())) {
    return absl::InvalidArgumentError(info.status().message());
  }
  ROWHOUSE_RETURN_IF_ERROR(info.status());
  const Shape expected = {static_cast<std::int64_t>(spec.rows),
                          static_cast<std::int64_t>(spec.dim)};
  if (info->shape != expected || info->dtype != Dtype::kFloat32) {
    return absl::InvalidArgumentError(
        absl::StrCat(reader.prefix(), ": tensor ", name, " is ",
                     interchange::DtypeName(info->dtype), " ",
                     interchange::ShapeText(info->shape), ", table ", spec.name,
                     " is float32 ", interchange::ShapeText(expected)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadTableFromCheckpoint(Client& client, const TableSpec& spec,
                                     absl::string_view checkpoint,
                                     absl::string_view tensor_name,
                                     const TransferProgress& progress) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const std::string prefix,
      interchange::ResolveCheckpoint(std::string(checkpoint)));
  ROWHOUSE_ASSIGN_OR_RETURN(CheckpointReader reader,
                            CheckpointReader::Open(prefix));
  const std::string name(tensor_name);
  ROWHOUSE_RETURN_IF_ERROR(CheckTensor(reader, spec, name));
  interchange::TableRows rows;
  ROWHOUSE_ASSIGN_OR_RETURN(rows.weights,
                            RowsOfCheckpoint(reader, name, spec.dim));
  ROWHOUSE_RETURN_IF_ERROR(CheckRows(spec, rows));
  ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(spec));
  return WriteTable(client, spec, rows, progress).status();
}

}  // namespace rowhouse
