#include "server/handlers/lookup.h"

#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "proto/wire/hot.h"

namespace rowhouse::server {

absl::Status Lookup(const shard::Shard& shard, ReplyBudget& replies,
                    const grpc::ByteBuffer& request,
                    grpc::ByteBuffer& response) {
  ROWHOUSE_ASSIGN_OR_RETURN(const wire::DecodedLookup decoded,
                            wire::DecodeLookupRequest(request));
  const LookupRequest& lookup = decoded.request();
  // How many rows come out follows from the request alone; whether it is right
  // is asked once, by Shard::Lookup, into memory nobody has touched yet.
  std::vector<std::size_t> rows;
  rows.reserve(lookup.inputs.size());
  for (const LookupInput& input : lookup.inputs) {
    rows.push_back(input.output_rows());
  }
  const auto layout = wire::LookupResponseLayout::Make(lookup, rows);
  if (!layout.ok()) {
    // Too large an answer may be that of a wrong request: that comes first.
    ROWHOUSE_RETURN_IF_ERROR(shard.CheckLookup(lookup).status());
    return layout.status();
  }
  ROWHOUSE_ASSIGN_OR_RETURN(ReplyBudget::Share share,
                            replies.Take(layout->memory_bytes()));
  wire::LookupResponseBuffer buffer(*layout, [share = std::move(share)] {});
  ROWHOUSE_RETURN_IF_ERROR(shard.Lookup(lookup, buffer.outputs()));
  response = std::move(buffer).Finish();
  return absl::OkStatus();
}

}  // namespace rowhouse::server
