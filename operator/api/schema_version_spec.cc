// Reading .spec. The CRD checks the same rules where the server is new enough; these are for the
// others.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "api/json_fields.h"
#include "api/schema_version.h"
#include "api/schema_version_fields.h"
#include "base/text.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxIdentifier = 63;  // NAMEDATALEN - 1
constexpr std::size_t kMaxTarget = 256;
constexpr std::size_t kMaxPath = 1024;
constexpr std::size_t kMaxSearchPath = 16;
constexpr std::size_t kMaxGlobs = 100;
constexpr std::size_t kMaxConfigMaps = 32;
constexpr std::size_t kMaxInlineFiles = 256;
constexpr std::size_t kMaxInlineBytes = 262144;
constexpr milliseconds kMaxDuration = std::chrono::hours(24);

std::string Quoted(std::string_view text) { return JsonQuote(text); }

// The name of an object in the same namespace. Becomes part of a request's path.
std::string ObjectName(const JsonFields& fields) {
  const auto name = fields.Text("name", kMaxName);
  if (!name) {
    fields.Refuse("name", "is required");
    return {};
  }
  if (!IsDnsSubdomain(*name)) fields.Refuse("name", Quoted(*name) + " is not an object's name");
  return *name;
}

// Whether `text` can be a key of a ConfigMap or Secret.
bool IsDataKey(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kMaxName && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), allowed);
}

// Alembic's relative forms: "+1", "-1", "id+2", "label@-1".
bool IsRelative(std::string_view target) {
  for (std::size_t i = 0; i + 1 < target.size(); ++i) {
    const bool sign = target[i] == '+' || target[i] == '-';
    if (sign && target[i + 1] >= '0' && target[i + 1] <= '9') return true;
  }
  return false;
}

std::optional<std::string> ReadAbsolute(const JsonFields& spec, std::string_view field) {
  auto target = spec.Text(field, kMaxTarget);
  if (!target) return std::nullopt;
  if (target->find_first_of(" \t\r\n,:") != std::string::npos) {
    spec.Refuse(field, Quoted(*target) + " must name one target, without white space, ',' or ':'");
  } else if (IsRelative(*target)) {
    spec.Refuse(
        field,
        Quoted(*target) +
            " is relative: it would mean another revision each time it is read, so that every "
            "restart moved the "
            "database; name head, heads, base, a revision id, a branch label or label@head");
  }
  return target;
}

std::string ReadTarget(const JsonFields& spec) {
  auto target = ReadAbsolute(spec, "targetRevision");
  if (!target) spec.Refuse("targetRevision", "is required");
  return std::move(target).value_or(std::string());
}

std::optional<std::string> ReadIdentifier(const JsonFields& fields, std::string_view name) {
  return fields.Text(name, kMaxIdentifier);
}

std::vector<std::string> ReadSearchPath(const JsonFields& database) {
  std::vector<std::string> schemas;
  const nlohmann::json* list = database.Find("searchPath");
  if (list == nullptr) return schemas;
  if (!list->is_array() || list->size() > kMaxSearchPath) {
    database.Refuse("searchPath", "must be a list of at most 16 schema names");
    return schemas;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* schema = (*list)[i].get_ptr<const std::string*>();
    if (schema == nullptr || schema->empty() || schema->size() > kMaxIdentifier ||
        schema->find('\0') != std::string::npos) {
      database.Refuse("searchPath[" + std::to_string(i) + "]",
                      "must be a schema name of 1 to 63 bytes");
      return schemas;
    }
    schemas.push_back(*schema);
  }
  return schemas;
}

DatabaseSpec ReadDatabase(const JsonFields& fields) {
  DatabaseSpec database;
  const JsonFields secret = fields.Object("secretRef");
  database.secret.name = ObjectName(secret);
  database.secret.key = secret.Text("key", kMaxName);
  if (database.secret.key && !IsDataKey(*database.secret.key)) {
    secret.Refuse("key", Quoted(*database.secret.key) + " is not a Secret's key");
  }
  database.role = ReadIdentifier(fields, "role");
  database.search_path = ReadSearchPath(fields);
  if (auto name = ReadIdentifier(fields, "versionTable")) database.version_table = *name;
  if (auto name = ReadIdentifier(fields, "versionTableSchema"))
    database.version_table_schema = *name;
  if (auto name = ReadIdentifier(fields, "ledgerSchema")) database.ledger_schema = *name;
  return database;
}

