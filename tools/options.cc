#include "tools/options.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/internal/address.h"
#include "tools/help.h"

namespace rowhouse::tools {
namespace {

// A second, hidden flag takes the environment's value: else CLI11 could not
// tell it from a --servers that contradicts --embedded.
constexpr char kServersVariable[] = "ROWHOUSE_SERVERS";

// Decimal digits only: CLI11's own reading of integers takes 010 for 8 and
// 2^64 for 2^64 - 1.
std::string CheckUnsigned(const std::string& text) {
  std::uint64_t value = 0;
  const bool digits = text.find_first_not_of("0123456789") == text.npos;
  if (digits && absl::SimpleAtoi(text, &value)) return "";
  return absl::StrCat("'", text, "' is not a decimal number below 2^64");
}

std::string CheckSomeStay(const std::string& text) {
  if (text.find_first_not_of('0') != text.npos) return "";
  return "0 would delete every checkpoint: `checkpoint delete` takes one by "
         "name";
}

std::string CheckEpochOrName(const std::string& text) {
  return absl::StartsWith(text, "@") ? CheckUnsigned(text.substr(1)) : "";
}

std::string CheckDuration(const std::string& text) {
  absl::Duration duration;
  if (absl::ParseDuration(text, &duration) && duration >= absl::Seconds(1)) {
    return "";
  }
  return absl::StrCat("'", text, "' is not a time of a second or more, as 6h");
}

std::string CheckSlot(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != text.npos && equals > 0 && equals + 1 < text.size()) return "";
  return absl::StrCat("'", text, "' is not SLOT=NAME");
}

std::uint64_t UnsignedOf(const std::string& text) {
  std::uint64_t value = 0;
  return absl::SimpleAtoi(text, &value) ? value : 0;
}

// The grammar, and what a command line filled in.
class CommandLine {
 public:
  CommandLine() : app_("", "rowhouse") {
    AddHelp(app_);
    app_.require_subcommand(1);
    app_.fallthrough();  // so that flags may stand behind the verb
    app_.add_option("--servers", servers_,
                    absl::StrCat("Every shard of a cluster, in any order "
                                 "(environment: ",
                                 kServersVariable, ")"))
        ->type_name("H1:P1,H2:P2,...");
    app_.add_option("--servers-of-environment", servers_of_environment_)
        ->envname(kServersVariable)
        ->group("");
    app_.add_option("--embedded", embedded_,
                    "Open a data directory that no server has open")
        ->type_name("DIR");
    app_.add_option("--timeout", timeout_s_,
                    "To wait for answers (10; an hour where all rows are "
                    "copied)")
        ->check(CLI::Validator(CLI::Range(0.001, 1e6)).description(""))
        ->type_name("SECONDS");
    app_.add_flag("--json", json_, "JSON on standard output");
    AddStatusAndTables();
    AddRowsAndCheckpoints();
    AddDumps();
    AddTransfers();
    AddColumns();
  }

  // Throws what CLI11 throws.
  void Parse(int argc, const char* const* argv) { app_.parse(argc, argv); }

  // What to say of that.
  Notice NoticeOf(const CLI::ParseError& error) const {
    std::ostringstream data;
    std::ostringstream talk;
    const bool asked = app_.exit(error, data, talk) == 0;
    if (asked) return {.code = ExitCode::kOk, .data = data.str()};
    // CLI11 speaks of subcommands.
    if (absl::StrContains(error.what(), "subcommand")) {
      const auto rest = app_.remaining(/*recurse=*/true);
      return Usage(rest.empty() ? "which verb?"
                                : absl::StrCat("which verb? ", rest.front(),
                                               " is none"));
    }
    return Usage(error.what());
  }

