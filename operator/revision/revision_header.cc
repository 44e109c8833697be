#include "revision/revision_header.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "revision/graph_check.h"
#include "revision/section.h"

namespace schemaop {
namespace {

constexpr std::string_view kSpace = " \t\r\n\v\f";
constexpr std::size_t kMaxIdLength = 32;  // of version_num varchar(32), as Alembic creates it
constexpr std::array<std::string_view, 5> kKeys = {"revision", "down_revision", "branch_labels",
                                                   "depends_on", "created"};

std::string NotInIds() { return "@-+:" + std::string(kActiveCharacters); }

// A key's value and where it stands.
struct Value {
  std::string_view text;  // trimmed
  Position position;      // of the text; of the line's end when it is empty
};

// "word: value" or "word:" after a comment's dashes.
struct KeyLine {
  std::string_view key;
  Position key_position;
  Value value;
};

Position ColumnAt(int line, std::string_view text, std::size_t offset) {
  return {line, static_cast<int>(CountCodePoints(text.substr(0, offset))) + 1};
}

bool IsKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::optional<KeyLine> FindKeyLine(std::string_view line, int number) {
  const std::size_t key = line.find_first_not_of(kSpace, line.find("--") + 2);
  if (key == std::string_view::npos) return std::nullopt;
  std::size_t colon = key;
  while (colon < line.size() && IsKeyCharacter(line[colon])) ++colon;
  const bool is_key = colon > key && line.substr(colon, 1) == ":" &&
                      (colon + 1 == line.size() || kSpace.find(line[colon + 1]) != kSpace.npos);
  if (!is_key) return std::nullopt;
  const std::size_t value = std::min(line.find_first_not_of(kSpace, colon + 1), line.size());
  return KeyLine{line.substr(key, colon - key),
                 ColumnAt(number, line, key),
                 {Trim(line.substr(value)), ColumnAt(number, line, value)}};
}

class HeaderParser {
 public:
  HeaderParser(std::string_view file, std::string_view text, Revision& revision)
      : file_(file), text_(text), revision_(revision) {}

  Result<SectionsBegin> Run();

 private:
  Result<void> TakeLine(std::string_view line, int number);
  Result<void> TakeKey(const KeyLine& line);
  Result<void> Finish();
  Result<void> CheckComplete() const;
  Result<void> TakeId(const Value& value);
  Result<void> TakeParents(const Value& value);
  Result<std::vector<std::string>> ReadNames(const Value& value, std::string_view what,
                                             std::string_view forbidden) const;
  Result<void> TakeCreated(const Value& value);

