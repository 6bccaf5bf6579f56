#include "tests/sim/table_churn.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace rowhouse::sim {
namespace {

constexpr absl::Duration kTimeout = absl::Milliseconds(15);
constexpr std::uint64_t kFirstIncarnation = 900;

// Names come again, with other incarnations.
std::string NameOf(std::uint64_t number) {
  return absl::StrCat("x", number % 2);
}

TableIncarnation IncarnationOf(std::uint64_t number) {
  return TableIncarnation(kFirstIncarnation + number);
}

}  // namespace

void TableChurn::Run() {
  for (std::uint64_t i = 0; i < tables_; ++i) {
    scheduler_.Sleep(absl::Microseconds(random_.Between(1, 8000)));
    Node& node = *nodes_[random_.Below(nodes_.size())];
    if (calm_ || story_.failed()) break;
    if (Make(i, node) && !random_.OneIn(4)) Drop(i, node);
  }
  finished_ = true;
}

bool TableChurn::Make(std::uint64_t number, Node& node) {
  while (!calm_ && !story_.failed()) {
    const absl::StatusOr<bool> made = network_.Call<bool>(
        node, "make table", kTimeout,
        [number](Node& at, Life& life) -> absl::StatusOr<bool> {
          TableSpec spec;
          spec.name = NameOf(number);
          spec.dim = 1;
          const TableIncarnation incarnation = IncarnationOf(number);
          const absl::Status status =
              life.shard->CreateTable(spec, incarnation);
          if (!status.ok()) return status;
          if (life.alive()) at.ledger().OnTableMade(incarnation);
          return true;
        },
        /*late=*/false);
    if (made.ok()) return true;
    // A restore takes it away, or is under way; or one of that name was kept.
    if (absl::IsFailedPrecondition(made.status()) ||
        absl::IsAlreadyExists(made.status())) {
      return false;
    }
    scheduler_.Sleep(absl::Microseconds(random_.Between(100, 3000)));
  }
  return false;
}

void TableChurn::Drop(std::uint64_t number, Node& node) {
  // From here on it may be gone, or be there once more when a copy of the call
  // that made it comes now.
  node.ledger().OnTableDropped(IncarnationOf(number));
  std::uint64_t life_of_shard = 0;
  while (!calm_ && !story_.failed()) {
    if (life_of_shard == 0) {
      const absl::StatusOr<std::uint64_t> life = LifeOf(node);
      if (!life.ok()) continue;
      life_of_shard = *life;
    }
    const absl::StatusOr<bool> dropped = network_.Call<bool>(
        node, "drop table", kTimeout,
        [number, life_of_shard](Node&, Life& life) -> absl::StatusOr<bool> {
          const absl::Status status = life.shard->DropTable(
              {NameOf(number), IncarnationOf(number), life_of_shard});
          if (!status.ok()) return status;
          return true;
        });
    if (dropped.ok() || absl::IsNotFound(dropped.status()) ||
        absl::IsFailedPrecondition(dropped.status())) {
      return;
    }
    scheduler_.Sleep(absl::Microseconds(random_.Between(100, 3000)));
  }
}

absl::StatusOr<std::uint64_t> TableChurn::LifeOf(Node& node) {
  return network_.Call<std::uint64_t>(
      node, "info", kTimeout,
      [](Node&, Life& life) -> absl::StatusOr<std::uint64_t> {
        return life.shard->Info().incarnation;
      });
}

}  // namespace rowhouse::sim
