#include "kube/tls.h"

#include <memory>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "kube/endpoint.h"

namespace schemaop {
namespace {

struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, BioFree>;
using Certificate = std::unique_ptr<X509, X509Free>;
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;
using Context = std::unique_ptr<SSL_CTX, ContextFree>;

// OpenSSL's default asks for a passphrase at the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

Bio OpenText(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate NextCertificate(BIO* bio) {
  return Certificate(PEM_read_bio_X509(bio, nullptr, NoPassphrase, nullptr));
}

// Ends a loop over NextCertificate: whether it stopped at the end of the text rather than at a
// damaged entry.
bool EndedCleanly() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  return error == 0 ||
         (ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE);
}

Result<void> TrustAuthorities(SSL_CTX* context, const std::string& pem) {
  if (pem.empty()) {
    SSL_CTX_set_default_verify_paths(context);
    return {};
  }
  // A store of our own: nothing but these authorities is trusted.
  X509_STORE* const store = X509_STORE_new();
  SSL_CTX_set_cert_store(context, store);
  const Bio bio = OpenText(pem);
  int count = 0;
  while (const Certificate certificate = NextCertificate(bio.get())) {
    X509_STORE_add_cert(store, certificate.get());
    ++count;
  }
  if (!EndedCleanly() || count == 0) {
    return Fail(ErrorCode::kInvalid, "the certificate authority data is not PEM certificates");
  }
  return {};
}

Result<void> PresentCertificate(SSL_CTX* context, const TlsSettings& settings) {
  if (settings.client_certificate.empty() && settings.client_key.empty()) return {};
  if (settings.client_certificate.empty() || settings.client_key.empty()) {
    return Fail(ErrorCode::kInvalid,
                "a client certificate and its key belong together; one is missing");
  }
  const Bio certificates = OpenText(settings.client_certificate);
  const Certificate leaf = NextCertificate(certificates.get());
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) {
    ERR_clear_error();
    return Fail(ErrorCode::kInvalid, "the client certificate is not a PEM certificate");
  }
  while (const Certificate link = NextCertificate(certificates.get())) {
    SSL_CTX_add1_chain_cert(context, link.get());
  }
  if (!EndedCleanly()) {
    return Fail(ErrorCode::kInvalid,
                "the chain behind the client certificate is not PEM certificates");
  }
  const Bio key_text = OpenText(settings.client_key);
  const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, NoPassphrase, nullptr));
  if (!key) {
    ERR_clear_error();
    return Fail(ErrorCode::kInvalid, "the client key is not an unencrypted PEM private key");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    ERR_clear_error();
    return Fail(ErrorCode::kInvalid, "the client key does not belong to the client certificate");
  }
  return {};
}

TlsHandshake* HandshakeOf(const SSL* ssl) {
  return static_cast<TlsHandshake*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

int RecordVerification(int preverified, X509_STORE_CTX* verification) {
  if (preverified == 1) return 1;
  const auto* const ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsHandshake* const handshake = HandshakeOf(ssl);
  if (handshake != nullptr) {
    handshake->failure = X509_verify_cert_error_string(X509_STORE_CTX_get_error(verification));
  }
  return 0;
}

// Names the server in the handshake by what its certificate must be for: the HTTP library would
// name the host of the URL, which tls-server-name replaces, and would name addresses, which RFC
// 6066 forbids.
void NameServer(const SSL* ssl) {
  // The callback's signature is older than this use.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  SSL* const handshake = const_cast<SSL*>(ssl);
  const char* const name = X509_VERIFY_PARAM_get0_host(SSL_get0_param(handshake), 0);
  if (name == nullptr) {
    SSL_set_tlsext_host_name(handshake, nullptr);
  } else {
    SSL_set_tlsext_host_name(handshake, name);
  }
}

// Where a handshake begins. The HTTP library offers no such place of its own, and its tunnels
// neither say what a proxy answered nor survive it.
void OnHandshake(const SSL* ssl, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
  NameServer(ssl);
  const TlsHandshake* const handshake = HandshakeOf(ssl);
  if (handshake == nullptr || !handshake->before) return;
  const int socket = SSL_get_fd(ssl);
  // OpenSSL asks for no verdict here; on an ended socket its handshake fails at once.
  if (!handshake->before(socket)) ::shutdown(socket, SHUT_RDWR);
}

Result<void> VerifyName(SSL_CTX* context, const TlsSettings& settings) {
  X509_VERIFY_PARAM* const parameters = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(
      parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const std::string& name = settings.server_name;
  const bool is_set = IsIpAddress(name)
                          ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1
                          : X509_VERIFY_PARAM_set1_host(parameters, name.data(), name.size()) == 1;
  // OpenSSL would go on and accept a certificate of any name.
  if (!is_set || name.find('\0') != std::string::npos) {
    ERR_clear_error();
    return Fail(ErrorCode::kInvalid, "the name to verify is no host name; check tls-server-name");
  }
  // As Go does: an intermediate certificate given as authority is trusted as it is.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  return {};
}

}  // namespace

Result<void> ConfigureTls(ssl_ctx_st* context, const TlsSettings& settings,
                          TlsHandshake* handshake) {
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // One handshake a connection: API servers ask for no other.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_app_data(context, handshake);
  if (auto named = VerifyName(context, settings); !named) return named;
  SSL_CTX_set_info_callback(context, OnHandshake);
  if (settings.insecure_skip_verify) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  } else {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, RecordVerification);
    if (auto trusted = TrustAuthorities(context, settings.ca_certificates); !trusted)
      return trusted;
  }
  return PresentCertificate(context, settings);
}

Result<void> CheckTlsSettings(const TlsSettings& settings) {
  const Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Fail(ErrorCode::kInternal, "OpenSSL gives no TLS context");
  return ConfigureTls(context.get(), settings, nullptr);
}

}  // namespace schemaop
