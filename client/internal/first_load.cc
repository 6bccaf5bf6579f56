#include "client/internal/first_load.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

enum class Stage {
  kEmpty,    // no rows, or no table
  kLoading,  // some client fills it, or died doing so
  kLoaded,
};

class Loader {
 public:
  Loader(TableDirectory& tables, RetryLoop& retry, const TableSpec& spec,
         std::uint64_t nonce)
      : tables_(tables),
        retry_(retry),
        spec_(spec),
        // No other client's is equal, so making it is claiming it.
        mark_({.name = LoadingName(spec.name),
               .dim = 1,
               .rows = 1,
               .seed = nonce}) {}

  // Waits for other clients. kLoaded, or kEmpty: it is this client's to load.
  absl::StatusOr<Stage> Claim() {
    while (true) {
      rows_at_first_.reset();
      const absl::Status status = retry_.Run(
          Idempotency::kRepeatable, retry_.Deadline(),
          [this](absl::Time deadline) { return TryToClaim(deadline); });
      if (status.ok()) return stage_;
      if (stage_ != Stage::kLoading) return status;
      if (rows_ <= *rows_at_first_) return GiveUp();
    }
  }

  // REQUIRES: claimed. False: another client finished before the claim.
  absl::StatusOr<bool> Load(absl::FunctionRef<absl::Status()> load) {
    const absl::StatusOr<bool> empty = IsEmpty();
    const bool begin = empty.ok() && *empty;
    const absl::Status loaded = begin ? load() : empty.status();
    // Rows of a load that broke off must not be taken for all of them.
    if (!loaded.ok() && begin && !IsEmpty().value_or(false)) return loaded;
    const absl::Status dropped = tables_.Drop(mark_.name, retry_.Deadline());
    ROWHOUSE_RETURN_IF_ERROR(loaded);
    if (dropped.ok() || absl::IsNotFound(dropped)) return begin;
    return absl::Status(
        dropped.code(),
        absl::StrCat("table '", spec_.name, "' is loaded, but '", mark_.name,
                     "' could not be dropped: ", dropped.message(), "; drop '",
                     mark_.name, "' alone before it is created again"));
  }

 private:
  absl::Status TryToClaim(absl::Time deadline) {
    // Once a try has ended without an answer it may be ours already.
    if (!claiming_) {
      ROWHOUSE_RETURN_IF_ERROR(Look(deadline));
      if (stage_ == Stage::kLoaded) return absl::OkStatus();
      if (stage_ == Stage::kLoading) return Wait();
    }
    claiming_ = true;
    const absl::Status claimed = tables_.Create(mark_, deadline);
    if (!absl::IsAlreadyExists(claimed)) return claimed;
    claiming_ = false;
    stage_ = Stage::kLoading;
    return Wait();
  }

  // The mark is made before the table and dropped when that is full: so it is
  // looked for behind the table.
  absl::Status Look(absl::Time deadline) {
    stage_ = Stage::kEmpty;
    rows_ = 0;
    const auto table = tables_.Describe(spec_.name, deadline);
    const absl::Status mark = tables_.Describe(mark_.name, deadline).status();
    if (table.ok()) rows_ = table->rows_stored;
    // Or made or dropped in part.
    if (mark.ok() || absl::IsFailedPrecondition(mark)) {
      stage_ = Stage::kLoading;
      return absl::OkStatus();
    }
    if (!absl::IsNotFound(mark)) return mark;
    if (absl::IsNotFound(table.status())) return absl::OkStatus();
    ROWHOUSE_RETURN_IF_ERROR(table.status());
    ROWHOUSE_RETURN_IF_ERROR(tables_.Create(spec_, deadline));
    if (rows_ == 0) return absl::OkStatus();
    stage_ = Stage::kLoaded;
    if (rows_ == spec_.rows) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "table '", spec_.name, "' has ", rows_, " of ", spec_.rows,
        " rows: it was trained before it was loaded; drop it, or import into "
        "it"));
  }

  absl::Status Wait() {
    if (!rows_at_first_.has_value()) rows_at_first_ = rows_;
    return absl::UnavailableError(
        absl::StrCat("table '", spec_.name, "' is being loaded"));
  }

  absl::Status GiveUp() const {
    return absl::FailedPreconditionError(absl::StrCat(
        "table '", spec_.name, "' has ", rows_, " of ", spec_.rows,
        " rows and another client is loading it, but no row came for ",
        absl::FormatDuration(retry_.options().timeout),
        "; if that client is gone, drop '", mark_.name, "' and '", spec_.name,
        "' and create it again"));
  }

  absl::StatusOr<bool> IsEmpty() {
    const auto table = tables_.Describe(spec_.name, retry_.Deadline());
    if (absl::IsNotFound(table.status())) return true;
    ROWHOUSE_RETURN_IF_ERROR(table.status());
    return table->rows_stored == 0;
  }

  TableDirectory& tables_;
  RetryLoop& retry_;
  const TableSpec& spec_;
  const TableSpec mark_;
  // As last seen.
  Stage stage_ = Stage::kEmpty;
  std::uint64_t rows_ = 0;
  std::optional<std::uint64_t> rows_at_first_;  // of this wait
  bool claiming_ = false;
};

}  // namespace

std::string LoadingName(absl::string_view table) {
  return absl::StrCat(table, ".loading");
}

absl::Status LoadOnce(TableDirectory& tables, RetryLoop& retry,
                      const TableSpec& spec, std::uint64_t nonce,
                      absl::FunctionRef<absl::Status()> load) {
  while (true) {
    Loader loader(tables, retry, spec, nonce);
    ROWHOUSE_ASSIGN_OR_RETURN(const Stage stage, loader.Claim());
    if (stage == Stage::kLoaded) return absl::OkStatus();
    ROWHOUSE_ASSIGN_OR_RETURN(const bool done, loader.Load(load));
    if (done) return absl::OkStatus();
  }
}

}  // namespace rowhouse::internal
