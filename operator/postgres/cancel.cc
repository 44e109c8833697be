#include "postgres/cancel.h"

#include <array>
#include <future>
#include <memory>
#include <thread>

#include <libpq-fe.h>

namespace schemaop {

// PQcancel opens a connection and blocks on it, for minutes when the network is gone; the thread is
// left to itself then (it owns all it uses).
void SendCancel(pg_conn* connection) {
  std::shared_ptr<PGcancel> cancel(PQgetCancel(connection), &PQfreeCancel);
  if (!cancel) return;
  auto sent = std::make_shared<std::promise<void>>();
  std::future<void> done = sent->get_future();
  std::thread([cancel, sent] {
    std::array<char, 256> ignored{};
    PQcancel(cancel.get(), ignored.data(), static_cast<int>(ignored.size()));
    sent->set_value();
  }).detach();
  done.wait_for(kCancelGrace);
}

}  // namespace schemaop