std::vector<std::string> ReadConfigMaps(const JsonFields& migrations, std::optional<Error>& error) {
  std::vector<std::string> names;
  const nlohmann::json* list = migrations.Find("configMaps");
  if (list == nullptr) return names;
  if (!list->is_array() || list->empty() || list->size() > kMaxConfigMaps) {
    migrations.Refuse("configMaps", "must be a list of 1 to 32 references");
    return names;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string member = "configMaps[" + std::to_string(i) + "]";
    if (!(*list)[i].is_object()) {
      migrations.Refuse(member, "must be an object");
      return names;
    }
    std::string name = ObjectName(JsonFields((*list)[i], migrations.PathOf(member), error));
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      migrations.Refuse(member + ".name", Quoted(name) + " is in the list already");
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::map<std::string, std::string> ReadInlineFiles(const JsonFields& migrations) {
  std::map<std::string, std::string> files;
  const nlohmann::json* object = migrations.Find("inline");
  if (object == nullptr) return files;
  if (!object->is_object() || object->empty() || object->size() > kMaxInlineFiles) {
    migrations.Refuse("inline", "must be 1 to 256 files by name");
    return files;
  }
  for (const auto& [name, text] : object->items()) {
    const std::string member = "inline[" + Quoted(name) + "]";
    if (!IsDataKey(name)) {
      migrations.Refuse(member, "is not a file name of letters, digits, '-', '_' and '.'");
    } else if (!text.is_string()) {
      migrations.Refuse(member, "must be a string");
    } else if (text.get_ref<const std::string&>().size() > kMaxInlineBytes) {
      migrations.Refuse(member, "must be at most 262144 bytes long; use a ConfigMap or a folder");
    } else {
      files.emplace(name, text.get<std::string>());
    }
  }
  return files;
}

std::optional<std::string> ReadPath(const JsonFields& migrations) {
  auto path = migrations.Text("path", kMaxPath);
  if (!path) return std::nullopt;
  const std::vector<std::string> parts = Split(*path, '/');
  if (path->front() == '/') {
    migrations.Refuse("path",
                      Quoted(*path) + " must be relative to the operator's migrations root");
  } else if (std::find(parts.begin(), parts.end(), "..") != parts.end()) {
    migrations.Refuse("path", Quoted(*path) + " must not contain \"..\"");
  }
  return path;
}

MigrationsSpec ReadMigrations(const JsonFields& spec, std::optional<Error>& error) {
  const JsonFields fields = spec.Object("migrations");
  MigrationsSpec migrations;
  migrations.config_maps = ReadConfigMaps(fields, error);
  migrations.inline_files = ReadInlineFiles(fields);
  migrations.path = ReadPath(fields);
  const auto present = [&](std::string_view name) { return fields.Find(name) == nullptr ? 0 : 1; };
  if (present("configMaps") + present("inline") + present("path") != 1) {
    fields.Refuse("", "exactly one of configMaps, inline and path must be set");
  }
  return migrations;
}

template <typename Value, std::size_t kCount>
using Words = std::array<std::pair<std::string_view, Value>, kCount>;

// One of `words`; `fallback` when absent. `all` names them.
template <typename Value, std::size_t kCount>
Value ReadWord(const JsonFields& fields, std::string_view name, const Words<Value, kCount>& words,
               std::string_view all, Value fallback) {
  const auto text = fields.Text(name, kMaxName);
  if (!text) return fallback;
  for (const auto& [word, value] : words) {
    if (*text == word) return value;
  }
  fields.Refuse(name, Quoted(*text) + " must be " + std::string(all));
  return fallback;
}

std::vector<std::string> ReadGlobs(const JsonFields& fields, std::string_view name) {
  std::vector<std::string> globs;
  const nlohmann::json* list = fields.Find(name);
  if (list == nullptr) return globs;
  if (!list->is_array() || list->size() > kMaxGlobs) {
    fields.Refuse(name, "must be a list of at most 100 texts");
    return globs;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* glob = (*list)[i].get_ptr<const std::string*>();
    if (glob == nullptr || glob->empty() || glob->size() > kMaxName) {
      fields.Refuse(std::string(name) + "[" + std::to_string(i) + "]",
                    "must be a text of 1 to 253 bytes, such as table:public.tmp_*");
      return globs;
    }
    globs.push_back(*glob);
  }
  return globs;
}

PolicySpec ReadPolicy(const JsonFields& fields) {
  static constexpr Words<DowngradePolicy, 3> kDowngrades{
      {{"Allow", DowngradePolicy::kAllow},
       {"RequireApproval", DowngradePolicy::kRequireApproval},
       {"Deny", DowngradePolicy::kDeny}}};
  static constexpr Words<DriftPolicy, 3> kDrifts{{{"Off", DriftPolicy::kOff},
                                                  {"Report", DriftPolicy::kReport},
                                                  {"Block", DriftPolicy::kBlock}}};
  PolicySpec policy;
  policy.downgrade = ReadWord(fields, "downgrade", kDowngrades, "Allow, RequireApproval or Deny",
                              policy.downgrade);
  policy.drift = ReadWord(fields, "drift", kDrifts, "Off, Report or Block", policy.drift);
  policy.drift_exclude = ReadGlobs(fields, "driftExclude");
  policy.require_rehearsal = fields.Bool("requireRehearsal").value_or(false);
  return policy;
}

// A duration of `least` to 24h; `fallback` when absent.
milliseconds ReadDuration(const JsonFields& fields, std::string_view name, milliseconds least,
                          milliseconds fallback) {
  const auto duration = fields.Duration(name);
  if (!duration) return fallback;
  const std::string written = Quoted(*fields.Text(name, kMaxName));
  if (*duration < least) {
    fields.Refuse(
        name, written + (least == milliseconds(1) ? " must be more than zero"
                                                  : " must be at least " + FormatDuration(least)));
  } else if (*duration > kMaxDuration) {
    fields.Refuse(name, written + " must be at most " + FormatDuration(kMaxDuration));
  }
  return *duration;
}

ExecutionSpec ReadExecution(const JsonFields& fields) {
  ExecutionSpec execution;
  const auto mode = fields.Text("transactionMode", kMaxName);
  if (mode == "Single") {
    execution.transaction_mode = ExecutionSpec::TransactionMode::kSingle;
  } else if (mode && *mode != "PerRevision") {
    fields.Refuse("transactionMode", Quoted(*mode) + " must be PerRevision or Single");
  }
  const auto read = [&](std::string_view name, milliseconds least, milliseconds& value) {
    value = ReadDuration(fields, name, least, value);
  };
  read("lockTimeout", milliseconds(1), execution.lock_timeout);
  read("statementTimeout", milliseconds(0), execution.statement_timeout);
  read("nonTransactionalTimeout", milliseconds(0), execution.non_transactional_timeout);
  read("retryBudget", milliseconds(0), execution.retry_budget);
  return execution;
}

}  // namespace

Result<SchemaVersionSpec> ParseSchemaVersionSpec(const nlohmann::json& object) {
  std::optional<Error> error;
  const JsonFields fields = JsonFields(object, "", error).Object("spec");
  SchemaVersionSpec spec;
  spec.target_revision = ReadTarget(fields);
  spec.database = ReadDatabase(fields.Object("database"));
  spec.migrations = ReadMigrations(fields, error);
  spec.policy = ReadPolicy(fields.Object("policy"));
  spec.execution = ReadExecution(fields.Object("execution"));
  spec.baseline = ReadAbsolute(fields, "baseline");
  spec.checks = fields.Bool("checks").value_or(false);
  spec.suspend = fields.Bool("suspend").value_or(false);
  spec.interval = ReadDuration(fields, "interval", std::chrono::seconds(1), spec.interval);
  if (error) return Fail(std::move(*error));
  return spec;
}

Result<SchemaVersion> ParseSchemaVersion(const nlohmann::json& object) {
  auto metadata = ParseObjectMeta(object);
  if (!metadata) return Fail(metadata.error());
  return SchemaVersion{std::move(*metadata), ParseSchemaVersionSpec(object),
                       ParseSchemaVersionStatus(object)};
}

}  // namespace schemaop
