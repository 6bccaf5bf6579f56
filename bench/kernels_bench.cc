// The arithmetic alone, each kernel beside a bare loop over the same memory:
// what is lost to generality (any width, any order of rows, any processor).
// Figures are rows per second; read them as ratios of neighbours.
#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "kernels/aggregate.h"
#include "kernels/combine.h"
#include "kernels/initializer.h"
#include "kernels/optimizers/optimizer.h"

// A bare loop is what the compiler makes of it for the best instructions here.
#if defined(__x86_64__)
#define ROWHOUSE_BARE __attribute__((target_clones("avx2", "default")))
#else
#define ROWHOUSE_BARE
#endif
#define ROWHOUSE_BARE_INLINE inline __attribute__((always_inline))

namespace rowhouse::kernels {
namespace {

constexpr std::size_t kBagRows = 20;
constexpr std::size_t kBags = 1024;
constexpr std::size_t kBatchRows = kBags * kBagRows;
constexpr std::size_t kBatches = 48;
constexpr std::size_t kTableBytes = 512u << 20;  // beyond any cache
constexpr std::size_t kBarePrefetch = 16;        // rows

// A table on 2 MB pages, so that address translation does not hide the loops.
struct FreeMemory {
  void operator()(float* p) const { std::free(p); }
};
using Memory = std::unique_ptr<float[], FreeMemory>;

Memory HugePages(std::size_t bytes) {
  void* p = std::aligned_alloc(2u << 20, bytes);
  if (p == nullptr) std::abort();
  madvise(p, bytes, MADV_HUGEPAGE);
  auto* floats = static_cast<float*>(p);
  std::fill_n(floats, bytes / sizeof(float), 0.125f);
  return Memory(floats);
}

// A table of rows of `stride` floats and batches of random rows of it.
struct Rows {
  explicit Rows(std::size_t stride) : memory(HugePages(kTableBytes)) {
    const std::size_t rows = kTableBytes / sizeof(float) / stride;
    std::mt19937_64 random(1);
    std::vector<bool> used(rows);
    for (std::size_t i = 0; i < kBatches * kBatchRows; ++i) {
      if (i % kBatchRows == 0) used.assign(rows, false);
      std::size_t row = random() % rows;
      while (used[row]) row = random() % rows;  // rows of a push are distinct
      used[row] = true;
      pointers.push_back(memory.get() + row * stride);
    }
  }

  absl::Span<float* const> Batch(std::size_t i) const {
    return absl::MakeConstSpan(pointers).subspan(i % kBatches * kBatchRows,
                                                 kBatchRows);
  }
  absl::Span<const float* const> ConstBatch(std::size_t i) const {
    return {const_cast<const float* const*>(Batch(i).data()), kBatchRows};
  }

  Memory memory;
  std::vector<float*> pointers;
};

std::vector<std::uint32_t> SplitsOfBags() {
  std::vector<std::uint32_t> splits;
  for (std::uint32_t b = 0; b <= kBags; ++b) splits.push_back(b * kBagRows);
  return splits;
}

void CountRows(benchmark::State& state, std::size_t rows_per_iteration) {
  state.SetItemsProcessed(static_cast<std::int64_t>(
      static_cast<std::size_t>(state.iterations()) * rows_per_iteration));
}

void BM_CombineBags(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const Rows rows(dim);
  const std::vector<std::uint32_t> splits = SplitsOfBags();
  std::vector<float> out(kBags * dim);
  std::size_t batch = 0;
  for (auto _ : state) {
    CombineBags(rows.ConstBatch(batch++), {}, splits, dim, out.data());
    benchmark::DoNotOptimize(out.data());
  }
  CountRows(state, kBatchRows);
}
BENCHMARK(BM_CombineBags)->Arg(64)->Arg(8)->Arg(1);

template <std::size_t kDim>
ROWHOUSE_BARE_INLINE void SumBagBare(const float* const* rows,
                                     std::size_t first, float* out) {
  float sum[kDim] = {};
  for (std::size_t j = first; j < first + kBagRows; ++j) {
    const float* next = rows[std::min(j + kBarePrefetch, kBatchRows - 1)];
    for (std::size_t c = 0; c < kDim; c += 16) __builtin_prefetch(next + c);
    for (std::size_t c = 0; c < kDim; ++c) sum[c] += rows[j][c];
  }
  std::copy_n(sum, kDim, out);
}

ROWHOUSE_BARE void CombineBare(const float* const* rows, std::size_t dim,
                               float* out) {
  for (std::size_t b = 0; b < kBags; ++b, out += dim) {
    if (dim == 64) {
      SumBagBare<64>(rows, b * kBagRows, out);
    } else if (dim == 8) {
      SumBagBare<8>(rows, b * kBagRows, out);
    } else {
      SumBagBare<1>(rows, b * kBagRows, out);
    }
  }
}

void BM_CombineBagsBare(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const Rows rows(dim);
  std::vector<float> out(kBags * dim);
  std::size_t batch = 0;
  for (auto _ : state) {
    CombineBare(rows.ConstBatch(batch++).data(), dim, out.data());
    benchmark::DoNotOptimize(out.data());
  }
  CountRows(state, kBatchRows);
}
BENCHMARK(BM_CombineBagsBare)->Arg(64)->Arg(8)->Arg(1);

// One gradient row for each row of a batch, as an Aggregator gives them.
std::vector<const float*> GradientRows(const std::vector<float>& gradients,
                                       std::size_t dim) {
  std::vector<const float*> rows;
  for (std::size_t i = 0; i < kBatchRows; ++i) {
    rows.push_back(&gradients[i * dim]);
  }
  return rows;
}

template <typename Spec>
void BM_Optimizer(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const Spec spec;
  const TableSpec table{
      .name = "t", .dim = static_cast<std::uint32_t>(dim), .optimizer = spec};
  const Rows rows(dim + SlotFloats(table));
  const std::vector<float> gradients(kBatchRows * dim, 0.001f);
  const std::vector<const float*> gradient_rows = GradientRows(gradients, dim);
  std::size_t batch = 0;
  for (auto _ : state) {
    ApplyGradients(table, {.learning_rate = 0.01f, .step = batch},
                   rows.Batch(batch), gradient_rows);
    ++batch;
  }
  CountRows(state, kBatchRows);
}
BENCHMARK(BM_Optimizer<AdagradSpec>)->Name("BM_Adagrad")->Arg(64)->Arg(8);
BENCHMARK(BM_Optimizer<SgdSpec>)->Name("BM_Sgd")->Arg(64);
BENCHMARK(BM_Optimizer<FtrlSpec>)->Name("BM_Ftrl")->Arg(64)->Arg(1);

ROWHOUSE_BARE void AdagradBare(float* const* rows, const float* gradients,
                               std::size_t dim, float rate) {
  for (std::size_t i = 0; i < kBatchRows; ++i) {
    const float* next = rows[std::min(i + kBarePrefetch, kBatchRows - 1)];
    for (std::size_t c = 0; c < 2 * dim; c += 16) __builtin_prefetch(next + c);
    float* __restrict w = rows[i];
    float* __restrict a = w + dim;
    const float* __restrict g = gradients + i * dim;
    for (std::size_t c = 0; c < dim; ++c) {
      a[c] += g[c] * g[c];
      w[c] -= rate * g[c] / std::sqrt(a[c]);
    }
  }
}

void BM_AdagradBare(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const Rows rows(2 * dim);
  const std::vector<float> gradients(kBatchRows * dim, 0.001f);
  std::size_t batch = 0;
  for (auto _ : state) {
    AdagradBare(rows.Batch(batch++).data(), gradients.data(), dim, 0.001f);
    benchmark::ClobberMemory();
  }
  CountRows(state, kBatchRows);
}
BENCHMARK(BM_AdagradBare)->Arg(64)->Arg(8);

// The ids of pooled bags: popularity falls as rank^-1.05, and all ids of a bag
// share its gradient.
struct BagGradients {
  explicit BagGradients(std::size_t dim) : gradients(kBags * dim, 0.001f) {
    constexpr double kIds = 1e7;
    constexpr double kExponent = 1.05;
    std::mt19937_64 random(2);
    const double scale = 1 - std::pow(kIds, 1 - kExponent);
    for (std::size_t i = 0; i < kBatchRows; ++i) {
      // The inverse of the continuous distribution, near enough for a load.
      const double u = static_cast<double>(random() >> 11) * 0x1p-53;
      const double rank = std::pow(1 - u * scale, 1 / (1 - kExponent));
      ids.push_back(static_cast<Id>(rank));
      rows.push_back(&gradients[i / kBagRows * dim]);
    }
  }

