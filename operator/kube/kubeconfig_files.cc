#include "kube/kubeconfig_files.h"

#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "base/text.h"

namespace schemaop {
namespace {

// The members of "clusters" hold their fields under "cluster", and so on.
struct Section {
  const char* list;
  const char* member;
  std::map<std::string, KubeconfigEntry> KubeconfigFiles::*entries;
};

constexpr Section kSections[] = {
    {"clusters", "cluster", &KubeconfigFiles::clusters},
    {"users", "user", &KubeconfigFiles::users},
    {"contexts", "context", &KubeconfigFiles::contexts},
};

tl::unexpected<Error> Refuse(const std::filesystem::path& file, const std::string& problem) {
  return Fail(ErrorCode::kInvalid, fmt::format("kubeconfig {}: {}", file.string(), problem));
}

std::string ScalarText(const YAML::Node& node) {
  return node.IsDefined() && node.IsScalar() ? node.Scalar() : std::string();
}

// A plain scalar as YAML's core schema reads it; kubeconfigs hold no other numbers than these.
nlohmann::json ScalarJson(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  const bool plain = node.Tag() == "?" || node.Tag().empty();
  if (plain && (text == "true" || text == "false")) return text == "true";
  if (plain && (text == "null" || text == "~" || text.empty())) return nullptr;
  if (plain) {
    nlohmann::json number = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (number.is_number()) return number;
  }
  return text;
}

nlohmann::json ToJson(const YAML::Node& node) {
  nlohmann::json out;
  if (node.IsMap()) {
    out = nlohmann::json::object();
    for (const auto& member : node) out[ScalarText(member.first)] = ToJson(member.second);
  } else if (node.IsSequence()) {
    out = nlohmann::json::array();
    for (const auto& element : node) out.push_back(ToJson(element));
  } else if (node.IsScalar()) {
    out = ScalarJson(node);
  }
  return out;
}

Result<void> MergeEntry(const std::filesystem::path& file, const Section& section,
                        std::size_t index, const YAML::Node& node, KubeconfigFiles& merged) {
  const std::string place = fmt::format("{}[{}]", section.list, index);
  if (!node.IsMap()) return Refuse(file, place + " is not a map");
  const std::string name = ScalarText(node["name"]);
  if (name.empty()) return Refuse(file, place + ".name is missing");
  KubeconfigEntry entry;
  entry.file = file;
  entry.where = fmt::format("kubeconfig {}: {}[{}]", file.string(), section.list, name);
  const YAML::Node fields = node[section.member];
  if (fields.IsDefined() && !fields.IsNull()) {
    if (!fields.IsMap())
      return Refuse(file, fmt::format("{}.{} is not a map", place, section.member));
    for (const auto& field : fields) {
      if (!field.second.IsNull()) entry.fields[ScalarText(field.first)] = ScalarText(field.second);
    }
  }
  entry.whole = std::make_shared<const nlohmann::json>(
      fields.IsDefined() && fields.IsMap() ? ToJson(fields) : nlohmann::json::object());
  (merged.*section.entries).emplace(name, std::move(entry));
  return {};
}

Result<void> MergeFile(const std::filesystem::path& file, const YAML::Node& root,
                       KubeconfigFiles& merged) {
  if (root.IsNull()) return {};
  if (!root.IsMap()) return Refuse(file, "it is not a YAML map");
  for (const Section& section : kSections) {
    const YAML::Node list = root[section.list];
    if (!list.IsDefined() || list.IsNull()) continue;
    if (!list.IsSequence()) return Refuse(file, fmt::format("{} is not a list", section.list));
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (auto added = MergeEntry(file, section, i, list[i], merged); !added) return added;
    }
  }
  if (merged.current_context.empty()) merged.current_context = ScalarText(root["current-context"]);
  return {};
}

// Line and column only: what the parser quotes may be a credential.
Result<void> ReadFile(const std::filesystem::path& file, KubeconfigFiles& merged) {
  try {
    return MergeFile(file, YAML::LoadFile(file.string()), merged);
  } catch (const YAML::BadFile&) {
    return Refuse(file, "it cannot be read");
  } catch (const YAML::Exception& exception) {
    return Refuse(file, fmt::format("line {}, column {}: it is not well-formed YAML",
                                    exception.mark.line + 1, exception.mark.column + 1));
  }
}

}  // namespace

Result<KubeconfigFiles> ReadKubeconfigFiles(const std::vector<std::filesystem::path>& paths) {
  KubeconfigFiles merged;
  std::vector<std::string> read;
  std::vector<std::string> asked;
  for (const std::filesystem::path& path : paths) {
    asked.push_back(path.string());
    std::error_code error;
    if (!std::filesystem::exists(path, error)) continue;
    if (auto done = ReadFile(path, merged); !done) return Fail(std::move(done).error());
    read.push_back(path.string());
  }
  if (read.empty()) {
    return Fail(
        ErrorCode::kNotFound,
        fmt::format("kubeconfig {} does not exist; give one with --kubeconfig or $KUBECONFIG",
                    Join(asked, ":")));
  }
  merged.names = Join(read, ":");
  return merged;
}

}  // namespace schemaop
