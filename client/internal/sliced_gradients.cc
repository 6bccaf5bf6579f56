#include "client/internal/sliced_gradients.h"

#include <utility>

namespace rowhouse::internal {

bool IsPushed(const TicketData& ticket, Gradients gradients, std::size_t f) {
  const FeatureIds& feature = ticket.feature(f);
  return feature.trainable &&
         (!gradients[f].empty() || OutputRows(feature) == 0);
}

std::vector<SlicedFeature> SliceGradients(const TicketData& ticket,
                                          Gradients gradients) {
  std::vector<SlicedFeature> sliced;
  for (std::size_t f = 0; f < gradients.size(); ++f) {
    if (!ticket.is_unpooled(f) || !IsPushed(ticket, gradients, f)) continue;
    SlicedFeature feature;
    feature.feature = static_cast<std::uint32_t>(f);
    feature.table = ticket.tables[f];
    feature.gradients =
        SumByRow(ticket.feature(f), gradients[f], ticket.denominators[f]);
    PassMaxNorm(ticket.unpooled[f], feature.gradients);
    sliced.push_back(std::move(feature));
  }
  return sliced;
}

}  // namespace rowhouse::internal
