#include "rowhouse/tpu_embedding.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/tpu/serving_lookup.h"
#include "rowhouse/initializers.h"

namespace rowhouse {
namespace {

template <typename... Parts>
absl::Status Refuse(absl::string_view kind, absl::string_view name,
                    const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat(kind, " \"", name, "\": ", parts...));
}

absl::Status CheckTable(const TableConfig& table, const std::string& name) {
  if (table.vocabulary_size < 1) {
    return Refuse("table", name, "vocabulary_size is ", table.vocabulary_size,
                  ", expected 1 or more");
  }
  if (table.dim < 1 || table.dim > kDimMax) {
    return Refuse("table", name, "dim is ", table.dim, ", expected 1 to ",
                  kDimMax);
  }
  if (table.combiner == Combiner::kNone) {
    return Refuse("table", name, "the combiner is none of sum, mean and sqrtn");
  }
  if (table.quantization_config.has_value() &&
      table.quantization_config->num_buckets < 2) {
    return Refuse("table", name, "quantization_config.num_buckets is ",
                  table.quantization_config->num_buckets,
                  ", expected 2 or more");
  }
  return absl::OkStatus();
}

absl::Status CheckFeature(const FeatureConfig& feature,
                          const std::string& name) {
  if (feature.table == nullptr) return Refuse("feature", name, "no table");
  if (feature.max_sequence_length < 0) {
    return Refuse("feature", name, "max_sequence_length is ",
                  feature.max_sequence_length, ", expected 0 or more");
  }
  if (!feature.output_shape.has_value()) return absl::OkStatus();
  for (const std::optional<std::int64_t>& size : *feature.output_shape) {
    if (size.value_or(0) >= 0) continue;
    return Refuse("feature", name, "output_shape has the size ", *size);
  }
  return absl::OkStatus();
}

absl::StatusOr<TableSpec> SpecOf(const TableConfig& table, std::string name,
                                 TableRules rules) {
  const auto dim = static_cast<std::uint32_t>(table.dim);
  TableSpec spec{
      .name = std::move(name),
      .dim = dim,
      .rows = static_cast<std::uint64_t>(table.vocabulary_size),
      .seed = table.seed,
      .initializer = table.initializer.value_or(DefaultInitializer(dim)),
      .optimizer = rules.optimizer,
      .update = std::move(rules.update),
      .nan_policy = table.nan_policy,
      .durability = table.durability,
      .placement = table.placement};
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  return spec;
}

absl::Status KeysDiffer(absl::string_view key, absl::string_view complaint) {
  return Refuse("feature", key, complaint);
}

}  // namespace

struct TpuEmbeddingForServing::Compiled {
  struct Feature {
    std::string key;
    std::string name;  // for messages
    FeatureConfig config;
    std::size_t table = 0;  // index into tables
  };

  std::vector<Feature> features;  // by key
  std::vector<TableSpec> tables;
  std::vector<std::function<float()>> learning_rates;  // by table

  absl::StatusOr<std::size_t> AddTable(
      const TableConfig& table, const std::optional<TpuOptimizer>& optimizer) {
    const std::string name =
        table.name.empty() ? absl::StrCat("table_", tables.size()) : table.name;
    ROWHOUSE_RETURN_IF_ERROR(CheckTable(table, name));
    for (const TableSpec& other : tables) {
      if (other.name == name) {
        return Refuse("table", name, "two tables have that name");
      }
    }
    const std::optional<TpuOptimizer>& own =
        table.optimizer.has_value() ? table.optimizer : optimizer;
    TableRules rules;
    if (own.has_value()) {
      ROWHOUSE_ASSIGN_OR_RETURN(rules, TableRulesOf(*own));
    }
    learning_rates.push_back(rules.learning_rate);
    ROWHOUSE_ASSIGN_OR_RETURN(tables.emplace_back(),
                              SpecOf(table, name, std::move(rules)));
    return tables.size() - 1;
  }

  bool Has(absl::string_view key) const {
    return std::any_of(features.begin(), features.end(),
                       [&](const Feature& one) { return one.key == key; });
  }

