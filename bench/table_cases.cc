#include "bench/table_cases.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"

namespace rowhouse::bench {
namespace {

constexpr std::size_t kFillRows = 20000;
constexpr std::size_t kBatches = 16;  // drawn beforehand, used in turn

struct Level {
  Durability durability;
  const char* name;
};
constexpr Level kLevels[] = {{Durability::kMemory, "memory"},
                             {Durability::kProcess, "process"},
                             {Durability::kPower, "power"}};

// A table per level, as a user has them.
TableSpec Table(const TableCases& cases, const Level& level) {
  TableSpec spec;
  spec.name = absl::StrCat("bench_", level.name);
  spec.dim = cases.dim;
  spec.rows = cases.rows;
  spec.seed = cases.seed;
  spec.initializer = UniformInitializer{};
  spec.optimizer = AdagradSpec{.learning_rate = 0.01f};
  spec.durability = level.durability;
  return spec;
}

absl::Status Fill(const TableCases& cases, const TableSpec& spec,
                  Client& client) {
  const std::vector<float> weights(kFillRows * cases.dim, 0.5f);
  std::vector<Id> ids(kFillRows);
  for (std::uint64_t first = 0; first < cases.rows; first += kFillRows) {
    const std::size_t count =
        std::min<std::uint64_t>(kFillRows, cases.rows - first);
    std::iota(ids.begin(), ids.end(), first);
    ROWHOUSE_RETURN_IF_ERROR(
        client.WriteRows(spec.name, absl::MakeSpan(ids).first(count),
                         absl::MakeSpan(weights).first(count * cases.dim), {}));
  }
  return absl::OkStatus();
}

// Batches of one shape against one table, handed out in turn.
class Batches {
 public:
  Batches(const TableCases& cases, const std::string& table, bool pooled,
          IdDistribution distribution) {
    IdSource source(distribution, cases.rows, cases.seed);
    for (std::size_t i = 0; i < kBatches; ++i) {
      FeatureIds feature;
      feature.table = table;
      feature.dim = cases.dim;
      feature.combiner = pooled ? Combiner::kSum : Combiner::kNone;
      feature.batch.ids = source.Draw(cases.ids_per_call);
      if (pooled) {
        for (std::size_t at = 0; at <= cases.ids_per_call;
             at += cases.bag_ids) {
          feature.batch.row_splits.push_back(static_cast<std::uint32_t>(at));
        }
      }
      batches_.push_back({std::move(feature)});
    }
  }
  std::vector<FeatureIds> Next() { return batches_[at_++ % kBatches]; }

 private:
  std::vector<std::vector<FeatureIds>> batches_;
  std::size_t at_ = 0;
};

absl::StatusOr<Figure> MeasureLookup(const TableCases& cases,
                                     const std::string& name, Batches batches,
                                     Client& client) {
  return Measure(name, static_cast<double>(cases.ids_per_call), cases.duration,
                 [&] { return client.Lookup(batches.Next()).status(); });
}

// One training step: lookup of bags, then a gradient per bag.
absl::StatusOr<Figure> MeasureTrain(const TableCases& cases,
                                    const std::string& name, Batches batches,
                                    Client& client) {
  return Measure(
      name, static_cast<double>(cases.ids_per_call), cases.duration,
      [&]() -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                                  client.Lookup(batches.Next()));
        const absl::Span<const float> gradients = found.activations[0].values;
        return client.Push(std::move(found.ticket), {gradients}).status();
      });
}

// Pushes alone: the tickets' lookups are made outside the clock.
absl::StatusOr<Figure> MeasurePush(const TableCases& cases,
                                   const std::string& name, Batches batches,
                                   Client& client) {
  double seconds = 0;
  std::uint64_t calls = 0;
  std::vector<double> calls_us;
  while (seconds < absl::ToDoubleSeconds(cases.duration)) {
    ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                              client.Lookup(batches.Next()));
    const absl::Span<const float> gradients = found.activations[0].values;
    const absl::Time begin = absl::Now();
    ROWHOUSE_RETURN_IF_ERROR(
        client.Push(std::move(found.ticket), {gradients}).status());
    const absl::Duration took = absl::Now() - begin;
    seconds += absl::ToDoubleSeconds(took);
    calls_us.push_back(absl::ToDoubleMicroseconds(took));
    ++calls;
  }
  std::sort(calls_us.begin(), calls_us.end());
  return Figure{
      name, calls, static_cast<double>(calls * cases.ids_per_call) / seconds,
      calls_us[calls_us.size() / 2], calls_us[calls_us.size() * 99 / 100]};
}

}  // namespace

absl::StatusOr<std::vector<Figure>> MeasureTables(const TableCases& cases,
                                                  const std::string& prefix,
                                                  Client& client) {
  std::vector<Figure> figures;
  const auto keep = [&](absl::StatusOr<Figure> figure) {
    absl::Status status = figure.status();
    if (status.ok()) figures.push_back(*std::move(figure));
    return status;
  };
  for (const Level& level : kLevels) {
    const TableSpec spec = Table(cases, level);
    ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(spec));
    ROWHOUSE_RETURN_IF_ERROR(Fill(cases, spec, client));
    for (const auto distribution :
         {IdDistribution::kUniform, IdDistribution::kZipf}) {
      const std::string ids =
          distribution == IdDistribution::kUniform ? "uniform" : "zipf";
      const Batches rows(cases, spec.name, false, distribution);
      const Batches bags(cases, spec.name, true, distribution);
      const auto name = [&](const char* work) {
        return absl::StrCat(prefix, "/", work, "/", ids);
      };
      if (level.durability == Durability::kProcess) {
        ROWHOUSE_RETURN_IF_ERROR(
            keep(MeasureLookup(cases, name("lookup"), rows, client)));
        ROWHOUSE_RETURN_IF_ERROR(
            keep(MeasureLookup(cases, name("combine"), bags, client)));
        ROWHOUSE_RETURN_IF_ERROR(
            keep(MeasureTrain(cases, name("train"), bags, client)));
      }
      const std::string suffix = absl::StrCat("_", level.name);
      ROWHOUSE_RETURN_IF_ERROR(keep(
          MeasurePush(cases, name(absl::StrCat("push_bags", suffix).c_str()),
                      bags, client)));
      ROWHOUSE_RETURN_IF_ERROR(keep(
          MeasurePush(cases, name(absl::StrCat("push_rows", suffix).c_str()),
                      rows, client)));
    }
    ROWHOUSE_RETURN_IF_ERROR(client.DropTable(spec.name));
  }
  return figures;
}

}  // namespace rowhouse::bench
