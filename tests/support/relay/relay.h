// What servers of tests that stand between two others share: sockets on loopback, and passing on.
#pragma once

#include <openssl/types.h>

namespace schemaop::testing {

// A listening socket on a free port of 127.0.0.1. Throws std::runtime_error when there is none.
struct Listener {
  int socket = -1;
  int port = 0;
};
Listener ListenOnLoopback();

// A connection to 127.0.0.1; -1 when nothing listens there.
int DialLoopback(int port);

// One end of a relay. Both stay the caller's.
struct RelayEnd {
  int socket = -1;
  SSL* tls = nullptr;  // null: it speaks without; else without SSL_MODE_AUTO_RETRY
};

// Passes on what each end says to the other until one of them ends, which shutdown() of its socket
// brings about.
void Relay(const RelayEnd& one, const RelayEnd& other);

}  // namespace schemaop::testing
