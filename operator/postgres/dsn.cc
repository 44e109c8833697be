#include "postgres/dsn.h"

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "base/text.h"

namespace schemaop {
namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

constexpr std::string_view kEscapeHint =
    "percent-encode '@', ':', '/', '?', '#' and '%' in the user name and password";

std::string ParameterOr(const Dsn& dsn, const std::string& keyword, std::string_view otherwise) {
  const auto found = dsn.parameters.find(keyword);
  return found == dsn.parameters.end() || found->second.empty() ? std::string(otherwise)
                                                                : found->second;
}

std::set<std::string> KnownKeywords() {
  std::set<std::string> keywords;
  const Options options(PQconndefaults(), &PQconninfoFree);
  for (const PQconninfoOption* o = options.get(); o != nullptr && o->keyword != nullptr; ++o) {
    keywords.insert(o->keyword);
  }
  return keywords;
}

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool PercentEncodingIsSound(std::string_view text) {
  for (std::size_t i = text.find('%'); i != text.npos; i = text.find('%', i + 1)) {
    if (i + 2 >= text.size() || !IsHexDigit(text[i + 1]) || !IsHexDigit(text[i + 2])) return false;
  }
  return true;
}

// "postgresql://rest" of a URL in any of the accepted schemes; nullopt for other text.
std::optional<std::string> WithPlainScheme(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == url.npos) return std::nullopt;
  std::string scheme = ToLower(url.substr(0, colon));
  scheme.resize(std::min(scheme.find('+'), scheme.size()));
  if (scheme != "postgres" && scheme != "postgresql") return std::nullopt;
  return "postgresql" + std::string(url.substr(colon));
}

// The first parameter libpq does not know; only when no part of a password can be in it.
std::optional<std::string> UnknownParameter(std::string_view url) {
  const std::size_t question = url.find('?', std::min(url.find('@'), url.size() - 1));
  if (question == url.npos || url.substr(question).find('@') != url.npos) return std::nullopt;
  const std::set<std::string> known = KnownKeywords();
  for (const std::string& pair : Split(url.substr(question + 1), '&')) {
    const std::string name = pair.substr(0, pair.find('='));
    const bool plain = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == name.npos;
    if (plain && known.count(name) == 0 && name != "ssl") return name;
  }
  return std::nullopt;
}

// An unescaped '@' or '/' in the password would move a part of it into the host or database name.
bool SecretCouldHaveMoved(std::string_view url) {
  const std::string_view rest = url.substr(url.find("://") + 3);
  const std::string_view before_query =
      rest.substr(0, rest.find('?', std::min(rest.find('@'), rest.size())));
  const std::size_t at = before_query.find('@');
  if (at == before_query.npos) return false;
  return at > before_query.find('/') || before_query.find('@', at + 1) != before_query.npos;
}

bool IsPortList(std::string_view ports) {
  for (const std::string& port : Split(ports, ',')) {
    const bool digits = port.find_first_not_of("0123456789") == port.npos && port.size() <= 5;
    if (!digits || (!port.empty() && (std::stoi(port) < 1 || std::stoi(port) > 65535)))
      return false;
  }
  return true;
}

bool IsSslMode(std::string_view mode) {
  static constexpr std::array<std::string_view, 6> kModes = {"disable", "allow",     "prefer",
                                                             "require", "verify-ca", "verify-full"};
  for (const std::string_view known : kModes) {
    if (mode == known) return true;
  }
  return false;
}

// What libpq would only notice while connecting, with values in its message.
Result<Dsn> Checked(Dsn dsn) {
  for (const auto& [keyword, value] : dsn.parameters) {
    if (value.find('\0') != value.npos) {
      return Fail(ErrorCode::kInvalid, keyword + " holds a NUL byte; remove it");
    }
  }
  for (const char* name : {"host", "hostaddr", "dbname", "user"}) {
    if (ParameterOr(dsn, name, "").find_first_of("\r\n\t") != std::string::npos) {
      return Fail(ErrorCode::kInvalid, std::string(name) + " holds a line break or tab; remove it");
    }
  }
  if (!IsPortList(ParameterOr(dsn, "port", ""))) {
    return Fail(ErrorCode::kInvalid, "the port is not a number from 1 to 65535");
  }
  if (!IsSslMode(ParameterOr(dsn, "sslmode", "prefer"))) {
    return Fail(ErrorCode::kInvalid,
                "sslmode is none of disable, allow, prefer, require, verify-ca, verify-full");
  }
  return dsn;
}

using SecretData = std::map<std::string, std::string>;

const std::string* FindValue(const SecretData& data, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = data.find(name);
    if (found != data.end() && !Trim(found->second).empty()) return &found->second;
  }
  return nullptr;
}

