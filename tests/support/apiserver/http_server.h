// The HTTP front of the API: sockets, threads, watch streams.
#pragma once

#include <memory>
#include <string>

#include "tests/support/apiserver/api.h"

namespace schemaop::devcluster {

// One thread per connection. Start and Stop are called by one thread, the rest by any.
class HttpServer {
 public:
  // The API outlives the server.
  explicit HttpServer(Api& api);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens on `host` and `port` (0: a free one) and returns the port once it answers; 0 when the
  // address cannot be had.
  int Start(const std::string& host, int port);
  // Ends watches cleanly, then closes every connection. Returns soon.
  void Stop();

  // Cuts every open connection now, in the middle of whatever it carries.
  void DropConnections();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace schemaop::devcluster
