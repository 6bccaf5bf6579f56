// What a shard's rows must be: journal records applied one after the other to
// plain maps, with the kernels and nothing else of the product. Rows that move
// without a gradient are moved at every step, as TensorFlow does it.
#ifndef ROWHOUSE_TESTS_SIM_REFERENCE_H_
#define ROWHOUSE_TESTS_SIM_REFERENCE_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/requests.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "rowhouse/table_spec.h"
#include "shard/record_codec.h"

namespace rowhouse::sim {

class ReferenceTable {
 public:
  ReferenceTable(TableSpec spec, BucketRange buckets);

  const TableSpec& spec() const { return spec_; }
  void Push(absl::Span<const shard::InputRecord> inputs,
            TableIncarnation incarnation, std::uint64_t step);
  void Write(const shard::RowsRecord& rows);

  // Weights, then slots.
  std::vector<float> Row(Id id) const;
  bool Stored(Id id) const { return rows_.contains(id); }
  std::uint64_t steps() const { return steps_; }

  // What the part of it in `buckets` holds.
  ReferenceTable Part(BucketRange buckets) const;
  // Adds the rows of another shard's part.
  void Join(const ReferenceTable& other);

 private:
  bool Owns(Id id) const;
  std::vector<float> FirstRow(Id id) const;
  float* Materialize(Id id);

  TableSpec spec_;
  BucketRange buckets_;
  std::uint64_t steps_ = 0;
  std::map<Id, std::vector<float>> rows_;
};

// All tables of a shard, by incarnation.
class Reference {
 public:
  std::map<TableIncarnation, ReferenceTable>& tables() { return tables_; }
  const std::map<TableIncarnation, ReferenceTable>& tables() const {
    return tables_;
  }
  // A record of the journal; tables that are not known are left out.
  absl::Status Apply(shard::RecordKind kind, absl::string_view payload);

 private:
  std::map<TableIncarnation, ReferenceTable> tables_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_REFERENCE_H_
