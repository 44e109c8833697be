#include "cli/settings.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/text.h"
#include "cli/suggest.h"

namespace schemaop {
namespace {

struct Key {
  std::string_view name;
  std::optional<std::string> ProjectSettings::*member;
};

constexpr std::array<Key, 4> kKeys{{
    {"versionTable", &ProjectSettings::version_table},
    {"versionTableSchema", &ProjectSettings::version_table_schema},
    {"ledgerSchema", &ProjectSettings::ledger_schema},
    {"databaseUrlEnv", &ProjectSettings::database_url_env},
}};

// PostgreSQL's NAMEDATALEN less its final zero byte.
constexpr std::size_t kLongestName = 63;

tl::unexpected<Error> At(std::string_view file, const YAML::Mark& mark, std::string_view what) {
  return Fail(ErrorCode::kInvalid,
              fmt::format("{}:{}:{}: {}", file, mark.line + 1, mark.column + 1, what));
}

std::vector<std::string> KeyNames() {
  std::vector<std::string> names;
  for (const Key& key : kKeys) names.emplace_back(key.name);
  return names;
}

// The names a POSIX shell can export.
bool IsVariableName(std::string_view text) {
  const auto letter = [](char c) {
    return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::optional<std::string> WrongValue(const Key& key, const YAML::Node& value) {
  if (!value.IsScalar() || value.Scalar().empty()) {
    return fmt::format("{} takes one text; leave the line out for the default", key.name);
  }
  if (key.member == &ProjectSettings::database_url_env) {
    if (IsVariableName(value.Scalar())) return std::nullopt;
    return fmt::format(
        "{} takes the name of an environment variable (letters, digits, '_'), never the URL itself",
        key.name);
  }
  if (value.Scalar().size() > kLongestName) {
    return fmt::format("{} is {} bytes long; PostgreSQL's names have at most {}", key.name,
                       value.Scalar().size(), kLongestName);
  }
  return std::nullopt;
}

Result<ProjectSettings> Read(std::string_view file, const YAML::Node& root) {
  ProjectSettings settings;
  if (root.IsNull()) return settings;
  if (!root.IsMap()) return At(file, root.Mark(), "expected 'key: value' lines");
  for (const auto& entry : root) {
    const YAML::Node& name = entry.first;
    const std::string text = name.IsScalar() ? name.Scalar() : "";
    const auto* key = std::find_if(kKeys.begin(), kKeys.end(),
                                   [&](const Key& candidate) { return candidate.name == text; });
    if (key == kKeys.end()) {
      return At(file, name.Mark(),
                fmt::format("unknown key '{}'{}; known keys: {}", Truncate(text, 60),
                            DidYouMean(text, KeyNames()), Join(KeyNames(), ", ")));
    }
    if ((settings.*(key->member)).has_value()) {
      return At(file, name.Mark(), fmt::format("{} is set twice", key->name));
    }
    if (const auto wrong = WrongValue(*key, entry.second)) {
      // A value that is not there has no place of its own.
      return At(file, entry.second.IsNull() ? name.Mark() : entry.second.Mark(), *wrong);
    }
    settings.*(key->member) = entry.second.Scalar();
  }
  return settings;
}

}  // namespace

Result<ProjectSettings> ParseSettings(std::string_view file, std::string_view text) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return ProjectSettings{};
    if (documents.size() > 1) {
      return At(file, documents[1].Mark(), "expected one YAML document, found a second one");
    }
    return Read(file, documents.front());
  } catch (const YAML::Exception& error) {
    return At(file, error.mark, error.msg);
  }
}

}  // namespace schemaop
