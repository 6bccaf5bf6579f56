// ImportTable: a file's rows, batch by batch, into a table.
#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/interchange/array_sink.h"
#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/checkpoint_state.h"
#include "client/interchange/row_batches.h"
#include "client/interchange/row_source.h"
#include "client/interchange/row_writer.h"
#include "client/interchange/safetensors.h"
#include "client/interchange/slot_keys.h"
#include "rowhouse/interchange.h"

namespace rowhouse {
namespace {

using interchange::CheckpointReader;
using interchange::SafetensorsReader;

// Names of tensors in an error: a large model has thousands.
constexpr std::size_t kTensorsNamedMax = 8;

// The file and what of it is imported. The readers outlive the sources.
struct OpenSource {
  std::optional<CheckpointReader> checkpoint;
  std::optional<SafetensorsReader> safetensors;
  interchange::TableRows rows;
};

// The names of the slots in the file, in the order of the table's slots.
absl::StatusOr<std::vector<std::string>> GivenSlots(
    const TableSpec& spec, const ImportSource& source) {
  std::vector<std::string> names;
  if (source.slots.empty()) return names;
  const std::vector<absl::string_view> slots = SlotNames(spec);
  const std::string all =
      slots.empty() ? "it has none"
                    : absl::StrCat("its slots: ", absl::StrJoin(slots, ", "));
  for (const auto& [given, name] : source.slots) {
    if (absl::c_linear_search(slots, given)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("table ", spec.name, " has no slot '", given, "'; ", all));
  }
  for (const absl::string_view slot : slots) {
    const auto found = source.slots.find(std::string(slot));
    if (found == source.slots.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("table ", spec.name, " has a slot '", slot,
                       "', which is not given; ", all));
    }
    names.push_back(found->second);
  }
  return names;
}

// Some of the tensors to choose from, for who named none.
absl::Status SayWhichTensor(const std::string& path,
                            std::vector<std::string> names) {
  const std::size_t count = names.size();
  names.resize(std::min(count, kTensorsNamedMax));
  for (std::string& name : names) name = absl::CHexEscape(name);
  return absl::InvalidArgumentError(absl::StrCat(
      "which tensor has the weights? Give --tensor (ImportSource::weights). ",
      path, " has ", count, count > names.size() ? ", first " : ": ",
      absl::StrJoin(names, ", ")));
}

absl::Status OpenCheckpoint(const TableSpec& spec, const ImportSource& source,
                            std::vector<std::string> slots, OpenSource& open) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string prefix,
                            interchange::ResolveCheckpoint(source.path));
  ROWHOUSE_ASSIGN_OR_RETURN(open.checkpoint, CheckpointReader::Open(prefix));
  CheckpointReader& reader = *open.checkpoint;
  if (source.weights.empty()) {
    return SayWhichTensor(prefix,
                          {reader.names().begin(), reader.names().end()});
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string key,
                            FindTensorKey(reader, source.weights));
  ROWHOUSE_ASSIGN_OR_RETURN(open.rows.weights,
                            RowsOfCheckpoint(reader, key, spec.dim));
  if (source.find_slots) {
    ROWHOUSE_ASSIGN_OR_RETURN(slots, FindSlotKeys(reader, spec, key));
  } else {
    for (std::string& slot : slots) {
      ROWHOUSE_ASSIGN_OR_RETURN(slot, FindTensorKey(reader, slot));
    }
  }
  const std::vector<Slot> wanted = Slots(spec);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        auto rows, RowsOfCheckpoint(reader, slots[i], wanted[i].floats));
    open.rows.slots.push_back(std::move(rows));
  }
  return absl::OkStatus();
}

absl::Status OpenSafetensors(const TableSpec& spec, const ImportSource& source,
                             std::vector<std::string> slots, OpenSource& open) {
  ROWHOUSE_ASSIGN_OR_RETURN(open.safetensors,
                            SafetensorsReader::Open(source.path));
  if (source.weights.empty()) {
    std::vector<std::string> names;
    for (const auto& [name, entry] : open.safetensors->tensors()) {
      names.push_back(name);
    }
    return SayWhichTensor(source.path, std::move(names));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      open.rows.weights,
      RowsOfSafetensors(*open.safetensors, source.weights, spec.dim));
  const std::vector<Slot> wanted = Slots(spec);
  for (std::size_t i = 0; source.find_slots && i < wanted.size(); ++i) {
    slots.push_back(absl::StrCat(source.weights, "/", wanted[i].name));
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        auto rows,
        RowsOfSafetensors(*open.safetensors, slots[i], wanted[i].floats));
    open.rows.slots.push_back(std::move(rows));
  }
  return absl::OkStatus();
}

absl::Status OpenNpy(const TableSpec& spec, const ImportSource& source,
                     std::vector<std::string> slots, OpenSource& open) {
  if (!source.weights.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the array of a .npy file has no name, so not '", source.weights, "'"));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(open.rows.weights,
                            interchange::RowsOfNpy(source.path, spec.dim));
  const std::vector<Slot> wanted = Slots(spec);
  for (std::size_t i = 0; source.find_slots && i < wanted.size(); ++i) {
    slots.push_back(interchange::NpySlotPath(source.path, wanted[i].name));
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        auto rows, interchange::RowsOfNpy(slots[i], wanted[i].floats));
    open.rows.slots.push_back(std::move(rows));
  }
  return absl::OkStatus();
}

absl::Status Open(const TableSpec& spec, const ImportSource& source,
                  OpenSource& open) {
  if (source.find_slots && !source.slots.empty()) {
    return absl::InvalidArgumentError(
        "slots are either given or to be found, not both");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<std::string> slots,
                            GivenSlots(spec, source));
  switch (source.format) {
    case FileFormat::kCheckpoint:
      return OpenCheckpoint(spec, source, std::move(slots), open);
    case FileFormat::kNpy:
      return OpenNpy(spec, source, std::move(slots), open);
    case FileFormat::kSafetensors:
      return OpenSafetensors(spec, source, std::move(slots), open);
  }
  return absl::InvalidArgumentError("no such file format");
}

}  // namespace

absl::StatusOr<TransferSummary> ImportTable(Client& client,
                                            absl::string_view table,
                                            const ImportSource& source,
                                            const TransferProgress& progress) {
  ROWHOUSE_ASSIGN_OR_RETURN(const TableSummary summary,
                            client.DescribeTable(table));
  const TableSpec& spec = summary.spec;
  OpenSource open;
  ROWHOUSE_RETURN_IF_ERROR(Open(spec, source, open));
  ROWHOUSE_RETURN_IF_ERROR(CheckRows(spec, open.rows));
  return WriteTable(client, spec, open.rows, progress);
}

}  // namespace rowhouse