Result<Dsn> DsnFromSeparateKeys(const SecretData& data) {
  const std::string* host = FindValue(data, {"host"});
  const std::string* dbname = FindValue(data, {"dbname", "database"});
  const std::string* user = FindValue(data, {"user", "username"});
  std::vector<std::string> missing;
  if (host == nullptr) missing.emplace_back("host");
  if (dbname == nullptr) missing.emplace_back("dbname");
  if (user == nullptr) missing.emplace_back("user");
  if (missing.size() == 3) {
    return Fail(
        ErrorCode::kNotFound,
        "no key uri, url or DATABASE_URL with a database URL, and no keys host, dbname, user");
  }
  if (host == nullptr || dbname == nullptr || user == nullptr) {
    return Fail(ErrorCode::kNotFound, "missing key" + std::string(missing.size() > 1 ? "s " : " ") +
                                          Join(missing, ", ") + "; add " +
                                          (missing.size() > 1 ? "them" : "it") +
                                          ", or a database URL under the key uri");
  }
  Dsn dsn;
  dsn.parameters = {{"host", std::string(Trim(*host))},
                    {"dbname", std::string(Trim(*dbname))},
                    {"user", std::string(Trim(*user))}};
  if (const std::string* port = FindValue(data, {"port"})) {
    dsn.parameters["port"] = std::string(Trim(*port));
  }
  if (const std::string* password = FindValue(data, {"password"})) {
    dsn.parameters["password"] = *password;
  }
  return dsn;
}

Result<Dsn> DsnFromUrlOrKeys(const SecretData& data, std::string_view key) {
  if (!key.empty()) {
    const auto found = data.find(std::string(key));
    if (found == data.end()) {
      return Fail(ErrorCode::kNotFound, "no key \"" + std::string(key) + "\"");
    }
    auto dsn = ParseDatabaseUrl(found->second);
    if (!dsn) return Fail(WithContext(dsn.error(), "key \"" + std::string(key) + "\""));
    return dsn;
  }
  for (const char* name : {"uri", "url", "DATABASE_URL"}) {
    if (const std::string* url = FindValue(data, {name})) {
      auto dsn = ParseDatabaseUrl(*url);
      if (!dsn) return Fail(WithContext(dsn.error(), std::string("key \"") + name + "\""));
      return dsn;
    }
  }
  return DsnFromSeparateKeys(data);
}

}  // namespace

std::string DsnLabel(const Dsn& dsn) {
  const std::string host = ParameterOr(dsn, "host", ParameterOr(dsn, "hostaddr", "localhost"));
  const std::vector<std::string> hosts = Split(host, ',');
  const std::vector<std::string> ports = Split(ParameterOr(dsn, "port", "5432"), ',');
  std::vector<std::string> places;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string& port = ports.size() == 1 || i >= ports.size() ? ports.front() : ports[i];
    places.push_back(hosts[i] + ":" + (port.empty() ? "5432" : port));
  }
  return ParameterOr(dsn, "dbname", ParameterOr(dsn, "user", "postgres")) + "@" + Join(places, ",");
}

Result<Dsn> ParseDatabaseUrl(std::string_view url) {
  const std::optional<std::string> plain = WithPlainScheme(Trim(url));
  if (!plain) {
    return Fail(ErrorCode::kInvalid,
                "the database URL does not begin with postgres:// or postgresql://");
  }
  if (plain->find('\0') != plain->npos) {
    return Fail(ErrorCode::kInvalid, "the database URL holds a NUL byte; remove it");
  }
  if (!PercentEncodingIsSound(*plain)) {
    return Fail(ErrorCode::kInvalid,
                "the database URL holds a '%' that is not followed by two hexadecimal digits; " +
                    std::string(kEscapeHint));
  }
  if (const auto unknown = UnknownParameter(*plain)) {
    return Fail(ErrorCode::kInvalid,
                "the database URL has the parameter \"" + *unknown + "\" that libpq does not know");
  }
  char* libpq_message = nullptr;
  const Options options(PQconninfoParse(plain->c_str(), &libpq_message), &PQconninfoFree);
  PQfreemem(libpq_message);  // never passed on: it quotes the URL
  if (!options || SecretCouldHaveMoved(*plain)) {
    return Fail(ErrorCode::kInvalid, "the database URL is malformed; " + std::string(kEscapeHint));
  }
  Dsn dsn;
  for (const PQconninfoOption* o = options.get(); o->keyword != nullptr; ++o) {
    if (o->val != nullptr) dsn.parameters[o->keyword] = o->val;
  }
  return Checked(std::move(dsn));
}

Result<Dsn> DsnFromSecret(const std::map<std::string, std::string>& data, std::string_view key) {
  auto dsn = DsnFromUrlOrKeys(data, key);
  if (!dsn) return dsn;
  if (dsn->parameters.count("sslmode") == 0) {
    const std::string* mode = FindValue(data, {"sslmode"});
    dsn->parameters["sslmode"] = mode == nullptr ? "verify-full" : std::string(Trim(*mode));
  }
  if (const std::string* pem = FindValue(data, {"ca.crt"})) dsn->ca_certificate = *pem;
  if (const std::string* pem = FindValue(data, {"tls.crt"})) dsn->client_certificate = *pem;
  if (const std::string* pem = FindValue(data, {"tls.key"})) dsn->client_key = *pem;
  if (dsn->client_certificate.empty() != dsn->client_key.empty()) {
    return Fail(ErrorCode::kInvalid, "tls.crt and tls.key belong together; one of them is missing");
  }
  return Checked(std::move(*dsn));
}

Dsn DsnFromEnvironment() {
  static const std::set<std::string> kShown = {"host", "hostaddr", "port", "dbname", "user"};
  Dsn dsn;
  const Options options(PQconndefaults(), &PQconninfoFree);
  for (const PQconninfoOption* o = options.get(); o != nullptr && o->keyword != nullptr; ++o) {
    if (o->val != nullptr && kShown.count(o->keyword) > 0) dsn.parameters[o->keyword] = o->val;
  }
  return dsn;
}

}  // namespace schemaop
