// Reads rows for lookups: under the locks of all lanes, a short batch at a
// time, combining in the order of the request, so that no sum depends on lanes.
// Rows of stepped tables are copied under the locks and brought up behind them.
#ifndef ROWHOUSE_SHARD_ROW_READER_H_
#define ROWHOUSE_SHARD_ROW_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "base/requests.h"
#include "rowhouse/ids.h"
#include "shard/lane.h"
#include "shard/table.h"

namespace rowhouse::shard {

using Lanes = std::vector<std::unique_ptr<Lane>>;

// Keeps its memory from call to call. Not thread-safe: one per reading thread.
class RowReader {
 public:
  // out[i] = weights of ids[i]: ids x dim floats.
  void Copy(const Lanes& lanes, const Table& table, absl::Span<const Id> ids,
            float* out);

  // out[b - begin] = sum of bag b, for the bags begin <= b < end.
  // REQUIRES: Validate(bags) is OK.
  void Combine(const Lanes& lanes, const Table& table, const BagsView& bags,
               std::size_t begin, std::size_t end, float* out);

  // Appends the rows with slots and LSNs; reply.dim and slot_floats are set.
  void Read(const Lanes& lanes, const Table& table, absl::Span<const Id> ids,
            RowsReply& reply);

 private:
  // One row of a stepped table, copied.
  struct Copied {
    std::uint32_t lane = 0;
    bool stored = false;
    Lsn lsn;
  };

  // Points rows_ at the rows of at most kLaneBatchRows ids, behind what is
  // there, and calls `use()` while they stay.
  template <typename Use>
  void WithRows(const Lanes& lanes, const Table& table,
                absl::Span<const Id> ids, Use use);
  // Points rows_ at the rows of at most kLaneBatchRows ids, behind what is
  // there. REQUIRES: the locks are held, now and while rows_ is used.
  void Collect(const Table& table, absl::Span<const Id> ids);

  // The same for a stepped table, into copies of whole rows with all steps of
  // their lane done. Takes the locks itself; rows_ stays until the next call.
  void CollectCaughtUp(const Lanes& lanes, const Table& table,
                       absl::Span<const Id> ids);
  // Its first half, under the locks: rows as they are, and what they miss.
  void CopyRows(const Lanes& lanes, const Table& table,
                absl::Span<const Id> ids);
  void CombineBatch(const Lanes& lanes, const Table& table,
                    const BagsView& bags, std::size_t begin, std::size_t end,
                    float* out);
  void CombineLongBag(const Lanes& lanes, const Table& table,
                      const BagsView& bags, std::size_t bag, float* out);

  std::vector<std::uint64_t> hashes_;
  std::vector<const float*> rows_;
  std::vector<float> initial_;  // rows that were never pushed
  std::vector<std::uint32_t> splits_;
  std::vector<float> weights_;
  std::vector<float> partial_;
  std::vector<Copied> copied_;
  std::vector<float> copies_;
  std::vector<std::uint64_t> oldest_;  // by lane: the first step to be done
  std::vector<StepLog> missed_;        // by lane, from there on
  std::vector<std::vector<float*>> behind_;  // by lane: copies to catch up
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_ROW_READER_H_