  std::variant<Options, Notice> Result() {
    Options options;
    options.json = json_;
    options.verb = make_();
    if (timeout_s_ != 0) options.target.timeout = absl::Seconds(timeout_s_);
    if (destructive_ && !yes_) {
      return Usage(absl::StrCat(destructive_, " cannot be undone: add --yes"));
    }
    if (!asks_shards_) return options;
    if (!servers_.empty() && !embedded_.empty()) {
      return Usage("--servers and --embedded exclude each other");
    }
    if (servers_.empty() && embedded_.empty()) {
      servers_ = servers_of_environment_;
    }
    if (servers_.empty() && embedded_.empty()) {
      return Usage(
          absl::StrCat("which shards? Give --servers H1:P1,... or "
                       "--embedded DIR, or set ",
                       kServersVariable));
    }
    if (!servers_.empty()) {
      const absl::Status status = internal::ParseAddress(servers_).status();
      if (!status.ok()) return Usage(status.message());
    }
    options.target.servers = servers_;
    options.target.embedded = embedded_;
    return options;
  }

 private:
  static Notice Usage(absl::string_view what) {
    return {.code = ExitCode::kUsage,
            .talk = absl::StrCat("rowhouse: ", what,
                                 "\nrowhouse --help lists verbs and flags\n")};
  }

  CLI::App* Family(const char* name, const char* about) {
    CLI::App* family = app_.add_subcommand(name, about);
    family->require_subcommand(1);
    AddVerbHelp(*family);
    return family;
  }

  // A verb; `make` is called when it is the one that was given.
  CLI::App* Add(CLI::App* family, const char* name, const char* about,
                std::function<Verb()> make) {
    CLI::App* verb = family->add_subcommand(name, about);
    verb->callback([this, make = std::move(make)] { make_ = make; });
    AddVerbHelp(*verb);
    return verb;
  }

  void AddName(CLI::App* verb) { verb->add_option("NAME", name_)->required(); }

  void AddStatusAndTables() {
    Add(&app_, "status", "One line per shard; is each serving?",
        [] { return StatusVerb{}; });
    CLI::App* table = Family("table", "Tables");
    Add(table, "list", "All tables", [] { return TableListVerb{}; });
    AddName(Add(table, "describe", "All about one",
                [this] { return TableDescribeVerb{name_}; }));
    CLI::App* create = Add(table, "create",
                           "Make one: JSON or @FILE, as describe --json has it",
                           [this] { return TableCreateVerb{spec_}; });
    AddVerbHelp(*create, kTableCreateHelp);
    create->add_option("SPEC", spec_)->required();
    CLI::App* drop =
        Add(table, "drop", "Lose one and its rows; needs --yes", [this] {
          destructive_ = "table drop";
          return TableDropVerb{name_};
        });
    AddName(drop);
    drop->add_flag("--yes", yes_, "It is meant");
  }