  // Every feature is there and no other one; `weights` are of features.
  absl::Status CheckKeys(const Features& given, const Features* weights) const {
    for (const Feature& feature : features) {
      if (given.Find(feature.key) == nullptr) {
        return KeysDiffer(feature.key, "absent");
      }
    }
    for (const Features* tensors : {&given, weights}) {
      if (tensors == nullptr) continue;
      for (const auto& [key, tensor] : tensors->tensors()) {
        if (!Has(key)) return KeysDiffer(key, "not in the configuration");
      }
    }
    return absl::OkStatus();
  }
};

TpuEmbeddingForServing::TpuEmbeddingForServing(
    std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)) {}

absl::StatusOr<TpuEmbeddingForServing> TpuEmbeddingForServing::Create(
    const std::map<std::string, FeatureConfig>& feature_config,
    const std::optional<TpuOptimizer>& optimizer) {
  auto compiled = std::make_shared<Compiled>();
  std::map<const TableConfig*, std::size_t> seen;
  for (const auto& [key, config] : feature_config) {
    const std::string& name = config.name.empty() ? key : config.name;
    ROWHOUSE_RETURN_IF_ERROR(CheckFeature(config, name));
    auto table = seen.find(config.table.get());
    if (table == seen.end()) {
      ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t index,
                                compiled->AddTable(*config.table, optimizer));
      table = seen.emplace(config.table.get(), index).first;
    }
    compiled->features.push_back({key, name, config, table->second});
  }
  return TpuEmbeddingForServing(std::move(compiled));
}

const std::vector<TableSpec>& TpuEmbeddingForServing::tables() const {
  return compiled_->tables;
}

absl::Status TpuEmbeddingForServing::CreateTables(Client& client) const {
  for (const TableSpec& table : tables()) {
    ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(table));
  }
  return absl::OkStatus();
}

absl::StatusOr<TpuEmbeddingForServing::Output> TpuEmbeddingForServing::Lookup(
    Client& client, const Features& features, const Features* weights) const {
  ROWHOUSE_RETURN_IF_ERROR(compiled_->CheckKeys(features, weights));
  std::vector<FeatureIds> lookups;
  std::vector<std::vector<std::int64_t>> shapes;
  for (const Compiled::Feature& feature : compiled_->features) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        SparseLookup lookup,
        internal::ServingLookup(
            {feature.name, feature.config, tables()[feature.table].name},
            *features.Find(feature.key),
            weights == nullptr ? nullptr : weights->Find(feature.key)));
    lookups.push_back(std::move(lookup.ids));
    shapes.push_back(std::move(lookup.output_shape));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                            client.Lookup(std::move(lookups)));
  Output out;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    DenseTensor& tensor = out.activations[compiled_->features[i].key];
    tensor.shape = std::move(shapes[i]);
    tensor.values = std::move(found.activations[i].values);
  }
  out.ticket = std::move(found.ticket);
  return out;
}

absl::StatusOr<PushOutcome> TpuEmbeddingForServing::Backward(
    Client& client, Ticket ticket,
    const std::map<std::string, absl::Span<const float>>& gradients,
    const PushOptions& options) const {
  for (const auto& [key, gradient] : gradients) {
    if (!compiled_->Has(key)) {
      return KeysDiffer(key, "a gradient, but not in the configuration");
    }
  }
  std::vector<absl::Span<const float>> upstream;
  for (const Compiled::Feature& feature : compiled_->features) {
    const auto gradient = gradients.find(feature.key);
    upstream.push_back(gradient == gradients.end() ? absl::Span<const float>()
                                                   : gradient->second);
  }
  PushOptions with_rates = options;
  for (std::size_t i = 0; i < tables().size(); ++i) {
    const std::function<float()>& rate = compiled_->learning_rates[i];
    if (rate && !with_rates.learning_rates.contains(tables()[i].name)) {
      with_rates.learning_rates.emplace(tables()[i].name, rate());
    }
  }
  return client.Push(std::move(ticket), upstream, with_rates);
}

}  // namespace rowhouse
