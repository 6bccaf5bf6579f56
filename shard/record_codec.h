// What the shard writes into its journal. On disk: do not change; a new kind is
// added beside the old ones. All numbers are little-endian, nothing is padded.
//
//   kind 1, open session   number u64
//   kind 2, end session    number u64
//   kind 5, close cut      snapshot epoch u64: the checkpoint of that epoch
//                          holds no record from here on
//   kind 3, push           header, inputs u32, inputs times:
//                            incarnation u64, dim u32, ids u32, bags u32,
//                            flags u32 (1: has weights, 2: has row splits,
//                              4: has terms),
//                            if flag 4: rate f32, iteration u64
//                            ids x u64,
//                            if flag 1: ids x f32 weights,
//                            if flag 2: (bags + 1) x u32 row splits,
//                            (bags x dim) x f32 gradients
//                          without flag 2, bags = ids; without flag 4, the
//                          rate is the table's constant one and the iteration
//                          the header's step
//   kind 4, write rows     header, incarnation u64, dim u32, slot floats u32
//                          (0: slots become those of a first row), ids u32,
//                            ids x u64,
//                            (ids x dim) x f32 weights,
//                            (ids x slot floats) x f32 slots
//   header                 session u64, sequence u64, lowest u64,
//                          snapshot epoch u64, step u64
//
// A record holds inputs as they were sent: replay sums and applies them with
// the kernels that did it first, so the bits are the same.
#ifndef ROWHOUSE_SHARD_RECORD_CODEC_H_
#define ROWHOUSE_SHARD_RECORD_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "kernels/optimizers/step_terms.h"

namespace rowhouse::shard {

enum class RecordKind : std::uint32_t {
  kOpenSession = 1,
  kEndSession = 2,
  kPush = 3,
  kWriteRows = 4,
  kCloseCut = 5,
};

struct RecordHeader {
  std::uint64_t session = 0;
  std::uint64_t sequence = 0;
  std::uint64_t lowest = 0;
  std::uint64_t snapshot_epoch = 0;
  std::uint64_t step = 0;
  friend bool operator==(const RecordHeader&, const RecordHeader&) = default;
};

RecordHeader MakeRecordHeader(const PushHeader& header);

struct InputRecord {
  TableIncarnation table;
  std::uint32_t dim = 0;
  BagsView bags;
  absl::Span<const float> gradients;  // bags.bags() x dim
  // Unset: the table's constant rate, the header's step.
  std::optional<kernels::StepTerms> terms;
};

struct RowsRecord {
  TableIncarnation table;
  std::uint32_t dim = 0;
  std::uint32_t slot_floats = 0;  // 0: `slots` is empty
  absl::Span<const Id> ids;
  absl::Span<const float> weights;
  absl::Span<const float> slots;
};

// Pieces of a payload: the numbers around the arrays in memory of its own, the
// arrays where they are. Keeps its memory from record to record.
class RecordEncoder {
 public:
  using Pieces = absl::Span<const absl::Span<const char>>;

  // Each replaces what the one before returned.
  Pieces Session(std::uint64_t number);
  Pieces CloseCut(std::uint64_t epoch) { return Session(epoch); }
  Pieces Push(const RecordHeader& header, absl::Span<const InputRecord> inputs);
  Pieces WriteRows(const RecordHeader& header, const RowsRecord& rows);

 private:
  template <typename T>
  void Number(T value);
  template <typename T>
  void Array(absl::Span<const T> values);
  void Header(const RecordHeader& header);
  void EndNumbers();

  std::vector<char> numbers_;
  std::size_t numbers_begin_ = 0;  // of the piece being gathered
  std::vector<absl::Span<const char>> pieces_;
};

// The reverse; DATA_LOSS naming what does not fit. Arrays are copied, because
// journal bytes are not aligned; views stay valid until the next call.
class RecordDecoder {
 public:
  absl::StatusOr<std::uint64_t> Session(absl::Span<const char> payload);
  absl::StatusOr<std::uint64_t> CloseCut(absl::Span<const char> payload) {
    return Session(payload);
  }

  absl::Status Push(absl::Span<const char> payload);
  absl::Status WriteRows(absl::Span<const char> payload);

  const RecordHeader& header() const { return header_; }
  absl::Span<const InputRecord> inputs() const { return inputs_; }
  const RowsRecord& rows() const { return rows_; }

 private:
  class Reader;

  RecordHeader header_;
  std::vector<InputRecord> inputs_;
  RowsRecord rows_;
  std::vector<char> storage_;  // aligned copies of the arrays
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_RECORD_CODEC_H_
