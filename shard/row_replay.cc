#include "shard/row_replay.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "shard/steps.h"

namespace rowhouse::shard {
namespace {

// What the record says of the table's step.
kernels::StepTerms TermsOf(const RecordDecoder& record, const Table& table) {
  for (const InputRecord& input : record.inputs()) {
    if (input.table != table.incarnation()) continue;
    if (input.terms.has_value()) return *input.terms;
    break;
  }
  return PlainTerms(table, record.header().step);
}

}  // namespace

absl::Status RowReplay::Push(const RecordDecoder& record, Lsn lsn) {
  inputs_.clear();
  share_.Clear();
  for (const InputRecord& input : record.inputs()) {
    Table* const table = find_(input.table, lsn);
    if (table == nullptr) continue;
    ROWHOUSE_RETURN_IF_ERROR(Validate(input.bags, table->spec().name));
    if (input.dim != table->dim()) {
      return absl::DataLossError(absl::StrCat("dim ", input.dim, " of table '",
                                              table->spec().name, "' of dim ",
                                              table->dim()));
    }
    const ResolvedInput all = {table, input.bags, input.gradients, {}};
    inputs_.push_back(foreign_ == Foreign::kLeaveOut ? share_.Take(all) : all);
  }
  ROWHOUSE_RETURN_IF_ERROR(work_.FillGradients(
      inputs_, buckets_, static_cast<std::uint32_t>(lanes_.size())));
  steps_ = 0;
  for (std::size_t i = 0; i < work_.tables(); ++i) {
    work_.set_terms(i, TermsOf(record, work_.table(i)));
    CountStep(work_.table(i), work_.terms(i), record.header().session);
    steps_ += work_.table(i).stepped() ? 1 : 0;
  }
  Apply(lsn);
  return absl::OkStatus();
}

absl::Status RowReplay::WriteRows(const RecordDecoder& record, Lsn lsn) {
  const RowsRecord& rows = record.rows();
  Table* const table = find_(rows.table, lsn);
  if (table == nullptr) return absl::OkStatus();
  if (rows.dim != table->dim() ||
      (rows.slot_floats != 0 && rows.slot_floats != table->slot_floats())) {
    return absl::DataLossError(
        absl::StrCat("rows of ", rows.dim, " and ", rows.slot_floats,
                     " floats in table '", table->spec().name, "' of ",
                     table->dim(), " and ", table->slot_floats()));
  }
  share_.Clear();
  const ResolvedRows all = {table, rows.ids, rows.weights, rows.slots};
  ROWHOUSE_RETURN_IF_ERROR(
      work_.FillRows(foreign_ == Foreign::kLeaveOut ? share_.Take(all) : all,
                     buckets_, static_cast<std::uint32_t>(lanes_.size())));
  Apply(lsn);
  return absl::OkStatus();
}

absl::Status RowReplay::Step(Table& table, const kernels::StepTerms& terms,
                             Lsn lsn) {
  inputs_.assign(1, {&table, {}, {}, {}});
  ROWHOUSE_RETURN_IF_ERROR(work_.FillGradients(
      inputs_, buckets_, static_cast<std::uint32_t>(lanes_.size())));
  work_.set_terms(0, terms);
  CountStep(table, terms, /*session=*/0);
  Apply(lsn);
  return absl::OkStatus();
}

void RowReplay::Apply(Lsn lsn) {
  work_.set_lsn(lsn);
  for (const std::uint32_t lane : work_.lanes()) lanes_[lane]->Enqueue(work_);
  drain_(work_);
}

}  // namespace rowhouse::shard
