#include "client/internal/first_load.h"

#include <utility>

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
  Loader(TableDirectory& tables, RetryLoop& retry,
         const FirstLoads::Settle& settle, const TableSpec& spec,
         std::uint64_t nonce)
      : tables_(tables),
        retry_(retry),
        settle_(settle),
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

  // REQUIRES: an earlier call claimed it with this nonce and left the mark.
  // kEmpty: it is this client's to load again. kLoading: not any more, somebody
  // has dropped the mark.
  absl::StatusOr<Stage> Reclaim() {
    mark_stays_ = true;
    // Before the table is looked at: it may be what comes into it.
    const absl::Status settled = settle_();
    if (!settled.ok()) return KeepMark(settled, kSending);
    const auto mark = tables_.Describe(mark_.name, retry_.Deadline());
    mark_stays_ = !absl::IsNotFound(mark.status());
    if (!mark_stays_) return Stage::kLoading;
    ROWHOUSE_RETURN_IF_ERROR(mark.status());
    mark_stays_ = mark->spec == mark_;
    if (!mark_stays_) return Stage::kLoading;
    const auto table = tables_.Describe(spec_.name, retry_.Deadline());
    again_ = true;
    if (absl::IsNotFound(table.status())) return Stage::kEmpty;
    ROWHOUSE_RETURN_IF_ERROR(table.status());
    if (!table->last_step.has_value()) return Stage::kEmpty;
    return absl::FailedPreconditionError(absl::StrCat(
        "table '", spec_.name, "' was pushed to before it was loaded; drop '",
        mark_.name, "' and '", spec_.name, "' and create it again"));
  }

  // REQUIRES: claimed. False: another client finished before the claim.
  absl::StatusOr<bool> Load(absl::FunctionRef<absl::Status()> load) {
    mark_stays_ = true;
    const absl::StatusOr<bool> empty =
        again_ ? absl::StatusOr<bool>(true) : IsEmpty();
    const bool begin = empty.ok() && *empty;
    const absl::Status loaded = begin ? load() : empty.status();
    if (!loaded.ok() && begin) {
      // Rows that are written later must not be written over what others have
      // trained, nor rows of a load that broke off be taken for all of them.
      if (!settle_().ok()) return KeepMark(loaded, kSending);
      if (!IsEmpty().value_or(false)) return KeepMark(loaded, kHalf);
    }
    const absl::Status dropped = tables_.Drop(mark_.name, retry_.Deadline());
    if (dropped.ok() || absl::IsNotFound(dropped)) mark_stays_ = false;
    ROWHOUSE_RETURN_IF_ERROR(loaded);
    if (dropped.ok() || absl::IsNotFound(dropped)) return begin;
    // Not for a later call to load again.
    mark_stays_ = false;
    return absl::Status(
        dropped.code(),
        absl::StrCat("table '", spec_.name, "' is loaded, but '", mark_.name,
                     "' could not be dropped: ", dropped.message(), "; drop '",
                     mark_.name, "' alone before it is created again"));
  }

  // Whether a later call of this client is to go on with the mark.
  bool mark_stays() const { return mark_stays_; }

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

  absl::Status KeepMark(const absl::Status& why, absl::string_view what) const {
    return absl::Status(
        why.code(),
        absl::StrCat(why.message(), "; ", what, ", so '", mark_.name,
                     "' stays and no other client loads '", spec_.name,
                     "': let this client create it again, or, when this client "
                     "is gone, drop '",
                     mark_.name, "' and '", spec_.name, "'"));
  }

  absl::StatusOr<bool> IsEmpty() {
    const auto table = tables_.Describe(spec_.name, retry_.Deadline());
    if (absl::IsNotFound(table.status())) return true;
    ROWHOUSE_RETURN_IF_ERROR(table.status());
    return table->rows_stored == 0;
  }

  static constexpr absl::string_view kSending =
      "a push that was sent has no answer and may be applied yet";
  static constexpr absl::string_view kHalf =
      "some of its rows may have been written";

  TableDirectory& tables_;
  RetryLoop& retry_;
  const FirstLoads::Settle& settle_;
  const TableSpec& spec_;
  const TableSpec mark_;
  // As last seen.
  Stage stage_ = Stage::kEmpty;
  std::uint64_t rows_ = 0;
  std::optional<std::uint64_t> rows_at_first_;  // of this wait
  bool claiming_ = false;
  bool again_ = false;  // an earlier call began to load it
  bool mark_stays_ = false;
};

}  // namespace

std::string LoadingName(absl::string_view table) {
  return absl::StrCat(table, ".loading");
}

FirstLoads::FirstLoads(TableDirectory& tables, RetryLoop& retry, Settle settle)
    : tables_(tables), retry_(retry), settle_(std::move(settle)) {}

absl::Status FirstLoads::LoadOnce(const TableSpec& spec, std::uint64_t nonce,
                                  absl::FunctionRef<absl::Status()> load) {
  std::optional<std::uint64_t> left = TakeLeft(spec.name);
  while (true) {
    const std::uint64_t own = left.value_or(nonce);
    Loader loader(tables_, retry_, settle_, spec, own);
    const absl::StatusOr<Stage> stage =
        left.has_value() ? loader.Reclaim() : loader.Claim();
    absl::StatusOr<bool> done = false;
    if (!stage.ok()) {
      done = stage.status();
    } else if (*stage == Stage::kEmpty) {
      done = loader.Load(load);
    } else {
      done = *stage == Stage::kLoaded;
    }
    if (loader.mark_stays()) Leave(spec.name, own);
    ROWHOUSE_RETURN_IF_ERROR(done.status());
    if (*done) return absl::OkStatus();
    left.reset();
  }
}

std::optional<std::uint64_t> FirstLoads::TakeLeft(const std::string& table) {
  MutexLock lock(mu_);
  const auto it = left_.find(table);
  if (it == left_.end()) return std::nullopt;
  const std::uint64_t nonce = it->second;
  left_.erase(it);
  return nonce;
}

void FirstLoads::Leave(const std::string& table, std::uint64_t nonce) {
  MutexLock lock(mu_);
  left_.insert_or_assign(table, nonce);
}

}  // namespace rowhouse::internal
