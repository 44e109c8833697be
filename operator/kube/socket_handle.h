// A second handle on a connection's socket, by which another thread can end it in any phase.
#pragma once

#include <mutex>

namespace schemaop {

// Thread-safe. The HTTP library's own stop() waits for a connect or handshake to end and forgets a
// stop that comes before the request; shutting down a duplicate of the socket does neither.
class SocketHandle {
 public:
  SocketHandle() = default;
  ~SocketHandle();
  SocketHandle(const SocketHandle&) = delete;
  SocketHandle& operator=(const SocketHandle&) = delete;

  // Refers to `socket` from now on; before it is connected, and again for every new connection.
  void Refer(int socket);

  // Ends reading and writing on the socket; its owner's calls return at once. No effect on a socket
  // that has not begun to connect: call again.
  void ShutDown();

  // Whether the connection is open and the other side has sent nothing unasked, its end included.
  bool IsQuiet();

 private:
  std::mutex mutex_;
  int socket_ = -1;
};

}  // namespace schemaop
