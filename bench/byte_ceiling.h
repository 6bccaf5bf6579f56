// The ceiling that lookups are compared with: the same bytes as raw gRPC
// messages of static slices, over loopback, with no work at either end.
#ifndef ROWHOUSE_BENCH_BYTE_CEILING_H_
#define ROWHOUSE_BENCH_BYTE_CEILING_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"

namespace rowhouse::bench {

// A server in this process and a channel to it. Thread-compatible.
class ByteCeiling {
 public:
  ByteCeiling(std::size_t request_bytes, std::size_t reply_bytes);
  ~ByteCeiling();
  // One call: `request_bytes` up, `reply_bytes` down, waits.
  absl::Status Call();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rowhouse::bench

#endif  // ROWHOUSE_BENCH_BYTE_CEILING_H_