  std::string_view file_;
  std::string_view text_;
  Revision& revision_;
  bool has_message_ = false;
  std::map<std::string_view, KeyLine> keys_;
};

Result<SectionsBegin> HeaderParser::Run() {
  SectionsBegin at;
  for (; at.offset < text_.size(); ++at.line) {
    const std::size_t end = std::min(text_.find('\n', at.offset), text_.size());
    const std::string_view line = text_.substr(at.offset, end - at.offset);
    if (IsSectionMark(Trim(line))) break;
    if (auto taken = TakeLine(line, at.line); !taken) return Fail(taken.error());
    at.offset = std::min(end + 1, text_.size());
  }
  if (auto finished = Finish(); !finished) return Fail(finished.error());
  if (at.offset == text_.size()) {
    return FailAt(file_, {at.line, 1},
                  "no \"-- migrate:up\" mark: put one on a line of its own above the SQL");
  }
  return at;
}

Result<void> HeaderParser::TakeLine(std::string_view line, int number) {
  const std::string_view trimmed = Trim(line);
  if (trimmed.empty()) return {};
  if (!trimmed.starts_with("--")) {
    return FailAt(file_, ColumnAt(number, line, line.find(trimmed)),
                  "only \"--\" comments may stand above \"-- migrate:up\": move this below it");
  }
  if (!std::exchange(has_message_, true)) {
    revision_.message = Trim(trimmed.substr(2));
    return {};
  }
  const auto key_line = FindKeyLine(line, number);
  return key_line ? TakeKey(*key_line) : Result<void>();
}

Result<void> HeaderParser::TakeKey(const KeyLine& line) {
  if (std::find(kKeys.begin(), kKeys.end(), line.key) == kKeys.end()) {
    return FailAt(file_, line.key_position,
                  fmt::format("unknown header key \"{}\": the keys are {}; a remark must not begin "
                              "with a word and a colon",
                              line.key, fmt::join(kKeys, ", ")));
  }
  const auto [entry, is_new] = keys_.emplace(line.key, line);
  if (!is_new) {
    return FailAt(file_, line.key_position,
                  fmt::format("header key \"{}\" stands in line {} already: keep one of them",
                              line.key, entry->second.key_position.line));
  }
  return {};
}

Result<void> HeaderParser::Finish() {
  if (auto complete = CheckComplete(); !complete) return complete;
  if (auto taken = TakeId(keys_["revision"].value); !taken) return taken;
  if (auto taken = TakeParents(keys_["down_revision"].value); !taken) return taken;
  auto labels = ReadNames(keys_["branch_labels"].value, "branch label", "@+:");
  if (!labels) return Fail(labels.error());
  revision_.branch_labels = std::move(*labels);
  auto dependencies = ReadNames(keys_["depends_on"].value, "dependency", "@+:");
  if (!dependencies) return Fail(dependencies.error());
  revision_.depends_on = std::move(*dependencies);
  return TakeCreated(keys_["created"].value);
}

Result<void> HeaderParser::CheckComplete() const {
  const bool key_as_message =
      !keys_.contains("revision") && revision_.message.starts_with("revision:");
  if (key_as_message) {
    return FailAt(file_, {1, 1},
                  fmt::format("the first comment is the message: put one above \"-- {}\"",
                              revision_.message));
  }
  if (!keys_.contains("revision")) {
    return FailAt(file_, {1, 1},
                  "no \"-- revision:\" line below the message: add one with this revision's id");
  }
  if (!keys_.contains("down_revision")) {
    return FailAt(file_, {1, 1},
                  "no \"-- down_revision:\" line below the message: add one with the id this "
                  "revision builds on, or none");
  }
  return {};
}

Result<void> HeaderParser::TakeId(const Value& value) {
  auto ids = ReadNames(value, "revision id", NotInIds());
  if (!ids) return Fail(ids.error());
  if (ids->size() != 1) {
    return FailAt(file_, value.position, "\"revision\" needs one id, such as 004");
  }
  const std::string& id = ids->front();
  if (ToLower(id) == "none") {
    return FailAt(file_, value.position,
                  fmt::format("\"{}\" cannot be a revision id: it stands for no revision", id));
  }
  revision_.id = id;
  return {};
}

Result<void> HeaderParser::TakeParents(const Value& value) {
  if (ToLower(value.text) == "none") return {};
  auto parents = ReadNames(value, "revision id", NotInIds());
  if (!parents) return Fail(parents.error());
  if (parents->empty()) {
    return FailAt(file_, value.position,
                  "\"down_revision\" needs the id this revision builds on, several separated by "
                  "commas, or none");
  }
  revision_.down_revisions = std::move(*parents);
  return {};
}

// The names between commas. `forbidden` are the characters a target could not hold.
Result<std::vector<std::string>> HeaderParser::ReadNames(const Value& value, std::string_view what,
                                                         std::string_view forbidden) const {
  std::vector<std::string> names;
  if (value.text.empty()) return names;
  std::size_t begin = 0;
  for (const std::string& part : Split(value.text, ',')) {
    const std::string_view name = Trim(part);
    Position at = value.position;
    at.column += static_cast<int>(CountCodePoints(value.text.substr(0, begin)));
    at.column += static_cast<int>(std::min(part.find_first_not_of(kSpace), part.size()));
    begin += part.size() + 1;
    if (name.empty()) {
      return FailAt(file_, at, fmt::format("a {} is missing beside this comma", what));
    }
    if (const auto bad = name.find_first_of(std::string(forbidden) + std::string(kSpace));
        bad != std::string_view::npos) {
      at.column += static_cast<int>(CountCodePoints(name.substr(0, bad)));
      return FailAt(file_, at,
                    fmt::format("\"{}\" is no {}: '{}' may not stand in one; use letters, digits, "
                                "'_' and '.'",
                                name, what, name[bad]));
    }
    const std::size_t length = CountCodePoints(name);
    if (what == "revision id" && length > kMaxIdLength) {
      return FailAt(file_, at,
                    fmt::format("revision id \"{}\" has {} characters: the version table holds at "
                                "most {}",
                                name, length, kMaxIdLength));
    }
    names.emplace_back(name);
  }
  return names;
}

Result<void> HeaderParser::TakeCreated(const Value& value) {
  if (!value.text.empty() && !ParseRfc3339(value.text)) {
    return FailAt(file_, value.position,
                  fmt::format("\"{}\" is no time: write it as 2026-11-22T10:00:00Z", value.text));
  }
  revision_.created = value.text;
  return {};
}

std::string KeyText(std::string_view key, const std::string& value) {
  return value.empty() ? "" : fmt::format("-- {}: {}\n", key, value);
}

}  // namespace

Result<SectionsBegin> ParseRevisionHeader(std::string_view file, std::string_view text,
                                          Revision& revision) {
  return HeaderParser(file, text, revision).Run();
}

std::string RenderRevisionHeader(const Revision& revision) {
  std::string message = revision.message;
  std::replace_if(
      message.begin(), message.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  const std::string parents = Join(revision.down_revisions, ", ");
  return std::string(Trim("-- " + message)) + "\n--\n" + KeyText("revision", revision.id) +
         KeyText("down_revision", parents.empty() ? "none" : parents) +
         KeyText("branch_labels", Join(revision.branch_labels, ", ")) +
         KeyText("depends_on", Join(revision.depends_on, ", ")) +
         KeyText("created", revision.created) + "\n";
}

tl::unexpected<Error> FailAt(std::string_view file, Position at, std::string_view message) {
  return Fail(ErrorCode::kInvalid, fmt::format("{}:{}:{}: {}", file, at.line, at.column, message));
}

}  // namespace schemaop
