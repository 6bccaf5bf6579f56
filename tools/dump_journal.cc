#include "tools/dump_journal.h"

#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "shard/record_codec.h"
#include "storage/data_dir.h"
#include "storage/disk.h"
#include "tools/journal_walk.h"

namespace rowhouse::tools {
namespace {

using shard::RecordKind;

// Of one push, on a line for people; a model may have dozens.
constexpr std::size_t kInputsShown = 3;

// A journal and what the files beside it say of it.
struct Source {
  std::string directory;
  Lsn durable;
  std::map<TableIncarnation, std::string> names;
};

absl::StatusOr<Source> FindJournal(const std::string& directory,
                                   const Output& output) {
  storage::Disk& disk = storage::PosixDisk();
  ROWHOUSE_ASSIGN_OR_RETURN(const storage::FileInfo info, disk.Stat(directory));
  if (!info.directory) {
    return absl::InvalidArgumentError(
        absl::StrCat(directory, " is not a directory"));
  }
  const auto manifest = storage::ReadManifest(disk, directory);
  Source source{.directory = absl::StrCat(directory, "/journal")};
  ROWHOUSE_ASSIGN_OR_RETURN(const bool inside, disk.Exists(source.directory));
  if (absl::IsNotFound(manifest.status()) && !inside) {
    source.directory = directory;
    return source;
  }
  // The journal must be readable above all when something else is damaged.
  if (manifest.ok()) {
    for (const storage::StoredTable& table : manifest->tables) {
      source.names.emplace(table.incarnation, table.spec.name);
    }
  } else {
    output.talk << "rowhouse: tables have no names: "
                << Printable(manifest.status().message()) << '\n';
  }
  const auto watermarks = storage::ReadWatermarks(disk, directory);
  if (watermarks.ok()) {
    source.durable = watermarks->durable;
  } else if (!absl::IsNotFound(watermarks.status())) {
    output.talk << "rowhouse: what was synced is not known: "
                << Printable(watermarks.status().message()) << '\n';
  }
  return source;
}

std::string KindText(std::uint32_t kind) {
  switch (static_cast<RecordKind>(kind)) {
    case RecordKind::kOpenSession:
      return "open session";
    case RecordKind::kEndSession:
      return "end session";
    case RecordKind::kPush:
      return "push";
    case RecordKind::kWriteRows:
      return "write rows";
    case RecordKind::kCloseCut:
      return "close cut";
  }
  return absl::StrCat("kind ", kind);
}

class Printer {
 public:
  Printer(const Source& source, const Output& output)
      : source_(source), output_(output) {
    if (output_.json) return;
    output_.data << Line("LSN", "segment", "offset", "bytes", "kind", "what");
  }

  absl::Status Print(const WalkedRecord& walked) {
    Json json;
    json["lsn"] = walked.record.lsn.value();
    json["segment"] = std::filesystem::path(walked.path).filename().string();
    json["offset"] = walked.offset;
    json["bytes"] = walked.bytes;
    json["kind"] = KindText(walked.record.kind);
    absl::StatusOr<std::string> what = Describe(walked.record, json);
    if (!what.ok()) return AtRecord(walked, what.status());
    if (output_.json) {
      PrintLine(output_.data, json);
    } else {
      output_.data << Line(absl::StrCat(walked.record.lsn.value()),
                           json["segment"].get<std::string>(),
                           absl::StrCat(walked.offset),
                           absl::StrCat(walked.bytes),
                           KindText(walked.record.kind), Printable(*what));
    }
    return absl::OkStatus();
  }

 private:
  // Lines come one at a time, so the widths are fixed.
  static std::string Line(const std::string& lsn, const std::string& segment,
                          const std::string& offset, const std::string& bytes,
                          const std::string& kind, const std::string& what) {
    return absl::StrFormat("%10s  %-24s  %10s  %9s  %-12s  %s\n", lsn, segment,
                           offset, bytes, kind, what);
  }

