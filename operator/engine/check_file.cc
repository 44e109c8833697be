#include "engine/check_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/text.h"
#include "base/time.h"
#include "revision/revision_header.h"
#include "revision/source_text.h"
#include "sql/classify.h"
#include "sql/splitter.h"

namespace schemaop {
namespace {

constexpr std::array<std::string_view, 2> kRootKeys{"sample", "checks"};
constexpr std::array<std::string_view, 4> kKinds{"tables", "indexes", "rejects", "query"};
constexpr std::array<std::string_view, 9> kCheckKeys{"name",    "tables",     "indexes",
                                                     "rejects", "sqlstate",   "query",
                                                     "atLeast", "fasterThan", "usesIndex"};

// A key that says more about one of the kinds.
struct Detail {
  std::string_view key;
  std::string_view kind;
};
constexpr std::array<Detail, 4> kDetails{{{"sqlstate", "rejects"},
                                          {"atLeast", "query"},
                                          {"fasterThan", "query"},
                                          {"usesIndex", "query"}}};

using Members = std::map<std::string, YAML::Node, std::less<>>;

Position PositionOf(const YAML::Node& node) {
  return {node.Mark().line + 1, node.Mark().column + 1};
}

class CheckParser {
 public:
  explicit CheckParser(std::string_view file) : file_(file) {}

  Result<CheckList> Read(const YAML::Node& root);

 private:
  tl::unexpected<Error> At(Position position, std::string_view what) const {
    return FailAt(file_, position, what);
  }
  // The values of a mapping by their keys, all of which are `known`.
  Result<Members> ReadMembers(const YAML::Node& node, std::span<const std::string_view> known,
                              std::string_view what) const;
  Result<Check> ReadCheck(const YAML::Node& node) const;
  Result<std::string> KindOf(const Members& members, Position position) const;
  Result<std::string> ReadText(const Members& members, std::string_view key, Position owner) const;
  Result<std::vector<std::string>> ReadNames(const YAML::Node& list, std::string_view key) const;
  Result<std::vector<Statement>> ReadSql(const YAML::Node& node, std::string_view key) const;
  Result<Statement> ReadStatement(const YAML::Node& node, std::string_view key) const;
  Result<std::vector<Statement>> ReadSample(const YAML::Node& list) const;
  Result<RejectsCheck> ReadRejects(const Members& members, Position position) const;
  Result<QueryCheck> ReadQuery(const Members& members, Position position) const;
  Result<void> ReadQueryDetails(const Members& members, QueryCheck& check) const;

  std::string_view file_;
};

template <std::size_t N>
std::string ListOf(const std::array<std::string_view, N>& words) {
  return Join({words.begin(), words.end()}, ", ");
}

const YAML::Node* Find(const Members& members, std::string_view key) {
  const auto found = members.find(key);
  return found == members.end() ? nullptr : &found->second;
}

// A value that is not there has no place of its own.
Position PlaceOf(const YAML::Node& value, Position owner) {
  return value.IsNull() ? owner : PositionOf(value);
}

Result<Members> CheckParser::ReadMembers(const YAML::Node& node,
                                         std::span<const std::string_view> known,
                                         std::string_view what) const {
  if (!node.IsMap()) return At(PositionOf(node), fmt::format("{} 'key: value' lines", what));
  Members members;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return At(PositionOf(entry.first),
                fmt::format("unknown key '{}'; known keys: {}", Truncate(key, 60),
                            Join({known.begin(), known.end()}, ", ")));
    }
    if (!members.emplace(key, entry.second).second) {
      return At(PositionOf(entry.first), fmt::format("{} is set twice", key));
    }
  }
  return members;
}

Result<std::string> CheckParser::ReadText(const Members& members, std::string_view key,
                                          Position owner) const {
  const YAML::Node* value = Find(members, key);
  if (value == nullptr) return At(owner, fmt::format("a check needs a {}", key));
  if (!value->IsScalar() || Trim(value->Scalar()).empty()) {
    return At(PlaceOf(*value, owner), fmt::format("{} takes one text", key));
  }
  return value->Scalar();
}

