// Certificates for tests, made by the openssl command in a folder that goes with them.
#pragma once

#include <filesystem>
#include <string>

#include "process/process.h"

namespace schemaop::testing {

// A certificate in PEM and where it and its key lie.
struct IssuedCertificate {
  std::filesystem::path certificate;
  std::filesystem::path key;

  std::string CertificateText() const { return ReadFile(certificate); }
  std::string KeyText() const { return ReadFile(key); }
};

class Certificates {
 public:
  // A certificate authority of its own.
  IssuedCertificate MakeAuthority(const std::string& name);

  // An authority below `issuer`.
  IssuedCertificate MakeIntermediate(const std::string& name, const IssuedCertificate& issuer);

  // A leaf; `subject_alternative_name` as openssl spells it, "DNS:localhost" or "IP:127.0.0.1".
  IssuedCertificate Issue(const std::string& name, const std::string& subject_alternative_name,
                          const IssuedCertificate& issuer);

 private:
  IssuedCertificate Make(const std::string& name, const std::string& extension,
                         const IssuedCertificate* issuer, bool authority);

  TempFolder folder_;
};

}  // namespace schemaop::testing
