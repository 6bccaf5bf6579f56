// Lookups and pushes through a client give what the rules say, for ids, weights
// and combiners that nobody thought of.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "rowhouse/lookup.h"
#include "tests/golden/cluster.h"
#include "tests/golden/feature_batch.h"
#include "tests/property/draw.h"
#include "tests/property/reference_lookup.h"

namespace rowhouse::property {
namespace {

constexpr std::uint64_t kSeed = 20261127;
constexpr int kCases = 2000;
constexpr std::int64_t kRows = 7;
constexpr std::uint32_t kDims[] = {1, 3, 8};

// Of the magnitude of what was added: float32 has 2^-24.
constexpr double kRounding = 2e-6;

std::string TableOf(std::uint32_t dim) { return "t" + std::to_string(dim); }

absl::Status MakeTables(Client& client) {
  for (const std::uint32_t dim : kDims) {
    TableSpec spec;
    spec.name = TableOf(dim);
    spec.dim = dim;
    spec.rows = kRows;
    // A step subtracts the gradient.
    spec.optimizer = SgdSpec{.learning_rate = 1.0f};
    ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(spec));
  }
  return absl::OkStatus();
}

std::vector<float> Floats(Draw& draw, std::size_t count) {
  std::vector<float> floats(count);
  for (float& value : floats) value = static_cast<float>(draw.Float(-2, 2));
  return floats;
}

std::string Compare(const char* what, absl::Span<const float> got,
                    const Sums& expected) {
  if (got.size() != expected.values.size()) return "another size";
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double bound = kRounding * expected.magnitudes[i];
    if (std::abs(got[i] - expected.values[i]) <= bound) continue;
    return std::string(what) + "[" + std::to_string(i) + "] expected " +
           std::to_string(expected.values[i]) + ", got " +
           std::to_string(got[i]);
  }
  return "";
}

// "" when lookup and push of the case give what the reference does.
absl::StatusOr<std::string> Difference(Client& client, const Json& lookup,
                                       std::uint32_t dim, Draw& draw) {
  std::vector<std::uint64_t> ids(kRows);
  std::iota(ids.begin(), ids.end(), 0);
  const std::vector<float> table = Floats(draw, kRows * dim);
  ROWHOUSE_RETURN_IF_ERROR(client.WriteRows(TableOf(dim), ids, table, {}));
  Json tensors = {{"ids", lookup.at("ids")}};
  if (!lookup.at("weights").is_null()) {
    tensors["weights"] = lookup.at("weights");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const auto batch,
                            golden::FeatureBatch::Read(tensors));
  const std::string combiner = lookup.at("combiner");
  LookupOptions options{.table = TableOf(dim),
                        .dim = dim,
                        .combiner = combiner == "sum"    ? Combiner::kSum
                                    : combiner == "mean" ? Combiner::kMean
                                                         : Combiner::kSqrtn};
  if (!lookup.at("max_norm").is_null()) {
    options.max_norm = lookup.at("max_norm").get<float>();
  }
  std::optional<std::int64_t> default_id;
  if (!lookup.at("default_id").is_null()) {
    default_id = lookup.at("default_id").get<std::int64_t>();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const SparseLookup sparse,
      SafeLookupSparse(options, *batch.features().Find("ids"),
                       batch.features().Find("weights"), default_id));
  ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found, client.Lookup({sparse.ids}));
  const std::vector<float> upstream =
      Floats(draw, found.activations[0].values.size());
  const ReferenceLookup expected = LookUp(lookup, table, dim, upstream);
  const std::string output =
      Compare("output", found.activations[0].values, expected.output);
  if (!output.empty()) return output;

  // Rows of zeros become the gradient, negative.
  const std::vector<float> zeros(table.size());
  ROWHOUSE_RETURN_IF_ERROR(client.WriteRows(TableOf(dim), ids, zeros, {}));
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows before,
                            client.ReadRows(TableOf(dim), ids));
  ROWHOUSE_RETURN_IF_ERROR(
      client.Push(std::move(found.ticket), {absl::MakeConstSpan(upstream)})
          .status());
  ROWHOUSE_ASSIGN_OR_RETURN(Rows after, client.ReadRows(TableOf(dim), ids));
  for (float& weight : after.weights) weight = -weight;
  std::set<std::uint64_t> touched;
  for (const std::uint64_t id : ids) {
    if (after.lsns[id] != before.lsns[id]) touched.insert(id);
  }
  if (touched != expected.touched) return "the gradient names other ids";
  return Compare("gradient", after.weights, expected.gradient);
}

TEST(LookupsProperty, GiveWhatTheRulesSay) {
  auto cluster = golden::Cluster::Start(golden::ClusterLayout::kEmbedded);
  ASSERT_TRUE(cluster.ok()) << cluster.status();
  Client& client = (*cluster)->client();
  const absl::Status made = MakeTables(client);
  ASSERT_TRUE(made.ok()) << made;
  for (int i = 0; i < kCases; ++i) {
    Draw draw(kSeed + static_cast<std::uint64_t>(i));
    const Json lookup = DrawLookup(draw, kRows);
    const auto difference = Difference(client, lookup, kDims[i % 3], draw);
    ASSERT_TRUE(difference.ok())
        << "seed " << kSeed + i << ": " << difference.status() << lookup.dump();
    ASSERT_EQ(*difference, "") << "seed " << kSeed + i << ": " << lookup.dump();
  }
}

}  // namespace
}  // namespace rowhouse::property