  // Adds what the record holds to `json` and returns it as text.
  absl::StatusOr<std::string> Describe(const storage::JournalRecord& record,
                                       Json& json) {
    switch (static_cast<RecordKind>(record.kind)) {
      case RecordKind::kOpenSession:
      case RecordKind::kEndSession: {
        ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t number,
                                  decoder_.Session(record.payload));
        json["session"] = number;
        return absl::StrCat("session ", number);
      }
      case RecordKind::kPush:
        ROWHOUSE_RETURN_IF_ERROR(decoder_.Push(record.payload));
        AddHeader(json);
        return absl::StrCat(HeaderText(), Inputs(json));
      case RecordKind::kWriteRows:
        ROWHOUSE_RETURN_IF_ERROR(decoder_.WriteRows(record.payload));
        AddHeader(json);
        return absl::StrCat(HeaderText(), WrittenRows(json));
      case RecordKind::kCloseCut: {
        ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t epoch,
                                  decoder_.CloseCut(record.payload));
        json["snapshot_epoch"] = epoch;
        return absl::StrCat("snapshot epoch ", epoch);
      }
    }
    return std::string("of a newer version");
  }

  void AddHeader(Json& json) const {
    const shard::RecordHeader& header = decoder_.header();
    json["session"] = header.session;
    json["sequence"] = header.sequence;
    json["lowest"] = header.lowest;
    json["snapshot_epoch"] = header.snapshot_epoch;
    json["step"] = header.step;
  }

  std::string HeaderText() const {
    const shard::RecordHeader& header = decoder_.header();
    return absl::StrCat("session ", header.session, " sequence ",
                        header.sequence, " step ", header.step);
  }

  std::string Inputs(Json& json) const {
    std::string text;
    std::size_t ids = 0;
    json["inputs"] = Json::array();
    for (const shard::InputRecord& input : decoder_.inputs()) {
      Json one;
      absl::StrAppend(&text, ", ", Table(input.table, one), ": ",
                      input.bags.ids.size(), " ids in ", input.bags.bags(),
                      " bags");
      one["dim"] = input.dim;
      one["ids"] = input.bags.ids.size();
      one["bags"] = input.bags.bags();
      one["weighted"] = !input.bags.weights.empty();
      json["inputs"].push_back(std::move(one));
      ids += input.bags.ids.size();
    }
    const std::size_t inputs = decoder_.inputs().size();
    if (inputs <= kInputsShown) return text;
    return absl::StrCat(", ", ids, " ids in ", inputs, " inputs");
  }

  std::string WrittenRows(Json& json) const {
    const shard::RowsRecord& rows = decoder_.rows();
    const std::string table = Table(rows.table, json);
    json["dim"] = rows.dim;
    json["slot_floats"] = rows.slot_floats;
    json["ids"] = rows.ids.size();
    return absl::StrCat(", ", table, ": ", rows.ids.size(), " rows");
  }

  // A table that was dropped has no name any more.
  std::string Table(TableIncarnation table, Json& json) const {
    const auto it = source_.names.find(table);
    json["table"] = it == source_.names.end() ? Json() : Json(it->second);
    json["incarnation"] = NameText(table.value());
    return it == source_.names.end() ? NameText(table.value()) : it->second;
  }

  const Source& source_;
  const Output& output_;
  shard::RecordDecoder decoder_;
};

}  // namespace

absl::StatusOr<ExitCode> Run(const DumpJournalVerb& verb,
                             const Target& /*target*/, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Source source,
                            FindJournal(verb.directory, output));
  Printer printer(source, output);
  std::uint64_t records = 0;
  bool enough = false;
  const absl::StatusOr<storage::JournalReplay> replay = WalkJournal(
      storage::PosixDisk(), source.directory, verb.after, source.durable,
      [&](const WalkedRecord& walked) -> absl::Status {
        ROWHOUSE_RETURN_IF_ERROR(printer.Print(walked));
        enough = ++records == verb.limit;
        return enough ? absl::CancelledError("enough") : absl::OkStatus();
      });
  output.data.flush();
  if (enough) {
    output.talk << records << " records, the limit\n";
    return ExitCode::kOk;
  }
  ROWHOUSE_RETURN_IF_ERROR(replay.status());
  output.talk << records << " records, the last LSN is " << replay->last.value()
              << '\n';
  if (replay->cut_bytes > 0) {
    output.talk << replay->cut_bytes
                << " bytes at the end are no record: torn by a crash, or being "
                   "written now\n";
  }
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