Result<std::vector<std::string>> CheckParser::ReadNames(const YAML::Node& list,
                                                        std::string_view key) const {
  if (!list.IsSequence() || list.size() == 0) {
    return At(PositionOf(list), fmt::format("{} takes a list of names: [a, b]", key));
  }
  std::vector<std::string> names;
  for (const YAML::Node& item : list) {
    if (!item.IsScalar() || Trim(item.Scalar()).empty()) {
      return At(PlaceOf(item, PositionOf(list)), fmt::format("{} takes a list of names", key));
    }
    names.push_back(item.Scalar());
  }
  return names;
}

// Where in a text of several lines something is, YAML does not tell: its start is near enough.
Result<std::vector<Statement>> CheckParser::ReadSql(const YAML::Node& node,
                                                    std::string_view key) const {
  const Position position = PositionOf(node);
  if (!node.IsScalar() || Trim(node.Scalar()).empty()) {
    return At(position, fmt::format("{} takes SQL, as one text", key));
  }
  auto statements = SplitStatements(node.Scalar(), "");
  if (!statements) {
    const std::string& words = statements.error().message;
    return At(position, fmt::format("in this SQL, at {}", words.substr(words.find(':') + 1)));
  }
  for (Statement& statement : *statements) {
    const StatementTraits traits = Classify(statement);
    if (statement.copy_data || traits.transaction != TransactionRule::kAllowed) {
      return At(position, fmt::format("{} cannot run here: checks run in one transaction that is "
                                      "rolled back; remove it",
                                      statement.copy_data ? "COPY FROM STDIN" : traits.tag));
    }
    statement.position = position;
  }
  return statements;
}

Result<Statement> CheckParser::ReadStatement(const YAML::Node& node, std::string_view key) const {
  auto statements = ReadSql(node, key);
  if (!statements) return Fail(statements.error());
  if (statements->size() == 1) return std::move(statements->front());
  return At(PositionOf(node), fmt::format("{} takes one statement, not {}", key,
                                          statements->empty() ? "none" : "several"));
}

Result<std::vector<Statement>> CheckParser::ReadSample(const YAML::Node& list) const {
  if (list.IsNull()) return std::vector<Statement>();
  if (!list.IsSequence()) return At(PositionOf(list), "sample takes a list of SQL statements");
  std::vector<Statement> sample;
  for (const YAML::Node& item : list) {
    auto statements = ReadSql(item, "sample");
    if (!statements) return Fail(statements.error());
    std::move(statements->begin(), statements->end(), std::back_inserter(sample));
  }
  return sample;
}

bool IsSqlState(std::string_view text) {
  return text.size() == 5 && text != "00000" && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

Result<RejectsCheck> CheckParser::ReadRejects(const Members& members, Position position) const {
  auto statement = ReadStatement(*Find(members, "rejects"), "rejects");
  if (!statement) return Fail(statement.error());
  if (Find(members, "sqlstate") == nullptr) {
    return At(position,
              "rejects needs the sqlstate of the refusal, such as \"23514\" of a CHECK: any other "
              "refusal may come from a slip in the statement");
  }
  auto sqlstate = ReadText(members, "sqlstate", position);
  if (!sqlstate) return Fail(sqlstate.error());
  if (!IsSqlState(*sqlstate)) {
    return At(PositionOf(*Find(members, "sqlstate")),
              fmt::format("'{}' is no SQLSTATE of an error: five characters of 0-9 and A-Z, in "
                          "quotes, such as \"23514\"",
                          Truncate(*sqlstate, 40)));
  }
  return RejectsCheck{*std::move(statement), *std::move(sqlstate)};
}

Result<void> CheckParser::ReadQueryDetails(const Members& members, QueryCheck& check) const {
  if (const YAML::Node* value = Find(members, "atLeast")) {
    const std::string text = value->IsScalar() ? value->Scalar() : "";
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
      return At(PositionOf(*value), "atLeast takes a whole number");
    }
    check.at_least = number;
  }
  if (const YAML::Node* value = Find(members, "fasterThan")) {
    const auto limit = ParseDuration(value->IsScalar() ? value->Scalar() : "");
    if (!limit || limit->count() <= 0) {
      return At(PositionOf(*value), "fasterThan takes a duration of 1ms or more, such as 10ms");
    }
    check.faster_than = *limit;
  }
  if (Find(members, "usesIndex") == nullptr) return {};
  auto index = ReadText(members, "usesIndex", check.statement.position);
  if (!index) return Fail(index.error());
  check.uses_index = *std::move(index);
  return {};
}

