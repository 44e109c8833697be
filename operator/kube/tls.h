// The TLS side of a connection: OpenSSL verifies chain and name, strictly, out of memory.
#pragma once

#include <functional>
#include <string>

#include "base/error.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace schemaop {

struct TlsSettings {
  std::string ca_certificates;     // PEM; empty: the system's
  std::string client_certificate;  // PEM, the leaf first, then its chain; empty: none
  std::string client_key;          // PEM, not encrypted
  std::string server_name;         // what the certificate must be for: a DNS name or an address
  bool insecure_skip_verify = false;

  bool operator==(const TlsSettings&) const = default;
};

// One handshake, as the connection it is for sees it.
struct TlsHandshake {
  // Called on the connected socket before the first byte of TLS; false gives the handshake up. May
  // be empty.
  std::function<bool(int socket)> before;
  // Why the verification of the server failed; empty: it did not.
  std::string failure;
};

// Sets `context` up: TLS 1.2 and later; the server's certificate must lead to `ca_certificates` and
// name `server_name` among its subject alternative names (no common name, no partial wildcards);
// the client certificate goes with its chain. `handshake`, which may be null, outlives
// the context. kInvalid names the unusable part.
Result<void> ConfigureTls(ssl_ctx_st* context, const TlsSettings& settings,
                          TlsHandshake* handshake);

// Whether ConfigureTls would succeed.
Result<void> CheckTlsSettings(const TlsSettings& settings);

}  // namespace schemaop
