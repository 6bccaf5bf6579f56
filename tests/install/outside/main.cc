// One step of training in a table of its own: row 42 begins at 0 and goes half
// a step down a gradient of -1.
#include <cstdio>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "rowhouse/client.h"

namespace {

absl::Status Train(const char* directory) {
  auto client = rowhouse::Client::Connect(std::string("embedded:") + directory);
  if (!client.ok()) return client.status();
  rowhouse::TableSpec words;
  words.name = "words";
  words.dim = 2;
  words.optimizer = rowhouse::SgdSpec{.learning_rate = 0.5f};
  if (auto made = client->CreateTable(words); !made.ok()) return made;

  rowhouse::FeatureIds feature;
  feature.table = "words";
  feature.dim = 2;
  feature.batch.ids = {42};
  auto found = client->Lookup({feature});
  if (!found.ok()) return found.status();
  const float gradient[] = {-1.0f, -1.0f};
  auto pushed = client->Push(std::move(found->ticket), {gradient});
  if (!pushed.ok()) return pushed.status();

  auto rows = client->ReadRows("words", {42});
  if (!rows.ok()) return rows.status();
  std::printf("row 42: %g %g\n", rows->weights[0], rows->weights[1]);
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const absl::Status status = Train(argv[1]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
