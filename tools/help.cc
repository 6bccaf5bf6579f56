#include "tools/help.h"

#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/version.h"
#include "storage/data_dir.h"
#include "storage/journal_format.h"

namespace rowhouse::tools {
namespace {

constexpr char kAbout[] = "Looks at and administers the shards of Rowhouse.";

constexpr char kFooter[] =
    R"(Verbs print what was asked for on standard output and everything else on
standard error. The dump verbs read files: of a directory in use, too, and
without changing anything in it. The columns verbs read files too: a
rowhouse.v1.FeatureSpec as JSON or text, and tensors by key as JSON. The others
need --servers or --embedded.

Exit codes:
  0  it is done
  1  it failed: refused, not found, damaged
  2  the command line makes no sense
  3  a server did not answer before the timeout
  4  status: a shard is not serving, or does not answer while another does

Examples:
  rowhouse --servers 10.0.0.1:7070,10.0.0.2:7070 status
  rowhouse --embedded data/trainer row get words 7 42 --json
  rowhouse dump journal data/shard-0 --limit 5
  rowhouse --embedded data/trainer import words model.ckpt-7 --tensor emb
  rowhouse --embedded data/trainer export out/words.safetensors words
)";

constexpr char kVerbFooter[] =
    "rowhouse --help has the flags of every verb, exit codes and examples.\n";

// Where descriptions begin.
constexpr std::size_t kColumnWidth = 38;

// Help that shows the verbs of verbs with their arguments, one a line.
class VerbFormatter : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    if (app->get_parent() != nullptr) {
      return CLI::Formatter::make_usage(app, std::move(name));
    }
    return absl::StrCat("Usage: ", name,
                        " [--servers H1:P1,H2:P2,... | --embedded DIR] VERB\n");
  }

  std::string make_subcommands(const CLI::App* app,
                               CLI::AppFormatMode /*mode*/) const override {
    std::ostringstream out;
    List(app, "", out);
    return out.str().empty() ? "" : "Verbs:\n" + out.str();
  }

 private:
  void List(const CLI::App* app, const std::string& prefix,
            std::ostringstream& out) const {
    for (const CLI::App* verb : app->get_subcommands({})) {
      std::string words = prefix + verb->get_name();
      if (!verb->get_subcommands({}).empty()) {
        List(verb, words + " ", out);
        continue;
      }
      for (const CLI::Option* option : verb->get_options()) {
        if (!option->get_positional()) continue;
        absl::StrAppend(&words, " ", option->get_name(true));
        if (option->get_items_expected_max() > 1) words += "...";
      }
      CLI::detail::format_help(out, "  " + words, verb->get_description(),
                               get_column_width());
    }
  }
};

std::string VersionText() {
  return absl::StrCat("rowhouse ", Version(), " (commit ", Commit(),
                      ")\ndata directory format ", storage::kDataDirFormat,
                      "\njournal format ", storage::kJournalFormat,
                      "\nprotocol rowhouse.v1");
}

}  // namespace

const char kTableCreateHelp[] =
    R"(SPEC is a JSON object, or @FILE that holds one. Keys, with their defaults:
  name         needed
  dim          needed; floats per row
  rows         0; ids are below it, 0: any id
  seed         0; of the first values
  initializer  {"type": "constant", "value": 0}; or
               {"type": "uniform", "low": -0.05, "high": 0.05}, or
               {"type": "normal", "mean": 0, "stddev": 0.05, "truncated": true}
  optimizer    {"type": "sgd", "learning_rate": 0.01}; other types: momentum,
               adagrad, adagrad_momentum, row_wise_adagrad, adam, rms_prop,
               adadelta, adamax, nadam, ftrl, lion, proximal_sgd,
               proximal_adagrad, adagrad_da, yogi, lamb (docs/optimizers.md)
  update       nothing; schedule, clipping, regularizer, gradient_limits,
               weight_decay, moving_average, constraint, weight_limits
  nan_policy   reject; skip_row, propagate
  durability   process; memory, power
  placement    hashed; whole

Rows begin at 0 unless an initializer is given. Those of embedding columns begin
as TensorFlow's do: normal, truncated, stddev 1 / sqrt(dim).

Example:
  rowhouse --embedded data table create '{"name": "words", "dim": 16,
      "rows": 1000, "initializer": {"type": "normal", "stddev": 0.25},
      "optimizer": {"type": "adam", "learning_rate": 0.001}}'
)";

const char kColumnsApplyHelp[] =
    R"(FEATURES is a file: a JSON object of tensors by the features' keys. A tensor is
dense, sparse or ragged:
  {"day":   {"dense": {"dtype": "int64", "shape": [2, 1], "values": [3, 0]}},
   "words": {"sparse": {"dtype": "string", "indices": [[0, 0], [1, 0], [1, 1]],
                        "values": ["a", "b", "a"], "dense_shape": [2, 2]}},
   "price": {"ragged": {"dtype": "float32", "row_splits": [[0, 1, 3]],
                        "values": [0.5, 4, "nan"]}}}
dtype is TensorFlow's name: string, bool, int8 to int64, uint8 to uint64,
float16, bfloat16, float32, float64. Bytes that are not UTF-8 are
{"b64": "..."}. docs/columns.md has a SPEC with it.
)";

void AddVerbHelp(CLI::App& verb, absl::string_view own) {
  verb.footer(own.empty() ? kVerbFooter : absl::StrCat(own, "\n", kVerbFooter));
}

void AddHelp(CLI::App& app) {
  app.description(kAbout);
  app.formatter(std::make_shared<VerbFormatter>());
  app.get_formatter()->column_width(kColumnWidth);
  app.footer(kFooter);
  app.set_version_flag("--version", VersionText());
}

}  // namespace rowhouse::tools
