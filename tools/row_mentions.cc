#include "tools/row_mentions.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "shard/record_codec.h"
#include "storage/data_dir.h"
#include "storage/disk.h"
#include "tools/journal_walk.h"

namespace rowhouse::tools {
namespace {

std::size_t Occurrences(absl::Span<const Id> ids, Id id) {
  return static_cast<std::size_t>(std::count(ids.begin(), ids.end(), id));
}

// How often the record names the row. Other kinds do not touch rows.
absl::StatusOr<RowMention> FindMention(const storage::JournalRecord& record,
                                       TableIncarnation table, Id id,
                                       shard::RecordDecoder& decoder) {
  RowMention mention{.lsn = record.lsn};
  switch (static_cast<shard::RecordKind>(record.kind)) {
    case shard::RecordKind::kPush:
      ROWHOUSE_RETURN_IF_ERROR(decoder.Push(record.payload));
      mention.kind = "push";
      for (const shard::InputRecord& input : decoder.inputs()) {
        if (input.table != table) continue;
        mention.times += Occurrences(input.bags.ids, id);
      }
      break;
    case shard::RecordKind::kWriteRows:
      ROWHOUSE_RETURN_IF_ERROR(decoder.WriteRows(record.payload));
      mention.kind = "write rows";
      if (decoder.rows().table == table) {
        mention.times = Occurrences(decoder.rows().ids, id);
      }
      break;
    default:
      return mention;
  }
  mention.session = decoder.header().session;
  mention.sequence = decoder.header().sequence;
  return mention;
}

}  // namespace

absl::Status ReadRowMentions(const std::string& data_dir,
                             TableIncarnation table, Id id,
                             std::vector<RowMention>& mentions) {
  storage::Disk& disk = storage::PosixDisk();
  const auto watermarks = storage::ReadWatermarks(disk, data_dir);
  if (!watermarks.ok() && !absl::IsNotFound(watermarks.status())) {
    return watermarks.status();
  }
  const Lsn durable = watermarks.ok() ? watermarks->durable : Lsn();
  shard::RecordDecoder decoder;
  return WalkJournal(disk, absl::StrCat(data_dir, "/journal"), Lsn(), durable,
                     [&](const WalkedRecord& walked) -> absl::Status {
                       auto mention =
                           FindMention(walked.record, table, id, decoder);
                       if (!mention.ok())
                         return AtRecord(walked, mention.status());
                       if (mention->times > 0) mentions.push_back(*mention);
                       return absl::OkStatus();
                     })
      .status();
}

}  // namespace rowhouse::tools
