#include "server/reply_budget.h"

#include "absl/strings/str_cat.h"

namespace rowhouse::server {

absl::StatusOr<ReplyBudget::Share> ReplyBudget::Take(std::size_t bytes) {
  std::size_t taken = *taken_;
  do {
    if (bytes > bytes_max_ - taken) {
      return absl::UnavailableError(
          absl::StrCat("the server is busy: a reply takes ", bytes,
                       " bytes, replies that ", "clients have not taken have ",
                       taken, ", at most ", bytes_max_, " may"));
    }
  } while (!taken_->compare_exchange_weak(taken, taken + bytes));
  return Share(taken_, bytes);
}

}  // namespace rowhouse::server
