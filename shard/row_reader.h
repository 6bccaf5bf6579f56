// Reads rows for lookups: under the locks of all lanes, a short batch at a
// time, combining in the order of the request, so that no sum depends on lanes.
// Rows of stepped tables are copied under the locks and brought up behind them.
//
// Where the memory of rows is bounded, those that are not there are read from
// the row store between two looks under the locks. An image read so holds every
// push that was acknowledged before the first look: until then the row had been
// in memory, or its image was what it is.
#ifndef ROWHOUSE_SHARD_ROW_READER_H_
#define ROWHOUSE_SHARD_ROW_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "rowhouse/ids.h"
#include "shard/lane.h"
#include "shard/row_fetcher.h"
#include "shard/row_memory.h"
#include "shard/table.h"

namespace rowhouse::shard {

using Lanes = std::vector<std::unique_ptr<Lane>>;

// Keeps its memory from call to call. Not thread-safe: one per reading thread.
class RowReader {
 public:
  // `memory` is not bounded, or outlives the reader.
  explicit RowReader(const RowMemory* memory = nullptr) : memory_(memory) {}

  // All return errors of the row store, and are OK where memory is not bounded.

  // out[i] = weights of ids[i]: ids x dim floats.
  absl::Status Copy(const Lanes& lanes, const Table& table,
                    absl::Span<const Id> ids, float* out);

  // out[b - begin] = sum of bag b, for the bags begin <= b < end.
  // REQUIRES: Validate(bags) is OK.
  absl::Status Combine(const Lanes& lanes, const Table& table,
                       const BagsView& bags, std::size_t begin, std::size_t end,
                       float* out);

  // Appends the rows with slots and LSNs; reply.dim and slot_floats are set.
  absl::Status Read(const Lanes& lanes, const Table& table,
                    absl::Span<const Id> ids, RowsReply& reply);

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
  absl::Status WithRows(const Lanes& lanes, const Table& table,
                        absl::Span<const Id> ids, Use use);
  // Points rows_ at the rows of at most kLaneBatchRows ids, behind what is
  // there. REQUIRES: the locks are held, now and while rows_ is used.
  void Collect(const Table& table, absl::Span<const Id> ids);

  // Calls `use` under the locks when each of the ids is in memory or was
  // fetched; fetches in between, where memory is bounded.
  template <typename Use>
  absl::Status WithAllThere(const Lanes& lanes, const Table& table,
                            absl::Span<const Id> ids, Use use);
  // Marks ids that have to be fetched; true when there are none.
  bool AllThere(const Table& table, absl::Span<const Id> ids);
  absl::Status Fetch(const Table& table, absl::Span<const Id> ids);
  bool bounded() const { return memory_ != nullptr && memory_->bounded(); }
  // Of an id that is not in memory: its number in fetcher_ when the row store
  // has it, else kNotFetched.
  std::size_t Fetched(std::size_t i) const;

  // The same for a stepped table, into copies of whole rows with all steps of
  // their lane done. Takes the locks itself; rows_ stays until the next call.
  absl::Status CollectCaughtUp(const Lanes& lanes, const Table& table,
                               absl::Span<const Id> ids);
  // Its first half: rows as they are, and what they miss. REQUIRES: the locks.
  void CopyRows(const Lanes& lanes, const Table& table,
                absl::Span<const Id> ids);
  absl::Status CombineBatch(const Lanes& lanes, const Table& table,
                            const BagsView& bags, std::size_t begin,
                            std::size_t end, float* out);
  // Of more than kLaneBatchRows ids; the first where there are no weights.
  absl::Status SumLongBag(const Lanes& lanes, const Table& table,
                          absl::Span<const Id> ids, float* out);
  absl::Status CombineLongBag(const Lanes& lanes, const Table& table,
                              const BagsView& bags, std::size_t bag,
                              float* out);

  const RowMemory* memory_;
  static constexpr std::size_t kNotFetched = ~std::size_t{0};
  RowFetcher fetcher_;
  std::vector<std::size_t> fetched_;  // by id of the batch: number in fetcher_

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
