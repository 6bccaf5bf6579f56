// What is true of one shard, whatever is killed or retried: the oracle. It sees
// each record of the journal reach the disk, and each answer of the shard
// leave. From these it knows which pushes the shard must have, which it may
// have, and what its rows are, bit for bit.
#ifndef ROWHOUSE_TESTS_SIM_LEDGER_H_
#define ROWHOUSE_TESTS_SIM_LEDGER_H_

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/requests.h"
#include "rowhouse/ids.h"
#include "shard/record_codec.h"
#include "shard/shard.h"
#include "tests/sim/reference.h"

namespace rowhouse::sim {

struct SimTable {
  TableSpec spec;
  TableIncarnation incarnation;
  std::vector<Id> ids;  // all that are ever pushed or read
};

// Steps from here on are of one push of one client, whatever session it is sent
// in.
inline constexpr std::uint64_t kOwnSteps = 1u << 20;

// How a shard went down.
enum class Crash { kKill, kPowerCut };

class Ledger {
 public:
  // `tables` may grow; it must outlive the ledger.
  Ledger(std::uint32_t shard, BucketRange buckets,
         const std::vector<SimTable>& tables);

  // What has been written to a journal file: a header, or records.
  absl::Status OnJournalBytes(absl::string_view bytes);
  // An answer leaves a shard that is alive.
  absl::Status OnAcknowledged(const PushHeader& header, const PushReply& reply);
  absl::Status OnSession(const OpenSessionReply& reply);
  void OnTableMade(TableIncarnation incarnation) {
    if (!dropped_.contains(incarnation)) made_.insert(incarnation);
  }
  // Somebody asks for it; nothing is known of it from now on.
  void OnTableDropped(TableIncarnation incarnation) {
    made_.erase(incarnation);
    dropped_.insert(incarnation);
  }
  // Before the next journal bytes.
  void OnCrash(Crash crash);

  // The shard has recovered and nothing has been sent to it: every push that
  // must be there is, once, and rows are what the journal makes of them. From
  // now on all of it is on the disk.
  absl::Status CheckRecovered(const shard::Shard& shard);
  // The same of rows alone. REQUIRES: no push is under way and everything was
  // written.
  absl::Status CheckRows(const shard::Shard& shard) const;

  // What the restore of that id brings to this shard. Before it is asked for.
  void Promise(std::uint64_t restore_id, Reference rows) {
    restores_.insert_or_assign(restore_id, std::move(rows));
  }

  // The rows that the restore brought (0: none), and then all records up to
  // `cut` of pushes of the snapshot epoch and before.
  absl::StatusOr<Reference> RowsAt(
      std::uint64_t restore_id, Lsn cut,
      std::uint64_t epoch = std::numeric_limits<std::uint64_t>::max()) const;

  // Equal for ledgers that will say the same of the same events.
  std::string State() const;

  // Acknowledged and lost by a crash that their level does not survive.
  std::uint64_t lost_by_level() const { return lost_by_level_; }
  std::uint64_t incarnation() const { return incarnation_; }
  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  struct Record {
    shard::RecordKind kind;
    std::string payload;
    std::uint64_t epoch = 0;  // of a push
  };
  using PushName =
      std::pair<std::uint64_t, std::uint64_t>;  // session, sequence

  absl::Status OnRecord(Lsn lsn, shard::RecordKind kind,
                        absl::string_view payload);
  absl::Status OnSessionRecord(Lsn lsn, shard::RecordKind kind,
                               std::uint64_t number);
  absl::Status CutFrom(Lsn first);
  void ForgetLog();
  // A restore has ended what was: nothing of it is promised any more.
  void BeginTimeline(std::uint64_t incarnation);
  absl::Status CheckAcknowledged() const;
  absl::Status CheckTable(const shard::Shard& shard,
                          const ReferenceTable& expected,
                          const SimTable& table) const;
  template <typename... Args>
  absl::Status Wrong(const Args&... args) const;

  const std::uint32_t shard_;
  const BucketRange buckets_;
  const std::vector<SimTable>& tables_;
  std::uint64_t incarnation_ = 0;  // of the journal
  std::map<Lsn, Record> log_;
  std::map<PushName, Lsn> pushes_;         // of the log
  std::map<std::uint64_t, Lsn> sessions_;  // opened and not ended, of the log
  std::set<std::uint64_t> ended_;          // sessions, of the log
  std::uint64_t floor_ = 0;  // lower snapshot epochs were cut, by the log
  std::map<PushName, Durability> acks_;  // that are still promised
  std::map<std::uint64_t, Lsn> steps_;   // named by one push alone, of the log
  std::set<std::uint64_t> numbers_;      // of sessions that were promised
  std::set<TableIncarnation> made_;
  std::set<TableIncarnation> dropped_;
  std::map<std::uint64_t, Reference> restores_;
  Lsn synced_;  // known to be on the disk by an answer
  std::uint64_t lost_by_level_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_LEDGER_H_
