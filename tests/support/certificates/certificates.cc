#include "certificates/certificates.h"

#include <stdexcept>
#include <vector>

namespace schemaop::testing {

IssuedCertificate Certificates::Make(const std::string& name, const std::string& extension,
                                     const IssuedCertificate* issuer, bool authority) {
  const std::filesystem::path config = folder_.path() / "openssl.cnf";
  WriteFile(config, "[req]\ndistinguished_name=dn\n[dn]\n");
  const IssuedCertificate made{folder_.path() / (name + ".pem"), folder_.path() / (name + ".key")};
  std::vector<std::string> arguments{
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
      "-config",
      config.string(),
      "-subj",
      "/CN=" + name,
      "-out",
      made.certificate.string(),
      "-keyout",
      made.key.string(),
      "-addext",
      authority ? "basicConstraints=critical,CA:TRUE" : "basicConstraints=critical,CA:FALSE"};
  if (!extension.empty())
    arguments.insert(arguments.end(), {"-addext", "subjectAltName=" + extension});
  if (issuer != nullptr) {
    arguments.insert(arguments.end(),
                     {"-CA", issuer->certificate.string(), "-CAkey", issuer->key.string()});
  }
  const RunResult result = Run({.arguments = arguments,
                                .environment = {},
                                .unset = {},
                                .working_directory = {},
                                .user = {},
                                .input = {}});
  if (result.exit_code != 0) throw std::runtime_error("openssl: " + result.err);
  return made;
}

IssuedCertificate Certificates::MakeAuthority(const std::string& name) {
  return Make(name, "", nullptr, true);
}

IssuedCertificate Certificates::MakeIntermediate(const std::string& name,
                                                 const IssuedCertificate& issuer) {
  return Make(name, "", &issuer, true);
}

IssuedCertificate Certificates::Issue(const std::string& name,
                                      const std::string& subject_alternative_name,
                                      const IssuedCertificate& issuer) {
  return Make(name, subject_alternative_name, &issuer, false);
}

}  // namespace schemaop::testing
