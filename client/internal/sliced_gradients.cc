#include "client/internal/sliced_gradients.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "client/internal/push_checks.h"
#include "kernels/clip.h"
#include "kernels/combine.h"

namespace rowhouse::internal {
namespace {

// A regularizer makes the gradient of a whole table dense, its repeats summed:
// then the shard clips.
bool IsClippedHere(const TableSpec& spec) {
  return kernels::Clips(spec.update.clipping) && !spec.update.regularizer.on();
}

// One optimizer's variables, as far as specs tell.
bool HaveOneOptimizer(const TableSpec& a, const TableSpec& b) {
  return a.optimizer == b.optimizer && a.update.clipping == b.update.clipping;
}

// Clips what the tables of the optimizer of `sliced[first]` have, and marks it
// done.
void ClipOneOptimizer(std::vector<SlicedFeature>& sliced, std::size_t first,
                      std::vector<bool>& done) {
  const TableSpec& spec = sliced[first].table->spec;
  std::vector<const KnownTable*> tables;
  std::vector<kernels::GradientPieces> variables;
  for (std::size_t i = first; i < sliced.size(); ++i) {
    const KnownTable* table = sliced[i].table.get();
    if (!IsClippedHere(table->spec) || !HaveOneOptimizer(table->spec, spec)) {
      continue;
    }
    done[i] = true;
    const auto at = std::find_if(tables.begin(), tables.end(),
                                 [table](const KnownTable* other) {
                                   return other->spec.name == table->spec.name;
                                 });
    const std::size_t variable = at - tables.begin();
    if (at == tables.end()) {
      tables.push_back(table);
      variables.emplace_back();
    }
    variables[variable].push_back(absl::MakeSpan(sliced[i].gradients.values));
  }
  kernels::ClipGradients(spec.update.clipping, variables);
}

void Clip(std::vector<SlicedFeature>& sliced) {
  std::vector<bool> done(sliced.size());
  for (std::size_t i = 0; i < sliced.size(); ++i) {
    if (done[i] || !IsClippedHere(sliced[i].table->spec)) continue;
    ClipOneOptimizer(sliced, i, done);
  }
}

// Rows that their tables skip, zeroed.
std::vector<absl::Span<float>> TakeSkippedRows(
    std::vector<SlicedFeature>& sliced) {
  std::vector<absl::Span<float>> skipped;
  for (SlicedFeature& slice : sliced) {
    const TableSpec& spec = slice.table->spec;
    if (spec.nan_policy != NanPolicy::kSkipRow) continue;
    const auto values = absl::MakeSpan(slice.gradients.values);
    for (std::size_t at = 0; at < values.size(); at += spec.dim) {
      const auto row = values.subspan(at, spec.dim);
      if (kernels::AllFinite(row.data(), row.size())) continue;
      absl::c_fill(row, 0.0f);
      skipped.push_back(row);
    }
  }
  return skipped;
}

}  // namespace

bool IsPushed(const TicketData& ticket, Gradients gradients, std::size_t f) {
  const FeatureIds& feature = ticket.feature(f);
  return feature.trainable &&
         (!gradients[f].empty() || OutputRows(feature) == 0);
}

absl::StatusOr<std::vector<SlicedFeature>> SliceGradients(
    const TicketData& ticket, Gradients gradients) {
  std::vector<SlicedFeature> sliced;
  for (std::size_t f = 0; f < gradients.size(); ++f) {
    const bool has_max_norm = ticket.is_unpooled(f);
    if (!has_max_norm && !IsClippedHere(ticket.tables[f]->spec)) continue;
    if (!IsPushed(ticket, gradients, f)) continue;
    ROWHOUSE_RETURN_IF_ERROR(CheckFinite(*ticket.tables[f], gradients[f],
                                         ticket.feature(f).batch.weights));
    SlicedFeature feature;
    feature.feature = static_cast<std::uint32_t>(f);
    feature.table = ticket.tables[f];
    feature.gradients =
        SumByRow(ticket.feature(f), gradients[f], ticket.denominators[f]);
    if (has_max_norm) PassMaxNorm(ticket.unpooled[f], feature.gradients);
    // Sums and quotients may not be finite either.
    ROWHOUSE_RETURN_IF_ERROR(
        CheckFinite(*ticket.tables[f], feature.gradients.values, {}));
    sliced.push_back(std::move(feature));
  }
  const std::vector<absl::Span<float>> skipped = TakeSkippedRows(sliced);
  Clip(sliced);
  for (const absl::Span<float> row : skipped) {
    absl::c_fill(row, std::numeric_limits<float>::quiet_NaN());
  }
  return sliced;
}

}  // namespace rowhouse::internal
