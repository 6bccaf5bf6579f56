#include "tests/sim/models/orders.h"

#include <utility>

namespace rowhouse::sim {
namespace {

// Repeats what was chosen before, then goes on with the first of everything,
// and notes what else there was.
class Script final : public Choices {
 public:
  struct Point {
    std::size_t chosen = 0;
    std::size_t count = 1;
    bool exchange = false;  // anything but 0 takes a turn away
  };

  explicit Script(std::vector<std::size_t> begin) : begin_(std::move(begin)) {}

  std::size_t Next(std::size_t n) override { return Choose(n, true); }
  std::size_t Wake(std::size_t n) override { return Choose(n, false); }

  const std::vector<Point>& points() const { return points_; }

 private:
  std::size_t Choose(std::size_t n, bool exchange) {
    const std::size_t at = points_.size();
    const std::size_t chosen = at < begin_.size() ? begin_[at] : 0;
    points_.push_back({chosen, n, exchange});
    return chosen;
  }

  const std::vector<std::size_t> begin_;
  std::vector<Point> points_;
};

}  // namespace

Orders WalkOrders(const std::function<absl::Status(Choices&)>& run,
                  int exchanges_max, std::uint64_t runs_max) {
  Orders orders;
  std::vector<std::vector<std::size_t>> open = {{}};
  while (!open.empty()) {
    if (orders.runs == runs_max) return orders;
    const std::vector<std::size_t> begin = std::move(open.back());
    open.pop_back();
    Script script(begin);
    ++orders.runs;
    orders.violation = run(script);
    std::vector<std::size_t> chosen;
    int exchanges = 0;
    for (const Script::Point& point : script.points()) {
      if (chosen.size() >= begin.size()) {
        const bool allowed = !point.exchange || exchanges < exchanges_max;
        for (std::size_t other = 1; allowed && other < point.count; ++other) {
          open.push_back(chosen);
          open.back().push_back(other);
        }
      }
      exchanges += point.exchange && point.chosen != 0 ? 1 : 0;
      chosen.push_back(point.chosen);
    }
    if (!orders.violation.ok()) {
      orders.choices = std::move(chosen);
      return orders;
    }
  }
  orders.complete = true;
  return orders;
}

}  // namespace rowhouse::sim
