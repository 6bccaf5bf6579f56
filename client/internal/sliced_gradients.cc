#include "client/internal/sliced_gradients.h"

#include <algorithm>
#include <utility>

#include "kernels/clip.h"

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

}  // namespace

bool IsPushed(const TicketData& ticket, Gradients gradients, std::size_t f) {
  const FeatureIds& feature = ticket.feature(f);
  return feature.trainable &&
         (!gradients[f].empty() || OutputRows(feature) == 0);
}

std::vector<SlicedFeature> SliceGradients(const TicketData& ticket,
                                          Gradients gradients) {
  std::vector<SlicedFeature> sliced;
  for (std::size_t f = 0; f < gradients.size(); ++f) {
    const bool has_max_norm = ticket.is_unpooled(f);
    if (!has_max_norm && !IsClippedHere(ticket.tables[f]->spec)) continue;
    if (!IsPushed(ticket, gradients, f)) continue;
    SlicedFeature feature;
    feature.feature = static_cast<std::uint32_t>(f);
    feature.table = ticket.tables[f];
    feature.gradients =
        SumByRow(ticket.feature(f), gradients[f], ticket.denominators[f]);
    if (has_max_norm) PassMaxNorm(ticket.unpooled[f], feature.gradients);
    sliced.push_back(std::move(feature));
  }
  Clip(sliced);
  return sliced;
}

}  // namespace rowhouse::internal