Result<QueryCheck> CheckParser::ReadQuery(const Members& members, Position position) const {
  auto statement = ReadStatement(*Find(members, "query"), "query");
  if (!statement) return Fail(statement.error());
  QueryCheck check{*std::move(statement), {}, {}, {}};
  if (auto read = ReadQueryDetails(members, check); !read) return Fail(read.error());
  if (check.at_least || check.faster_than || check.uses_index) return check;
  return At(position, "query needs atLeast, fasterThan or usesIndex");
}

// The one kind of a check, with nothing that belongs to another.
Result<std::string> CheckParser::KindOf(const Members& members, Position position) const {
  std::string kind;
  for (const std::string_view candidate : kKinds) {
    const YAML::Node* value = Find(members, candidate);
    if (value == nullptr) continue;
    if (!kind.empty()) {
      return At(position,
                fmt::format("{} and {} stand in one check: make it two", kind, candidate));
    }
    kind = candidate;
  }
  if (kind.empty()) {
    return At(position, fmt::format("a check needs one of {}", ListOf(kKinds)));
  }
  for (const Detail& detail : kDetails) {
    const YAML::Node* value = Find(members, detail.key);
    if (value != nullptr && detail.kind != kind) {
      return At(PlaceOf(*value, position),
                fmt::format("{} belongs to {}, not to {}", detail.key, detail.kind, kind));
    }
  }
  return kind;
}

Result<Check> CheckParser::ReadCheck(const YAML::Node& node) const {
  auto members = ReadMembers(node, kCheckKeys, "a check is");
  if (!members) return Fail(members.error());
  const Position position = PositionOf(node);
  auto name = ReadText(*members, "name", position);
  if (!name) return Fail(name.error());
  const auto kind = KindOf(*members, position);
  if (!kind) return Fail(kind.error());
  Check check{std::string(Trim(*name)), position, TablesCheck{}};
  const auto take = [&](auto what) -> Result<Check> {
    if (!what) return Fail(what.error());
    check.what = *std::move(what);
    return std::move(check);
  };
  if (*kind == "rejects") return take(ReadRejects(*members, position));
  if (*kind == "query") return take(ReadQuery(*members, position));
  auto names = ReadNames(*Find(*members, *kind), *kind);
  if (!names) return Fail(names.error());
  if (*kind == "tables") {
    check.what = TablesCheck{*std::move(names)};
  } else {
    check.what = IndexesCheck{*std::move(names)};
  }
  return check;
}

Result<CheckList> CheckParser::Read(const YAML::Node& root) {
  auto members = ReadMembers(root, kRootKeys, "expected");
  if (!members) return Fail(members.error());
  CheckList list{std::string(file_), {}, {}};
  if (const YAML::Node* sample = Find(*members, "sample")) {
    auto read = ReadSample(*sample);
    if (!read) return Fail(read.error());
    list.sample = *std::move(read);
  }
  const YAML::Node* checks = Find(*members, "checks");
  if (checks == nullptr || !checks->IsSequence() || checks->size() == 0) {
    return At(checks == nullptr ? PositionOf(root) : PlaceOf(*checks, PositionOf(root)),
              "checks takes a list of at least one check");
  }
  std::set<std::string> names;
  for (const YAML::Node& node : *checks) {
    auto check = ReadCheck(node);
    if (!check) return Fail(check.error());
    if (!names.insert(check->name).second) {
      return At(check->position, fmt::format("two checks are named '{}'", check->name));
    }
    list.checks.push_back(*std::move(check));
  }
  return list;
}

}  // namespace

Result<CheckList> ParseChecks(std::string_view file, std::string_view text) {
  const auto normal = NormaliseSourceText(file, text);
  if (!normal) return Fail(normal.error());
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(*normal);
    if (documents.empty()) return FailAt(file, {}, "checks takes a list of at least one check");
    if (documents.size() > 1) {
      return FailAt(file, PositionOf(documents[1]),
                    "expected one YAML document, found a second one");
    }
    return CheckParser(file).Read(documents.front());
  } catch (const YAML::Exception& error) {
    return FailAt(file, {error.mark.line + 1, error.mark.column + 1}, error.msg);
  }
}

}  // namespace schemaop
