// Lookup and ReadRows: nothing is written.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "shard/state.h"
#include "shard/validate.h"

namespace rowhouse::shard {
namespace {

// Ids that one thread of the executor takes at a time: some 200 us of work.
constexpr std::size_t kSegmentIds = 8192;

// Output rows begin .. end of one input.
struct Segment {
  const LookupInput* input;
  const Table* table;
  std::size_t begin;
  std::size_t end;
  float* out;
};

// Cuts an input into segments at the borders of output rows, so that sums do
// not depend on the cuts.
void CutSegments(const LookupInput& input, const Table& table, float* out,
                 std::vector<Segment>& segments) {
  const std::size_t rows = input.output_rows();
  const absl::Span<const std::uint32_t> splits = input.bags.row_splits;
  std::size_t begin = 0;
  while (begin < rows) {
    std::size_t end = std::min(rows, begin + kSegmentIds);
    if (!splits.empty()) {
      const auto it =
          std::upper_bound(splits.begin() + begin + 1, splits.begin() + end + 1,
                           splits[begin] + kSegmentIds);
      end = std::max<std::size_t>(begin + 1, it - splits.begin() - 1);
    }
    segments.push_back({&input, &table, begin, end, out + begin * table.dim()});
    begin = end;
  }
}

// Of calls side by side.
class FirstError {
 public:
  void Update(const absl::Status& status) {
    if (status.ok()) return;
    MutexLock lock(mu_);
    status_.Update(status);
  }
  absl::Status status() {
    MutexLock lock(mu_);
    return status_;
  }

 private:
  Mutex mu_;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
};

absl::Status CheckOutputs(const LookupRequest& request,
                          absl::Span<const absl::Span<float>> outputs) {
  if (outputs.size() != request.inputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        outputs.size(), " outputs for ", request.inputs.size(), " inputs"));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const LookupInput& input = request.inputs[i];
    const std::size_t expected = input.output_rows() * input.dim;
    if (outputs[i].size() == expected) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("output ", i, " has room for ", outputs[i].size(),
                     " floats, expected ", expected));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::size_t>> Shard::State::CheckLookup(
    const LookupRequest& request) const {
  ROWHOUSE_RETURN_IF_ERROR(CheckServing());
  if (request.map_version != 0) {
    ROWHOUSE_RETURN_IF_ERROR(
        CheckMapVersion(request.map_version, options.map_version));
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckInputs(request.inputs.size()));
  RequestSize size;
  std::vector<std::size_t> rows;
  rows.reserve(request.inputs.size());
  for (const LookupInput& input : request.inputs) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        const Table* const table,
        FindTable(tables, input.table, input.incarnation));
    ROWHOUSE_RETURN_IF_ERROR(size.AddIds(input.bags.ids.size()));
    ROWHOUSE_RETURN_IF_ERROR(CheckLookupInput(*table, input, buckets));
    ROWHOUSE_RETURN_IF_ERROR(
        size.AddFloats(input.output_rows() * table->dim()));
    rows.push_back(input.output_rows());
  }
  return rows;
}

absl::StatusOr<std::vector<std::size_t>> Shard::CheckLookup(
    const LookupRequest& request) const {
  ReaderLock gate(state_->gate);
  return state_->CheckLookup(request);
}

absl::Status Shard::Lookup(const LookupRequest& request,
                           absl::Span<const absl::Span<float>> outputs) const {
  const State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckLookup(request).status());
  ROWHOUSE_RETURN_IF_ERROR(CheckOutputs(request, outputs));
  std::vector<Segment> segments;
  std::size_t ids = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const LookupInput& input = request.inputs[i];
    CutSegments(input, *s.tables.Find(input.table), outputs[i].data(),
                segments);
    ids += input.bags.ids.size();
  }
  FirstError error;
  const auto work = [&](std::size_t i) {
    const Segment& segment = segments[i];
    const BagsView& bags = segment.input->bags;
    const auto reader = s.readers.Take(&s.memory);
    if (segment.input->pooling == Pooling::kNone) {
      error.Update(reader->Copy(
          s.lanes, *segment.table,
          bags.ids.subspan(segment.begin, segment.end - segment.begin),
          segment.out));
    } else {
      error.Update(reader->Combine(s.lanes, *segment.table, bags, segment.begin,
                                   segment.end, segment.out));
    }
  };
  if (ids < 2 * kSegmentIds) {
    for (std::size_t i = 0; i < segments.size(); ++i) work(i);
  } else {
    s.env.executor.ForEach(segments.size(), work);
  }
  ROWHOUSE_RETURN_IF_ERROR(error.status());
  ++s.counters.lookups;
  s.counters.lookup_rows += ids;
  return absl::OkStatus();
}

absl::StatusOr<RowsReply> Shard::ReadRows(
    const ReadRowsRequest& request) const {
  const State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  if (request.map_version != 0) {
    ROWHOUSE_RETURN_IF_ERROR(
        CheckMapVersion(request.map_version, s.options.map_version));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Table* const table,
      FindTable(s.tables, request.table, request.incarnation));
  RequestSize size;
  ROWHOUSE_RETURN_IF_ERROR(size.AddIds(request.ids.size()));
  ROWHOUSE_RETURN_IF_ERROR(CheckIds(*table, request.ids, s.buckets));
  // Beside its floats a row has an LSN and a flag.
  ROWHOUSE_RETURN_IF_ERROR(
      size.AddFloats(request.ids.size() * (table->row_floats() + 3)));
  RowsReply reply;
  reply.dim = static_cast<std::uint32_t>(table->dim());
  reply.slot_floats = static_cast<std::uint32_t>(table->slot_floats());
  ROWHOUSE_RETURN_IF_ERROR(
      s.readers.Take(&s.memory)->Read(s.lanes, *table, request.ids, reply));
  return reply;
}

}  // namespace rowhouse::shard
