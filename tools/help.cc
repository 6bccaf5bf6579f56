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

void AddHelp(CLI::App& app) {
  app.description(kAbout);
  app.formatter(std::make_shared<VerbFormatter>());
  app.get_formatter()->column_width(kColumnWidth);
  app.footer(kFooter);
  app.set_version_flag("--version", VersionText());
}

}  // namespace rowhouse::tools