  void AddRowsAndCheckpoints() {
    CLI::App* get = Add(Family("row", "Rows"), "get",
                        "Weights and slots as they are now", [this] {
                          return RowGetVerb{table_, Ids()};
                        });
    get->add_option("TABLE", table_)->required();
    get->add_option("ID", ids_)->required()->check(CheckUnsigned);
    CLI::App* checkpoint = Family("checkpoint", "Checkpoints");
    CLI::App* create = Add(
        checkpoint, "create", "Save all tables while training goes on", [this] {
          CheckpointCreateVerb verb{.name = name_, .keep = UnsignedOf(keep_)};
          absl::ParseDuration(every_, &verb.every);
          return verb;
        });
    CLI::Option* const name =
        create->add_option("NAME", name_, "The time where none is given");
    AddKeep(create, "Then delete all but the newest N");
    create
        ->add_option("--every", every_,
                     "Go on making one each 10m, 6h, ... until ended; unnamed")
        ->check(CheckDuration)
        ->type_name("TIME")
        ->excludes(name);
    CLI::App* remove =
        Add(checkpoint, "delete", "Remove one; needs --yes", [this] {
          destructive_ = "checkpoint delete";
          return CheckpointDeleteVerb{name_};
        });
    AddName(remove);
    remove->add_flag("--yes", yes_, "It is meant");
    CLI::App* prune = Add(checkpoint, "prune",
                          "Remove all but the newest; needs --yes", [this] {
                            destructive_ = "checkpoint prune";
                            return CheckpointPruneVerb{UnsignedOf(keep_)};
                          });
    AddKeep(prune, "So many stay, one at least")
        ->required()
        ->check(CheckSomeStay);
    prune->add_flag("--yes", yes_, "It is meant");
    AddDump(checkpoint, "verify",
            "Prove that the one in DIR can be restored, without loading it",
            [this] { return CheckpointVerifyVerb{directory_}; });
    Add(checkpoint, "list", "All complete ones",
        [] { return CheckpointListVerb{}; });
    CLI::App* restore =
        Add(checkpoint, "restore",
            "Fill shards that have no tables from one; @17: as of epoch 17",
            [this] {
              if (replace_) destructive_ = "checkpoint restore --replace";
              CheckpointRestoreVerb verb{.name = name_, .replace = replace_};
              if (absl::StartsWith(name_, "@")) {
                verb.epoch = UnsignedOf(name_.substr(1));
              }
              return verb;
            });
    restore->add_option("NAME", name_)->required()->check(CheckEpochOrName);
    restore->add_flag("--replace", replace_,
                      "Lose the tables that are there; needs --yes");
    restore->add_flag("--yes", yes_, "It is meant");
  }

  void AddDumps() {
    CLI::App* dump = Family("dump", "Files");
    CLI::App* journal =
        AddDump(dump, "journal",
                "Records, one a line (JSON: one document a line)", [this] {
                  return DumpJournalVerb{directory_, Lsn(UnsignedOf(after_)),
                                         UnsignedOf(limit_)};
                });
    journal->add_option("--limit", limit_, "Stop after so many records")
        ->check(CheckUnsigned)
        ->type_name("N");
    journal->add_option("--after", after_, "Only records behind this LSN")
        ->check(CheckUnsigned)
        ->type_name("LSN");
    AddDump(dump, "manifest", "Of a data directory, a checkpoint or its part",
            [this] { return DumpManifestVerb{directory_}; });
    CLI::App* row =
        AddDump(dump, "row", "As stored, and what the journal adds", [this] {
          return DumpRowVerb{directory_, table_, UnsignedOf(id_)};
        });
    row->add_option("TABLE", table_)->required();
    row->add_option("ID", id_)->required()->check(CheckUnsigned);
    CLI::App* tensors = AddFileVerb(
        dump, "tensors", "In a checkpoint, .npy or .safetensors", [this] {
          return DumpTensorsVerb{Format(), path_};
        });
    tensors->add_option("PATH", path_)->required();
    AddFormat(tensors);
  }

  void AddTransfers() {
    CLI::App* import =
        Add(&app_, "import",
            "Fill a table from a TensorFlow checkpoint, .npy or .safetensors",
            [this] {
              return ImportVerb{table_, Source()};
            });
    import->add_option("TABLE", table_)->required();
    import->add_option("PATH", path_)->required();
    import->add_option("--tensor", tensor_,
                       "Which has the weights; not for .npy");
    import
        ->add_option("--slot", slots_,
                     "Where a slot of the optimizer is (a file for .npy)")
        ->check(CheckSlot)
        ->expected(1)
        ->take_all()
        ->type_name("SLOT=NAME");
    import->add_flag(
        "--find-slots", find_slots_,
        "Take them from beside the weights, by TensorFlow's names");
    AddFormat(import);
    CLI::App* export_verb =
        Add(&app_, "export",
            "Write tables as a TensorFlow checkpoint, .npy or .safetensors",
            [this] {
              return ExportVerb{tables_, File()};
            });
    export_verb->add_option("PATH", path_)->required();
    export_verb->add_option("TABLE", tables_)->required();
    export_verb->add_flag("--no-slots", no_slots_, "Weights only");
    export_verb->add_flag("--objects", objects_,
                          "An object-based checkpoint: embedding/TABLE");
    AddFormat(export_verb);
  }

