// Repeats the pushes and writes of journal records: with the code that applied
// them the first time, so that the bits are those of the first time.
#ifndef ROWHOUSE_SHARD_ROW_REPLAY_H_
#define ROWHOUSE_SHARD_ROW_REPLAY_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "shard/own_share.h"
#include "shard/push_work.h"
#include "shard/record_codec.h"
#include "shard/row_reader.h"

namespace rowhouse::shard {

// Not thread-safe. Rows that hold a record already are left as they are.
class RowReplay {
 public:
  // The table that an input of the record `lsn` is to be repeated in; null:
  // leave it out.
  using FindTable = std::function<Table*(TableIncarnation table, Lsn lsn)>;
  // Works the lanes of a push that was enqueued in them.
  using Drain = std::function<void(const PushWork&)>;
  enum class Foreign {
    kRefuse,    // ids of other buckets are damage
    kLeaveOut,  // the records are of a shard with more buckets
  };

  RowReplay(BucketRange buckets, const Lanes& lanes, FindTable find,
            Drain drain, Foreign foreign)
      : buckets_(buckets),
        lanes_(lanes),
        find_(std::move(find)),
        drain_(std::move(drain)),
        foreign_(foreign),
        share_(buckets) {}

  // The record that was decoded last. Errors say what does not fit the tables.
  absl::Status Push(const RecordDecoder& record, Lsn lsn);
  absl::Status WriteRows(const RecordDecoder& record, Lsn lsn);
  // One more step of a table whose rows move without a gradient, with none.
  absl::Status Step(Table& table, const kernels::StepTerms& terms, Lsn lsn);

  // Tables whose rows moved without a gradient in the last Push.
  std::uint64_t steps() const { return steps_; }

 private:
  void Apply(Lsn lsn);

  const BucketRange buckets_;
  const Lanes& lanes_;
  const FindTable find_;
  const Drain drain_;
  const Foreign foreign_;
  OwnShare share_;
  std::vector<ResolvedInput> inputs_;
  PushWork work_;
  std::uint64_t steps_ = 0;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_ROW_REPLAY_H_
