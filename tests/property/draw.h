// Random columns, features and lookups, in the form of the recorded cases, so
// that a failure prints something that can be added to them.
#ifndef ROWHOUSE_TESTS_PROPERTY_DRAW_H_
#define ROWHOUSE_TESTS_PROPERTY_DRAW_H_

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace rowhouse::property {

using Json = nlohmann::json;

// The same seed draws the same case.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : generator_(seed) {}

  // In [low, high].
  std::int64_t Int(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(generator_);
  }
  bool Chance(double probability) {
    return std::bernoulli_distribution(probability)(generator_);
  }
  // A float32 with few bits most of the time, so that ties happen.
  double Float(double low, double high);
  template <typename T>
  T Pick(std::initializer_list<T> choices) {
    return *(choices.begin() +
             Int(0, static_cast<std::int64_t>(choices.size()) - 1));
  }

 private:
  std::mt19937_64 generator_;
};

// {"spec": a categorical column, "features": {...}}. Most fit each other; some
// features are absent, of another type, rank or layout, and some specs are
// wrong, so that refusals are drawn too.
Json DrawCategorical(Draw& draw);

// {"ids", "weights", "combiner", "max_norm", "default_id"} of a lookup in a
// table of `rows` rows. Ids < 0 and weights <= 0 are among them, ids beyond the
// table are not.
Json DrawLookup(Draw& draw, std::int64_t rows);

}  // namespace rowhouse::property

#endif  // ROWHOUSE_TESTS_PROPERTY_DRAW_H_
