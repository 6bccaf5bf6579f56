// What a Client holds, for the sources that its methods are in.
#ifndef ROWHOUSE_CLIENT_INTERNAL_CLIENT_STATE_H_
#define ROWHOUSE_CLIENT_INTERNAL_CLIENT_STATE_H_

#include <memory>

#include "client/internal/connection.h"
#include "rowhouse/client.h"

namespace rowhouse {

struct Client::State {
  std::unique_ptr<internal::Connection> connection;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_CLIENT_INTERNAL_CLIENT_STATE_H_