  void AddFormat(CLI::App* verb) {
    verb->add_option("--format", format_,
                     "checkpoint, npy, safetensors (as the path ends)")
        ->check(
            CLI::Validator(CLI::IsMember({"checkpoint", "npy", "safetensors"}))
                .description(""))
        ->type_name("FORMAT");
  }

  FileFormat Format() const {
    if (format_ == "npy") return FileFormat::kNpy;
    if (format_ == "safetensors") return FileFormat::kSafetensors;
    if (format_ == "checkpoint") return FileFormat::kCheckpoint;
    return FormatOf(path_);
  }

  ImportSource Source() const {
    ImportSource source{.format = Format(),
                        .path = path_,
                        .weights = tensor_,
                        .find_slots = find_slots_};
    for (const std::string& slot : slots_) {
      const std::size_t equals = slot.find('=');
      source.slots[slot.substr(0, equals)] = slot.substr(equals + 1);
    }
    return source;
  }

  ExportTarget File() const {
    return {.format = Format(),
            .path = path_,
            .slots = !no_slots_,
            .naming = objects_ ? CheckpointNaming::kObjects
                               : CheckpointNaming::kNames};
  }

  void AddColumns() {
    CLI::App* columns = Family("columns", "Feature columns, said as data");
    AddFileVerb(columns, "explain",
                "What they are, their tables, what they read",
                [this] { return ColumnsExplainVerb{spec_}; })
        ->add_option("SPEC", spec_)
        ->required();
    CLI::App* apply =
        AddFileVerb(columns, "apply", "What they make of features", [this] {
          return ColumnsApplyVerb{spec_, features_};
        });
    AddVerbHelp(*apply, kColumnsApplyHelp);
    apply->add_option("SPEC", spec_)->required();
    apply->add_option("FEATURES", features_)->required();
  }

  CLI::Option* AddKeep(CLI::App* verb, const char* about) {
    return verb->add_option("--keep", keep_, about)
        ->check(CheckUnsigned)
        ->type_name("N");
  }

  CLI::App* AddDump(CLI::App* dump, const char* name, const char* about,
                    std::function<Verb()> make) {
    CLI::App* verb = AddFileVerb(dump, name, about, std::move(make));
    verb->add_option("DIR", directory_)->required();
    return verb;
  }

  // A verb that reads files and asks no shard.
  CLI::App* AddFileVerb(CLI::App* family, const char* name, const char* about,
                        std::function<Verb()> make) {
    return Add(family, name, about, [this, make = std::move(make)] {
      asks_shards_ = false;
      return make();
    });
  }

  std::vector<Id> Ids() const {
    std::vector<Id> ids;
    for (const std::string& id : ids_) ids.push_back(UnsignedOf(id));
    return ids;
  }

  CLI::App app_;
  std::function<Verb()> make_;
  std::string servers_;
  std::string servers_of_environment_;
  std::string embedded_;
  double timeout_s_ = 0;  // 0: not given
  bool json_ = false;
  bool asks_shards_ = true;
  const char* destructive_ = nullptr;  // what needs --yes
  bool yes_ = false;
  bool replace_ = false;
  std::string name_;
  std::string keep_;
  std::string every_;
  std::string spec_;
  std::string features_;
  std::string directory_;
  std::string table_;
  std::string id_;
  std::vector<std::string> ids_;
  std::string limit_;
  std::string after_;
  std::string path_;
  std::string tensor_;
  std::vector<std::string> slots_;
  bool find_slots_ = false;
  std::vector<std::string> tables_;
  bool no_slots_ = false;
  bool objects_ = false;
  std::string format_;  // empty: by the end of the path
};

}  // namespace

std::variant<Options, Notice> ParseOptions(int argc, const char* const* argv) {
  CommandLine line;
  try {
    line.Parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return line.NoticeOf(error);
  }
  return line.Result();
}

}  // namespace rowhouse::tools
