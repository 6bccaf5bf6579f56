#include "tests/golden/kinds/safe_lookup.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/lookup.h"
#include "tests/golden/compare.h"
#include "tests/golden/feature_batch.h"
#include "tests/golden/tables.h"

namespace rowhouse::golden {
namespace {

constexpr absl::string_view kTable = "table";

// A name that none has is no combiner, which the lookup refuses.
Combiner CombinerOf(const Json& name) {
  if (name.is_null() || name == "mean") return Combiner::kMean;
  if (name == "sum") return Combiner::kSum;
  return name == "sqrtn" ? Combiner::kSqrtn : Combiner::kNone;
}

absl::StatusOr<LookupOptions> OptionsOf(const Case& test, std::uint32_t dim) {
  LookupOptions options{.table = std::string(kTable),
                        .dim = dim,
                        .combiner = CombinerOf(test.given.at("combiner"))};
  const Json& max_norm = test.given.at("max_norm");
  if (!max_norm.is_null()) {
    ROWHOUSE_ASSIGN_OR_RETURN(const double norm, ReadNumber(max_norm));
    options.max_norm = static_cast<float>(norm);
  }
  return options;
}

absl::StatusOr<std::pair<SparseLookup, LookupResult>> LookUp(
    const Case& test, const LookupOptions& options, Client& client) {
  Json tensors = {{"ids", test.given.at("ids")}};
  if (!test.given.at("weights").is_null()) {
    tensors["weights"] = test.given.at("weights");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch batch,
                            FeatureBatch::Read(tensors));
  std::optional<std::int64_t> default_id;
  if (!test.given.at("default_id").is_null()) {
    default_id = test.given.at("default_id").get<std::int64_t>();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      SparseLookup lookup,
      SafeLookupSparse(options, *batch.features().Find("ids"),
                       batch.features().Find("weights"), default_id));
  ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found, client.Lookup({lookup.ids}));
  return std::make_pair(std::move(lookup), std::move(found));
}

absl::Status CheckGradient(const Case& test, const TableSpec& spec,
                           Ticket ticket, Client& client) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor,
                            ReadTensor(test.given.at("upstream")));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> upstream,
                            FloatsOf(tensor));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto watch,
                            GradientWatch::Begin(client, {spec}));
  ROWHOUSE_RETURN_IF_ERROR(
      client.Push(std::move(ticket), {absl::MakeConstSpan(upstream)}).status());
  ROWHOUSE_ASSIGN_OR_RETURN(const auto gradient, watch.Of(client, kTable));
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("gradient_ids", gradient.ids,
                                          test.expect.at("gradient_ids")));
  return CompareDense(
      "table_gradient", {static_cast<std::int64_t>(spec.rows), spec.dim},
      gradient.values, test.expect.at("table_gradient"), test.tolerance);
}

Outcome RunSafeLookup(const Case& test, Context& context) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor table,
                            ReadTensor(test.given.at("table")));
  const TableSpec spec =
      ShowingGradients({.name = std::string(kTable),
                        .dim = static_cast<std::uint32_t>(table.shape.at(1)),
                        .rows = static_cast<std::uint64_t>(table.shape.at(0))});
  ROWHOUSE_RETURN_IF_ERROR(
      CreateTables(*context.client, {spec},
                   {{std::string(kTable), test.given.at("table")}}));
  ROWHOUSE_ASSIGN_OR_RETURN(const LookupOptions options,
                            OptionsOf(test, spec.dim));
  auto looked_up = LookUp(test, options, *context.client);
  if (!looked_up.ok()) {
    return CheckError(test, Moment::kRun, looked_up.status());
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  ROWHOUSE_RETURN_IF_ERROR(CompareDense("output", looked_up->first.output_shape,
                                        looked_up->second.activations[0].values,
                                        test.expect.at("output"),
                                        test.tolerance));
  if (!test.given.contains("upstream")) return absl::OkStatus();
  return CheckGradient(test, spec, std::move(looked_up->second.ticket),
                       *context.client);
}

}  // namespace

Kind SafeLookupKind() {
  return {.name = "safe_lookup",
          .uses_tables = true,
          .given = {"table", "ids", "weights", "combiner", "max_norm",
                    "default_id", "upstream"},
          .expected = {"output", "table_gradient", "gradient_ids"},
          .run = RunSafeLookup};
}

}  // namespace rowhouse::golden
