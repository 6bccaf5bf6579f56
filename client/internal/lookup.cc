#include "client/internal/lookup.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/internal/merge.h"
#include "client/internal/partition.h"
#include "client/internal/unpooled.h"
#include "kernels/combine.h"

namespace rowhouse::internal {
namespace {

using Tables = std::vector<std::shared_ptr<const KnownTable>>;

absl::StatusOr<Tables> FindTables(TableDirectory& directory,
                                  const std::vector<FeatureIds>& features,
                                  absl::Time deadline) {
  Tables tables;
  tables.reserve(features.size());
  for (const FeatureIds& feature : features) {
    ROWHOUSE_RETURN_IF_ERROR(Validate(feature));
    ROWHOUSE_ASSIGN_OR_RETURN(auto table,
                              directory.Find(feature.table, deadline));
    if (feature.dim != table->spec.dim) {
      return absl::InvalidArgumentError(
          absl::StrCat("table '", feature.table, "' has dim ", table->spec.dim,
                       ", the lookup expects ", feature.dim));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

// One shard's request and answer.
struct ShardLookup {
  std::vector<LookupInput> inputs;
  // Where one shard may write the activations itself.
  std::vector<absl::Span<float>> outputs;
  LookupReply reply;
};

ShardLookup Prepare(const Partition& partition, const Tables& tables,
                    ShardIndex shard, std::vector<Activation>& activations) {
  ShardLookup lookup;
  for (const ShardInput& input : partition.inputs(shard)) {
    const FeatureIds& feature = partition.features()[input.feature];
    LookupInput asked;
    asked.table = feature.table;
    asked.incarnation = tables[input.feature]->incarnation;
    asked.dim = feature.dim;
    asked.pooling =
        feature.combiner == Combiner::kNone ? Pooling::kNone : Pooling::kSum;
    asked.bags = input.bags;
    if (asked.pooling == Pooling::kNone) asked.bags.row_splits = {};
    lookup.inputs.push_back(asked);
    if (input.whole) {
      lookup.outputs.push_back(
          absl::MakeSpan(activations[input.feature].values));
    }
  }
  return lookup;
}

absl::Status Ask(Cluster& cluster, absl::Time deadline,
                 std::vector<ShardCall>& calls,
                 std::vector<ShardLookup>& lookups) {
  cluster.FanOut(
      deadline, calls,
      [&](std::size_t i, absl::Time try_deadline, Cluster::Done done) {
        const LookupRequest request{cluster.map().version(), lookups[i].inputs};
        cluster.stub(calls[i].shard)
            .Lookup(request, lookups[i].outputs, try_deadline,
                    [&reply = lookups[i].reply, done = std::move(done)](
                        absl::StatusOr<LookupReply> answer) mutable {
                      absl::Status status = answer.status();
                      if (status.ok()) reply = *std::move(answer);
                      done(std::move(status));
                    });
      });
  for (const ShardCall& call : calls) {
    ROWHOUSE_RETURN_IF_ERROR(cluster.Named(call.shard, call.status));
  }
  return absl::OkStatus();
}

// Replaces the features that have a max_norm by their rows. Empty when none
// has.
std::vector<Unpooled> TakeApart(std::vector<FeatureIds>& features) {
  std::vector<Unpooled> unpooled;
  for (std::size_t f = 0; f < features.size(); ++f) {
    if (!features[f].max_norm.has_value()) continue;
    unpooled.resize(features.size());
    features[f] = Unpool(std::move(features[f]), unpooled[f]);
  }
  return unpooled;
}

// From merged sums and rows to the activations.
void Finish(TicketData& ticket, std::vector<Activation>& activations) {
  ticket.denominators.resize(activations.size());
  for (std::size_t f = 0; f < activations.size(); ++f) {
    if (ticket.is_unpooled(f)) {
      activations[f] = Pool(std::move(activations[f]), ticket.unpooled[f]);
    }
    const FeatureIds& feature = ticket.feature(f);
    ticket.denominators[f] = BagDenominators(feature.combiner, feature.batch);
    kernels::DivideRows(ticket.denominators[f], feature.dim,
                        activations[f].values.data());
  }
}

}  // namespace

absl::StatusOr<std::pair<std::vector<Activation>, TicketData>> LookUp(
    Cluster& cluster, TableDirectory& directory,
    std::vector<FeatureIds> features, absl::Time deadline) {
  ROWHOUSE_ASSIGN_OR_RETURN(Tables tables,
                            FindTables(directory, features, deadline));
  std::vector<BucketFunction> buckets;
  buckets.reserve(tables.size());
  for (const auto& table : tables) buckets.push_back(table->buckets);
  std::vector<Unpooled> unpooled = TakeApart(features);
  Partition partition(std::move(features), buckets, cluster.map());
  std::vector<Activation> activations = ZeroActivations(partition);

  std::vector<ShardCall> calls;
  std::vector<ShardLookup> lookups;
  for (std::uint32_t s = 0; s < partition.shard_count(); ++s) {
    if (partition.inputs(ShardIndex(s)).empty()) continue;
    calls.push_back({ShardIndex(s)});
    lookups.push_back(Prepare(partition, tables, ShardIndex(s), activations));
  }
  if (absl::Status asked = Ask(cluster, deadline, calls, lookups);
      !asked.ok()) {
    // A table may have been dropped or made anew since it was remembered.
    directory.Forget();
    return asked;
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    ROWHOUSE_RETURN_IF_ERROR(
        MergeReply(partition, calls[i].shard, lookups[i].reply, activations));
  }
  TicketData ticket{std::move(partition), std::move(tables), {}};
  ticket.unpooled = std::move(unpooled);
  ticket.map = &cluster.map();
  Finish(ticket, activations);
  return std::make_pair(std::move(activations), std::move(ticket));
}

}  // namespace rowhouse::internal
