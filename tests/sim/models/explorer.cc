#include "tests/sim/models/explorer.h"

#include <set>
#include <utility>

#include "base/hash.h"

namespace rowhouse::sim {
namespace {

class Walk {
 public:
  Walk(const std::function<std::unique_ptr<Model>()>& make,
       std::uint64_t states_max)
      : make_(make), states_max_(states_max) {}

  Exploration Run() {
    result_.complete = true;
    From(make_());
    return std::move(result_);
  }

 private:
  // Everything that can come after path_, whose state `model` is in.
  void From(std::unique_ptr<Model> model) {
    if (!states_.insert(Fingerprint64(model->State())).second) return;
    if (++result_.states > states_max_) {
      result_.complete = false;
      return;
    }
    const std::vector<std::string> actions = model->Actions();
    for (std::size_t i = 0; i < actions.size(); ++i) {
      // The first goes on with the model that is there.
      std::unique_ptr<Model> next = i == 0 ? std::move(model) : Again();
      path_.push_back(actions[i]);
      ++result_.actions;
      const absl::Status status = next->Take(actions[i]);
      if (status.ok()) {
        From(std::move(next));
      } else if (!absl::IsNotFound(status)) {
        result_.violation = std::string(status.message());
        result_.trace = path_;
        result_.complete = false;
      }
      if (!result_.violation.empty() || result_.states > states_max_) return;
      path_.pop_back();
    }
  }

  // A model that has taken all of path_.
  std::unique_ptr<Model> Again() {
    std::unique_ptr<Model> model = make_();
    for (const std::string& action : path_) {
      ++result_.actions;
      // It was OK the first time.
      model->Take(action).IgnoreError();
    }
    return model;
  }

  const std::function<std::unique_ptr<Model>()>& make_;
  const std::uint64_t states_max_;
  std::set<std::uint64_t> states_;
  std::vector<std::string> path_;
  Exploration result_;
};

}  // namespace

Exploration Explore(const std::function<std::unique_ptr<Model>()>& make,
                    std::uint64_t states_max) {
  return Walk(make, states_max).Run();
}

}  // namespace rowhouse::sim
