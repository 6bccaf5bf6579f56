// Walks every sequence of actions of a small model, by running it again from
// its beginning for each. States that are equal are walked on from once.
#ifndef ROWHOUSE_TESTS_SIM_MODELS_EXPLORER_H_
#define ROWHOUSE_TESTS_SIM_MODELS_EXPLORER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rowhouse::sim {

class Model {
 public:
  virtual ~Model() = default;
  // What may happen next, in words; the same words after the same actions.
  virtual std::vector<std::string> Actions() const = 0;
  // Does one of them. NOT_FOUND: it does not exist after all, and nobody goes
  // on from here. Any other error: a rule is broken.
  virtual absl::Status Take(const std::string& action) = 0;
  // Equal for states from which the same things can come. A state that differs
  // in a way that matters must differ here.
  virtual std::string State() const = 0;
};

struct Exploration {
  std::uint64_t states = 0;        // that differ
  std::uint64_t actions = 0;       // taken, repeats included
  bool complete = false;           // no state was left out
  std::string violation;           // the first that was met; empty: none
  std::vector<std::string> trace;  // the actions that lead there
};

// Depth first; stops at the first violation, or after `states_max` states.
Exploration Explore(const std::function<std::unique_ptr<Model>()>& make,
                    std::uint64_t states_max);

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_MODELS_EXPLORER_H_
