#include "cli/settings.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/text.h"
#include "catalog/scope.h"
#include "cli/suggest.h"

namespace schemaop {
namespace {

struct Key {
  std::string_view name;
  std::optional<std::string> ProjectSettings::*member;
};

constexpr std::array<Key, 6> kKeys{{
    {"versionTable", &ProjectSettings::version_table},
    {"versionTableSchema", &ProjectSettings::version_table_schema},
    {"ledgerSchema", &ProjectSettings::ledger_schema},
    {"databaseUrlEnv", &ProjectSettings::database_url_env},
    {"scratchUrlEnv", &ProjectSettings::scratch_url_env},
    {"allowSuperuser", &ProjectSettings::allow_superuser},
}};

struct ListKey {
  std::string_view name;
  std::vector<std::string> ProjectSettings::*member;
  // What is wrong with one of its texts, behind the key's name; nullopt: nothing.
  std::optional<std::string> (*wrong)(const std::string& text);
};

std::optional<std::string> WrongExclude(const std::string& text) {
  const auto kind = UnknownKindOf(text);
  if (!kind) return std::nullopt;
  const std::vector<std::string> kinds = ExcludableKinds();
  return fmt::format(
      "does not know the kind '{}'{}; write kind:name, as in table:public.tmp_* or "
      "schema:billing, or a name alone; kinds: {}",
      Truncate(*kind, 60), DidYouMean(*kind, kinds), Join(kinds, ", "));
}

std::optional<std::string> WrongIgnore(const std::string& text) {
  static const std::vector<std::string> kWords = {"owners", "grants", "comments", "storage"};
  if (std::find(kWords.begin(), kWords.end(), text) != kWords.end()) return std::nullopt;
  return fmt::format("does not know '{}'{}; it takes: {}", Truncate(text, 60),
                     DidYouMean(text, kWords), Join(kWords, ", "));
}

constexpr std::array<ListKey, 2> kListKeys{{
    {"exclude", &ProjectSettings::exclude, WrongExclude},
    {"ignore", &ProjectSettings::ignore, WrongIgnore},
}};

tl::unexpected<Error> At(std::string_view file, const YAML::Mark& mark, std::string_view what) {
  return Fail(ErrorCode::kInvalid,
              fmt::format("{}:{}:{}: {}", file, mark.line + 1, mark.column + 1, what));
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
  if (key.name.ends_with("Env")) {
    if (IsVariableName(value.Scalar())) return std::nullopt;
    return fmt::format(
        "{} takes the name of an environment variable (letters, digits, '_'), never the URL itself",
        key.name);
  }
  if (key.member == &ProjectSettings::allow_superuser) {
    if (value.Scalar() == "true" || value.Scalar() == "false") return std::nullopt;
    return fmt::format("{} takes true or false", key.name);
  }
  if (value.Scalar().size() > kLongestName) {
    return fmt::format("{} is {} bytes long; PostgreSQL's names have at most {}", key.name,
                       value.Scalar().size(), kLongestName);
  }
  return std::nullopt;
}

// One text or a list of texts.
Result<void> ReadList(std::string_view file, const ListKey& key, const YAML::Node& name,
                      const YAML::Node& value, ProjectSettings& settings) {
  std::vector<std::string>& texts = settings.*(key.member);
  std::vector<YAML::Node> entries;
  if (value.IsScalar()) entries.push_back(value);
  if (value.IsSequence()) {
    for (const auto& entry : value) entries.push_back(entry);
  }
  for (const YAML::Node& entry : entries) {
    if (!entry.IsScalar() || entry.Scalar().empty()) {
      return At(file, entry.Mark(), fmt::format("{} takes a list of texts", key.name));
    }
    const std::string& text = entry.Scalar();
    if (const auto wrong = key.wrong(text)) {
      return At(file, entry.Mark(), fmt::format("{} {}", key.name, *wrong));
    }
    texts.push_back(text);
  }
  if (!texts.empty()) return {};
  return At(file, value.IsNull() ? name.Mark() : value.Mark(),
            fmt::format("{} takes a list of texts; leave the line out for none", key.name));
}

Result<void> ReadEntry(std::string_view file, const YAML::Node& name, const YAML::Node& value,
                       ProjectSettings& settings) {
  const std::string text = name.IsScalar() ? name.Scalar() : "";
  const auto named = [&](const auto& key) { return key.name == text; };
  const auto twice = [&] { return At(file, name.Mark(), fmt::format("{} is set twice", text)); };
  const auto list = std::find_if(kListKeys.begin(), kListKeys.end(), named);
  if (list != kListKeys.end()) {
    if (!(settings.*(list->member)).empty()) return twice();
    return ReadList(file, *list, name, value, settings);
  }
  const auto* key = std::find_if(kKeys.begin(), kKeys.end(), named);
  if (key == kKeys.end()) {
    return At(file, name.Mark(),
              fmt::format("unknown key '{}'{}; known keys: {}", Truncate(text, 60),
                          DidYouMean(text, SettingNames()), Join(SettingNames(), ", ")));
  }
  if ((settings.*(key->member)).has_value()) return twice();
  if (const auto wrong = WrongValue(*key, value)) {
    // A value that is not there has no place of its own.
    return At(file, value.IsNull() ? name.Mark() : value.Mark(), *wrong);
  }
  settings.*(key->member) = value.Scalar();
  return {};
}

Result<ProjectSettings> Read(std::string_view file, const YAML::Node& root) {
  ProjectSettings settings;
  if (root.IsNull()) return settings;
  if (!root.IsMap()) return At(file, root.Mark(), "expected 'key: value' lines");
  for (const auto& entry : root) {
    auto read = ReadEntry(file, entry.first, entry.second, settings);
    if (!read) return Fail(read.error());
  }
  return settings;
}

}  // namespace

std::vector<std::string> SettingNames() {
  std::vector<std::string> names;
  for (const Key& key : kKeys) names.emplace_back(key.name);
  for (const ListKey& key : kListKeys) names.emplace_back(key.name);
  return names;
}

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
