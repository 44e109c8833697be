// One accepted connection as httplib wants to see it: buffered, and ended at once by a shutdown.
#pragma once

#include <array>
#include <httplib.h>
#include <string>

namespace schemaop::devcluster {

// httplib's own stream polls every few milliseconds while a connection idles and cannot be ended
// from outside; this one sleeps in poll() until data, the peer's end or shutdown() on the socket.
class ConnectionStream : public httplib::Stream {
 public:
  explicit ConnectionStream(int socket) : socket_(socket) {}

  // Waits for the first byte of the next request; false when the connection is over or stayed idle.
  bool WaitForRequest(int timeout_ms);

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* data, std::size_t size) override;
  ssize_t write(const char* data, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  bool Fill();

  const int socket_;
  std::array<char, 8192> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace schemaop::devcluster
