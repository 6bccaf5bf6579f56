// Bounds the memory of replies that clients have not taken yet.
#ifndef ROWHOUSE_SERVER_REPLY_BUDGET_H_
#define ROWHOUSE_SERVER_REPLY_BUDGET_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"

namespace rowhouse::server {

// Thread-safe. A reply takes its share before it is computed, and the share
// lives as long as the reply's memory: until gRPC has written the last byte to
// the connection, or given the call up.
class ReplyBudget {
 public:
  // Movable. Gives back what it took when it goes; may outlive the budget,
  // since connections let go of memory when they please.
  class Share {
   public:
    Share(Share&&) noexcept = default;
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (taken_ != nullptr) *taken_ -= bytes_;
    }

   private:
    friend class ReplyBudget;
    Share(std::shared_ptr<std::atomic<std::size_t>> taken, std::size_t bytes)
        : taken_(std::move(taken)), bytes_(bytes) {}
    std::shared_ptr<std::atomic<std::size_t>> taken_;  // none: moved from
    std::size_t bytes_;
  };

  explicit ReplyBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // UNAVAILABLE when other replies leave no room: they go, so the client should
  // try again, which it does on that code. (RESOURCE_EXHAUSTED is for what is
  // too large whenever it is asked.)
  absl::StatusOr<Share> Take(std::size_t bytes);

  std::size_t bytes_taken() const { return *taken_; }

 private:
  const std::size_t bytes_max_;
  const std::shared_ptr<std::atomic<std::size_t>> taken_ =
      std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_REPLY_BUDGET_H_
