// How often a client may try again, over all its calls: a server that comes
// back is not met by everything that failed while it was away.
#ifndef ROWHOUSE_CLIENT_INTERNAL_RETRY_BUDGET_H_
#define ROWHOUSE_CLIENT_INTERNAL_RETRY_BUDGET_H_

#include "absl/time/time.h"
#include "base/mutex.h"

namespace rowhouse::internal {

// A bucket of tokens: a retry takes one, time and calls that end well put some
// in. Where it is empty a retry waits for its token. It is never given up for
// want of one: only its deadline ends a push, whose outcome must become known.
// Thread-safe.
class RetryBudget {
 public:
  struct Options {
    double tokens_max = 100;  // retries at once after a quiet time
    double per_second = 10;   // of one client, whatever else goes on
    // Of the calls that end well: under load retries add a tenth to it.
    double per_success = 0.1;
  };

  explicit RetryBudget(const Options& options)
      : options_(options), tokens_(options.tokens_max) {}

  // Takes a token and says after how long it may be used. One retry at a time
  // of a caller: so as many wait as there are calls under way.
  absl::Duration Take(absl::Time now);
  // A token that was taken is not used.
  void Return();
  void Succeeded();

 private:
  void Add(double tokens) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Options options_;
  Mutex mu_;
  double tokens_ ABSL_GUARDED_BY(mu_);  // below zero: promised already
  absl::Time filled_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_RETRY_BUDGET_H_
