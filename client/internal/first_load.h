// Who fills a table with its first values, when several clients want that.
#ifndef ROWHOUSE_CLIENT_INTERNAL_FIRST_LOAD_H_
#define ROWHOUSE_CLIENT_INTERNAL_FIRST_LOAD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "client/internal/retry.h"
#include "client/internal/table_directory.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::internal {

// The table that is there while `table` is being filled: "emb.loading". Shard 0
// settles who makes it, as it does for every table, and who made it fills the
// other and drops it then. A client that dies in between leaves it, so that
// half a table is told from a whole one, whatever is pushed to it afterwards.
std::string LoadingName(absl::string_view table);

// The first loads of one client. Thread-safe; borrows what it is made of.
class FirstLoads {
 public:
  // Sends what the client keeps for want of an answer until it has one, or is
  // refused. An error: that is not so yet.
  using Settle = std::function<absl::Status()>;

  FirstLoads(TableDirectory& tables, RetryLoop& retry, Settle settle);

  // Calls `load`, which makes the table `spec` and writes all its rows, unless
  // the table has them; in no two clients at once. While another client loads
  // it waits, as long as rows come within a timeout of `retry`.
  //
  // FAILED_PRECONDITION: no rows came, or the table has some and not all of
  // them without being loaded: it was trained before. ALREADY_EXISTS: it has
  // another spec. Else the error of `load`; when that wrote nothing and nothing
  // that it sent is kept, another call may load. Otherwise the message says
  // that its mark stays, and no other client loads: what is kept would be
  // written over what has been trained since. A later call goes on with the
  // mark: it settles, then loads anew what nobody has pushed to. `nonce`: never
  // given twice.
  absl::Status LoadOnce(const TableSpec& spec, std::uint64_t nonce,
                        absl::FunctionRef<absl::Status()> load);

 private:
  // The nonce of the mark that an earlier call left; it is this call's now.
  std::optional<std::uint64_t> TakeLeft(const std::string& table);
  void Leave(const std::string& table, std::uint64_t nonce);

  TableDirectory& tables_;
  RetryLoop& retry_;
  const Settle settle_;
  Mutex mu_;
  absl::flat_hash_map<std::string, std::uint64_t> left_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_FIRST_LOAD_H_
