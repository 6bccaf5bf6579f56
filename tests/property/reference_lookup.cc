#include "tests/property/reference_lookup.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace rowhouse::property {
namespace {

using Row = std::vector<double>;

// One id of a batch row, after what is left out is gone.
struct Entry {
  std::int64_t id;
  double weight;
};

double NormOf(const Row& row) {
  double squares = 0;
  for (const double value : row) squares += value * value;
  return std::sqrt(squares);
}

Row Clipped(Row row, const Json& max_norm) {
  if (max_norm.is_null()) return row;
  const double limit = max_norm;
  const double norm = NormOf(row);
  for (double& value : row) value = value * limit / std::max(norm, limit);
  return row;
}

// The gradient of the row that was clipped, from that of the clipped one.
Row ThroughClip(const Row& row, const Row& gradient, const Json& max_norm) {
  if (max_norm.is_null()) return gradient;
  const double limit = max_norm;
  const double norm = NormOf(row);
  if (norm < limit || norm == 0) return gradient;
  double along = 0;
  for (std::size_t i = 0; i < row.size(); ++i) along += row[i] * gradient[i];
  Row out(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    out[i] = limit / norm * (gradient[i] - row[i] * along / (norm * norm));
  }
  return out;
}

std::vector<std::vector<Entry>> EntriesOf(const Json& lookup) {
  const Json& ids = lookup.at("ids").at("sparse");
  const bool weighted = !lookup.at("weights").is_null();
  std::vector<std::vector<Entry>> rows(
      ids.at("dense_shape").at(0).get<std::size_t>());
  for (std::size_t i = 0; i < ids.at("values").size(); ++i) {
    const auto id = ids.at("values").at(i).get<std::int64_t>();
    const double weight =
        weighted
            ? lookup.at("weights").at("sparse").at("values").at(i).get<double>()
            : 1.0;
    if (id < 0) continue;
    if (lookup.at("combiner") != "sum" && !(weight > 0)) continue;
    rows[ids.at("indices").at(i).at(0).get<std::size_t>()].push_back(
        {id, weight});
  }
  return rows;
}

double DivisorOf(const std::vector<Entry>& entries,
                 const std::string& combiner) {
  double sum = 0;
  double squares = 0;
  for (const Entry& entry : entries) {
    sum += entry.weight;
    squares += entry.weight * entry.weight;
  }
  if (combiner == "sum") return 1;
  return combiner == "mean" ? sum : std::sqrt(squares);
}

void Add(Sums& sums, std::size_t at, double value, double magnitude) {
  sums.values[at] += value;
  sums.magnitudes[at] += magnitude;
}

}  // namespace

ReferenceLookup LookUp(const Json& lookup, absl::Span<const float> table,
                       std::size_t dim, absl::Span<const float> upstream) {
  auto rows = EntriesOf(lookup);
  ReferenceLookup out;
  for (Sums* sums : {&out.output, &out.gradient}) {
    const std::size_t size =
        sums == &out.output ? rows.size() * dim : table.size();
    sums->values.resize(size);
    sums->magnitudes.resize(size);
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    // An empty row is a row of one id, whose output and gradient are zero when
    // nobody asked for that id.
    const bool empty = rows[row].empty();
    const bool silent = empty && lookup.at("default_id").is_null();
    if (empty) {
      const Json& id = lookup.at("default_id");
      rows[row].push_back({silent ? 0 : id.get<std::int64_t>(), 1.0});
    }
    const double divisor =
        DivisorOf(rows[row], lookup.at("combiner").get<std::string>());
    for (const Entry& entry : rows[row]) {
      out.touched.insert(static_cast<std::uint64_t>(entry.id));
      if (silent) continue;
      const double scale = divisor == 0 ? 0 : entry.weight / divisor;
      const auto begin = table.begin() + entry.id * dim;
      const Row stored(begin, begin + dim);
      const Row looked_up = Clipped(stored, lookup.at("max_norm"));
      Row gradient(dim);
      for (std::size_t i = 0; i < dim; ++i) {
        const double term = scale * looked_up[i];
        Add(out.output, row * dim + i, term, std::abs(term));
        gradient[i] = scale * upstream[row * dim + i];
      }
      const Row led_back = ThroughClip(stored, gradient, lookup.at("max_norm"));
      for (std::size_t i = 0; i < dim; ++i) {
        // What the clip takes away counts: the difference is rounded.
        Add(out.gradient, entry.id * dim + i, led_back[i],
            NormOf(gradient) + std::abs(led_back[i]));
      }
    }
  }
  return out;
}

}  // namespace rowhouse::property
