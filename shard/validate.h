// What a request must fulfil before anything is read or changed. Each check
// returns the status that the caller sees, with the numbers.
#ifndef ROWHOUSE_SHARD_VALIDATE_H_
#define ROWHOUSE_SHARD_VALIDATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/requests.h"
#include "rowhouse/shard_map.h"
#include "shard/table.h"
#include "shard/tables.h"

namespace rowhouse::shard {

// FAILED_PRECONDITION when `got` is not this shard's version.
absl::Status CheckMapVersion(std::uint64_t got, std::uint64_t own);

// NOT_FOUND when there is no such table, or not in this incarnation (0: any).
absl::StatusOr<Table*> FindTable(const Tables& tables, absl::string_view name,
                                 TableIncarnation incarnation);

// RESOURCE_EXHAUSTED beyond kInputsPerRequestMax.
absl::Status CheckInputs(std::size_t inputs);

// Adds up what a request names; RESOURCE_EXHAUSTED beyond the limits.
class RequestSize {
 public:
  absl::Status AddIds(std::size_t ids);        // kIdsPerRequestMax
  absl::Status AddFloats(std::size_t floats);  // kMessageBytesMax

 private:
  std::size_t ids_ = 0;
  std::size_t floats_ = 0;
};

// INVALID_ARGUMENT: dim, shapes, weights where there is no pooling. Errors of
// CheckId (push_work.h) for the first id that is not right.
absl::Status CheckLookupInput(const Table& table, const LookupInput& input,
                              BucketRange buckets);
absl::Status CheckIds(const Table& table, absl::Span<const Id> ids,
                      BucketRange buckets);

// INVALID_ARGUMENT: dim, shapes, a table_step where there must be none or the
// reverse, a rate that is not finite, and with NanPolicy::kReject a gradient or
// weight that is NaN or infinite. Ids are checked by PushWork.
absl::Status CheckPushInput(const Table& table, const PushInput& input);

// INVALID_ARGUMENT: dim, shapes, an id twice. Ids are checked by PushWork.
absl::Status CheckWriteRows(const Table& table,
                            const WriteRowsRequest& request);

// INVALID_ARGUMENT when the lowest unacknowledged sequence is above the
// sequence, or kPushWindow or more below it.
absl::Status CheckSequence(const PushHeader& header);

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_VALIDATE_H_
