#include "tests/integration/faults/verbs.h"

namespace rowhouse::faults {

void AddVerdict(const Workload::Verdict& verdict, Report& report) {
  const auto add = [&](const char* name, std::uint64_t value) {
    report.line[name] = report.line.value(name, std::uint64_t{0}) + value;
  };
  add("acked", verdict.acked);
  add("lost", verdict.lost);
  add("doubled", verdict.doubled);
  add("trained_steps", verdict.steps);
  add("unequal_rows", verdict.unequal_rows);
  report.kept = report.kept && verdict.acked > 0 && verdict.lost == 0 &&
                verdict.doubled == 0 && verdict.unequal_rows == 0;
}

void AddClusterFlags(CLI::App& verb, int& shards, int& writers) {
  verb.add_option("--shards", shards)->check(CLI::Range(1, 16));
  verb.add_option("--writers", writers, "Clients beside the trainer")
      ->check(CLI::Range(1, 64));
}

}  // namespace rowhouse::faults
