#include "examples/census/quickstart.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "examples/census/columns.h"
#include "examples/census/data_source.h"
#include "examples/census/pictures.h"
#include "examples/census/server_group.h"
#include "examples/census/tables_diff.h"
#include "rowhouse/client.h"

namespace rowhouse::census {
namespace {

absl::StatusOr<std::string> EmptyTablesDirectory(const std::string& out) {
  const std::string directory = absl::StrCat(out, "/tables");
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  if (!error) std::filesystem::create_directories(directory, error);
  if (!error) return directory;
  return absl::UnavailableError(
      absl::StrCat("cannot make ", directory, " anew: ", error.message()));
}

void Say(const std::string& line) {
  absl::PrintF("%s\n", line);
  std::fflush(stdout);
}

void SayResult(absl::string_view where, const TrainResult& result) {
  Say(absl::StrFormat("%s: %d pushes in %.2f s, %d rows stored.\n", where,
                      result.pushes, result.seconds, result.rows));
}

void SayDifference(const TablesDifference& difference) {
  Say(difference.different == 0
          ? absl::StrFormat(
                "The tables of both are equal to the bit: %d rows compared, "
                "weights and slots, %d of them trained.",
                difference.rows, difference.stored)
          : absl::StrFormat("THE TABLES DIFFER: %d of %d rows, by %g at most.",
                            difference.different, difference.rows,
                            difference.max_abs));
}

absl::StatusOr<TrainResult> TrainAs(const std::string& name, Client& client,
                                    const FeaturePlan& plan,
                                    const DataSource& source,
                                    const QuickstartOptions& options) {
  Progress progress(name, options.epochs);
  return Train(client, plan, source.census,
               {.seed = options.seed, .epochs = options.epochs}, progress);
}

}  // namespace

absl::StatusOr<QuickstartFigures> RunQuickstart(
    const QuickstartOptions& options) {
  QuickstartFigures figures{.seed = options.seed,
                            .server_count = options.server_count};
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string tables,
                            EmptyTablesDirectory(options.out));
  ROWHOUSE_ASSIGN_OR_RETURN(const DataSource source,
                            LoadData(options.data, options.seed));
  figures.data = source.name;
  Say(source.note);
  ROWHOUSE_ASSIGN_OR_RETURN(const FeaturePlan plan,
                            MakePlan(source.census.train, options.seed));

  Say("\nOne shard in this process:");
  ROWHOUSE_ASSIGN_OR_RETURN(
      Client embedded,
      Client::Connect(absl::StrCat("embedded:", tables, "/embedded")));
  ROWHOUSE_ASSIGN_OR_RETURN(
      figures.embedded, TrainAs("embedded", embedded, plan, source, options));
  SayResult("embedded", figures.embedded);

  ROWHOUSE_ASSIGN_OR_RETURN(
      ServerGroup servers,
      ServerGroup::Start(options.server_binary, tables, options.server_count));
  Say(absl::StrCat("The same on ", options.server_count, " servers, ",
                   servers.address(), ":"));
  {
    ROWHOUSE_ASSIGN_OR_RETURN(Client remote,
                              Client::Connect(servers.address()));
    ROWHOUSE_ASSIGN_OR_RETURN(
        figures.servers, TrainAs("servers", remote, plan, source, options));
    SayResult("servers", figures.servers);
    ROWHOUSE_ASSIGN_OR_RETURN(const TablesDifference difference,
                              CompareTables(embedded, remote, plan.tables()));
    SayDifference(difference);
    figures.tables_max_abs_difference = difference.max_abs;
    figures.rows_different = difference.different;
  }
  ROWHOUSE_RETURN_IF_ERROR(servers.Stop());

  const std::vector<NamedRun> runs = {
      {"embedded shard", figures.embedded.epochs},
      {absl::StrCat(options.server_count, " servers"), figures.servers.epochs}};
  ROWHOUSE_ASSIGN_OR_RETURN(
      figures.pictures,
      WritePictures(options.out, runs, embedded, source, options.seed));
  Say("Pictures:");
  for (const std::string& picture : figures.pictures) {
    Say(absl::StrCat("  ", picture));
  }
  return figures;
}

}  // namespace rowhouse::census