  std::vector<float> gradients;
  std::vector<Id> ids;
  std::vector<const float*> rows;
};

void BM_Aggregate(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const BagGradients input(dim);
  Aggregator aggregator;
  for (auto _ : state) {
    aggregator.Aggregate({input.ids, input.rows, {}}, dim);
    benchmark::DoNotOptimize(aggregator.sums().data());
  }
  CountRows(state, kBatchRows);
  state.counters["distinct"] = static_cast<double>(aggregator.ids().size());
}
BENCHMARK(BM_Aggregate)->Arg(64)->Arg(8)->Arg(1);

// The sums alone, by someone who was told which occurrences are equal.
void BM_AggregateBare(benchmark::State& state) {
  const auto dim = static_cast<std::size_t>(state.range(0));
  const BagGradients input(dim);
  std::vector<Id> distinct = input.ids;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::size_t> at;
  for (const Id id : input.ids) {
    at.push_back(static_cast<std::size_t>(
        std::lower_bound(distinct.begin(), distinct.end(), id) -
        distinct.begin()));
  }
  std::vector<float> sums(distinct.size() * dim);
  for (auto _ : state) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (std::size_t i = 0; i < kBatchRows; ++i) {
      float* sum = &sums[at[i] * dim];
      for (std::size_t c = 0; c < dim; ++c) sum[c] += input.rows[i][c];
    }
    benchmark::DoNotOptimize(sums.data());
  }
  CountRows(state, kBatchRows);
}
BENCHMARK(BM_AggregateBare)->Arg(64)->Arg(8)->Arg(1);

void BM_InitialRow(benchmark::State& state) {
  const InitializerSpec specs[] = {UniformInitializer{},
                                   NormalInitializer{.truncated = true},
                                   NormalInitializer{.truncated = false}};
  const InitializerSpec& spec = specs[state.range(0)];
  const auto dim = static_cast<std::size_t>(state.range(1));
  std::vector<float> row(dim);
  Id id = 0;
  for (auto _ : state) {
    InitialRow(spec, 1, 2, id++, dim, row.data());
    benchmark::DoNotOptimize(row.data());
  }
  CountRows(state, 1);
}
BENCHMARK(BM_InitialRow)
    ->ArgNames({"uniform,truncated,normal", "dim"})
    ->ArgsProduct({{0, 1, 2}, {64, 8}});

void BM_AllFinite(benchmark::State& state) {
  const std::vector<float> values(kBags * 64, 1.0f);
  for (auto _ : state) {
    benchmark::DoNotOptimize(AllFinite(values.data(), values.size()));
  }
  CountRows(state, kBags);
}
BENCHMARK(BM_AllFinite);

}  // namespace
}  // namespace rowhouse::kernels

BENCHMARK_MAIN();
