// Calls between clients and shards over a network that loses, delays, doubles
// and reorders what is sent, in both directions. A message may come again long
// after its client has its answer, to another process of the shard.
#ifndef ROWHOUSE_TESTS_SIM_NETWORK_H_
#define ROWHOUSE_TESTS_SIM_NETWORK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/simulation.h"
#include "tests/sim/node.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

class Network {
 public:
  // One message in so many; 0: none.
  struct Weather {
    std::uint64_t lose_one_in = 0;
    std::uint64_t double_one_in = 0;
    std::uint64_t late_one_in = 0;  // a copy comes much later
    absl::Duration delay_max = absl::Microseconds(500);
    absl::Duration late_max = absl::Milliseconds(200);
  };

  Network(Scheduler& scheduler, Story& story, const Weather& weather,
          std::uint64_t seed)
      : scheduler_(scheduler),
        story_(story),
        weather_(weather),
        random_(seed) {}

  // Asks the node and waits for its answer. `handle` is what the shard does
  // with the message, once per copy that arrives, possibly after Call has
  // returned: it owns what it needs. UNAVAILABLE: nobody listens there;
  // DEADLINE_EXCEEDED: no answer in time. Other errors are the shard's.
  // `late`: whether copies may come much later.
  template <typename Reply>
  absl::StatusOr<Reply> Call(
      Node& node, const std::string& what, absl::Duration timeout,
      std::function<absl::StatusOr<Reply>(Node&, Life&)> handle,
      bool late = true) {
    auto exchange = std::make_shared<std::optional<absl::StatusOr<Reply>>>();
    for (const absl::Duration delay : Copies(late)) {
      scheduler_.Spawn(absl::StrCat(what, " at ", node.name()),
                       [this, &node, exchange, handle, delay] {
                         scheduler_.Sleep(delay);
                         std::optional<absl::StatusOr<Reply>> reply =
                             Arrive<Reply>(node, handle);
                         if (!reply.has_value() || exchange->has_value())
                           return;
                         *exchange = *std::move(reply);
                         simulation::Wake(exchange.get(), /*all=*/true);
                       });
    }
    const absl::Time deadline = scheduler_.Now() + timeout;
    while (!exchange->has_value()) {
      const absl::Duration left = deadline - scheduler_.Now();
      if (left <= absl::ZeroDuration()) break;
      simulation::Block(exchange.get(), "reply", left);
    }
    if (exchange->has_value()) return **exchange;
    // Later answers find nobody.
    *exchange = absl::StatusOr<Reply>(
        absl::DeadlineExceededError(absl::StrCat(what, ": no answer")));
    return **exchange;
  }

  // From now on nothing is lost.
  void Calm() { weather_ = Weather(); }

 private:
  // How long each copy of a message takes; the first may be none.
  std::vector<absl::Duration> Copies(bool late);
  bool Lost() { return random_.OneIn(weather_.lose_one_in); }
  absl::Duration Delay() {
    return absl::Nanoseconds(static_cast<std::int64_t>(random_.Between(
        1000, static_cast<std::uint64_t>(
                  absl::ToInt64Nanoseconds(weather_.delay_max)))));
  }

  template <typename Reply>
  std::optional<absl::StatusOr<Reply>> Arrive(
      Node& node,
      const std::function<absl::StatusOr<Reply>(Node&, Life&)>& handle) {
    if (node.unreachable) return std::nullopt;
    const std::shared_ptr<Life> life = node.life();
    if (life == nullptr) {
      return absl::UnavailableError(absl::StrCat(node.name(), " is down"));
    }
    absl::StatusOr<Reply> reply = handle(node, *life);
    if (!life->alive() || node.unreachable || Lost()) return std::nullopt;
    scheduler_.Sleep(Delay());
    return reply;
  }

  Scheduler& scheduler_;
  Story& story_;
  Weather weather_;
  Random random_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_NETWORK_H_
