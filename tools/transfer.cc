#include "tools/transfer.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "tools/progress.h"

namespace rowhouse::tools {
namespace {

Json ToJson(const TransferSummary& done) {
  Json json;
  json["rows"] = done.rows;
  json["bytes"] = done.bytes;
  json["slots"] = done.slots;
  return json;
}

void PrintSummary(const Output& output, Json json,
                  const TransferSummary& done) {
  if (output.json) {
    json.update(ToJson(done));
    Print(output.data, json);
    return;
  }
  PrintFields(output.data, {{"rows", absl::StrCat(done.rows)},
                            {"size", BytesText(done.bytes)},
                            {"slots", done.slots.empty()
                                          ? "none"
                                          : absl::StrJoin(done.slots, ", ")}});
}

}  // namespace

FileFormat FormatOf(absl::string_view path) {
  if (absl::EndsWith(path, ".npy")) return FileFormat::kNpy;
  if (absl::EndsWith(path, ".safetensors")) return FileFormat::kSafetensors;
  return FileFormat::kCheckpoint;
}

absl::StatusOr<ExitCode> Run(const ImportVerb& verb, const Target& target,
                             const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      Client client,
      Connect(target, kLongTimeout, NewDirectory::kRefuse, Session::kOpen));
  absl::StatusOr<TransferSummary> done;
  {
    Progress progress(output, absl::StrCat("importing ", verb.source.path,
                                           " into ", verb.table));
    done = ImportTable(client, verb.table, verb.source,
                       [&](std::uint64_t rows, std::uint64_t all) {
                         progress.Count(rows, all);
                       });
  }
  ROWHOUSE_RETURN_IF_ERROR(done.status());
  output.talk << "table " << Printable(verb.table) << " is filled\n";
  PrintSummary(output, Json{{"table", verb.table}}, *done);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const ExportVerb& verb, const Target& target,
                             const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kLongTimeout));
  absl::StatusOr<TransferSummary> done;
  {
    Progress progress(
        output, absl::StrCat("exporting ", absl::StrJoin(verb.tables, ", "),
                             " to ", verb.file.path));
    done = ExportTables(client, verb.tables, verb.file,
                        [&](std::uint64_t rows, std::uint64_t all) {
                          progress.Count(rows, all);
                        });
  }
  ROWHOUSE_RETURN_IF_ERROR(done.status());
  output.talk << Printable(verb.file.path) << " is written\n";
  PrintSummary(output, Json{{"path", verb.file.path}}, *done);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const DumpTensorsVerb& verb,
                             const Target& /*target*/, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<TensorSummary> tensors,
                            ListTensors(verb.format, verb.path));
  if (output.json) {
    Json json;
    json["tensors"] = Json::array();
    for (const TensorSummary& tensor : tensors) {
      json["tensors"].push_back({{"name", tensor.name},
                                 {"dtype", tensor.dtype},
                                 {"shape", tensor.shape}});
    }
    Print(output.data, json);
    return ExitCode::kOk;
  }
  TextTable table({{"name"}, {"type"}, {"shape"}});
  for (const TensorSummary& tensor : tensors) {
    table.Add({tensor.name, tensor.dtype,
               absl::StrCat("[", absl::StrJoin(tensor.shape, ", "), "]")});
  }
  table.Print(output.data);
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
