#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.h"
#include "base/text.h"
#include "revision/foreign_file.h"
#include "revision/revision_header.h"
#include "revision/source_text.h"
#include "revision/transaction_mode.h"
#include "sql/splitter.h"

namespace schemaop {
namespace {

constexpr std::string_view kWord = "+goose";

// What follows "+goose" in a comment, lower case; nullopt when it is no such comment.
std::optional<std::string> FindMark(std::string_view comment) {
  if (!comment.starts_with("--")) return std::nullopt;
  comment = Trim(comment.substr(2));
  if (!comment.starts_with(kWord)) return std::nullopt;
  return ToLower(Trim(comment.substr(kWord.size())));
}

bool IsMark(std::string_view comment) { return FindMark(comment).has_value(); }

// One direction while it is read.
struct OpenSection {
  std::size_t begin = 0;  // of its text
  Section section;
};

class GooseParser {
 public:
  GooseParser(std::string_view file, std::string_view text) : file_(file), text_(text) {}

  Result<void> Run(MigrationPart& part);

 private:
  Result<void> ReadStatements();
  Result<void> TakeMark();
  Result<void> OpenDirection(Direction direction);
  Result<void> TakeStatementMark(std::string_view mark);
  Result<void> CheckStatementEnded() const;
  Result<std::optional<Section>> Close(std::optional<OpenSection>& open) const;

  std::string_view file_;
  std::string_view text_;
  std::size_t at_ = 0;
  Position position_;
  Position mark_;  // of the last mark
  std::optional<OpenSection> up_;
  std::optional<OpenSection> down_;
  std::size_t up_end_ = 0;
  std::optional<Position> statement_begin_;
  std::optional<Position> no_transaction_;
};

Result<void> GooseParser::Run(MigrationPart& part) {
  while (true) {
    if (auto read = ReadStatements(); !read) return read;
    if (at_ == text_.size()) break;
    if (auto taken = TakeMark(); !taken) return taken;
  }
  if (auto ended = CheckStatementEnded(); !ended) return ended;
  if (!up_) {
    return FailAt(file_, {1, 1},
                  "no \"-- +goose Up\" mark: put one on a line of its own above the SQL");
  }
  auto upgrade = Close(up_);
  if (!upgrade) return Fail(upgrade.error());
  auto downgrade = Close(down_);
  if (!downgrade) return Fail(downgrade.error());
  part.upgrade = *std::move(upgrade);
  part.downgrade = *std::move(downgrade);
  return {};
}

// Up to the next mark, which at_ and position_ then say, or the end.
Result<void> GooseParser::ReadStatements() {
  auto read = SplitStatementsUpTo(IsMark, text_.substr(at_), file_, position_);
  if (!read) return Fail(read.error());
  std::optional<OpenSection>& open = down_ ? down_ : up_;
  if (!open && !read->statements.empty()) {
    return FailAt(file_, read->statements.front().position,
                  "this stands above \"-- +goose Up\": move it below");
  }
  if (open) {
    auto& statements = open->section.statements;
    std::move(read->statements.begin(), read->statements.end(), std::back_inserter(statements));
  }
  at_ += read->mark;
  position_ = read->mark_position;
  return {};
}

Result<void> GooseParser::TakeMark() {
  const std::size_t end = std::min(text_.find('\n', at_), text_.size());
  const std::string_view line = text_.substr(at_, end - at_);
  const std::string mark = *FindMark(line);
  const std::size_t mark_begin = at_;
  const Position here = mark_ = position_;
  at_ = std::min(end + 1, text_.size());
  position_ = {here.line + 1, 1};
  if (mark == "up") return OpenDirection(Direction::kUpgrade);
  if (mark == "down") {
    up_end_ = mark_begin;
    return OpenDirection(Direction::kDowngrade);
  }
  if (mark == "statementbegin" || mark == "statementend") return TakeStatementMark(mark);
  if (mark == "no transaction") {
    no_transaction_ = here;
    return {};
  }
  if (mark == "envsub off") return {};
  if (mark == "envsub on") {
    return FailAt(file_, here,
                  "goose would put environment variables into the SQL from here on: write the "
                  "values themselves, SQL runs as it stands here");
  }
  return FailAt(file_, here,
                fmt::format("\"{}\" is no mark of goose: the marks are Up, Down, StatementBegin, "
                            "StatementEnd and NO TRANSACTION",
                            Trim(line)));
}

Result<void> GooseParser::OpenDirection(Direction direction) {
  if (auto ended = CheckStatementEnded(); !ended) return ended;
  const bool up = direction == Direction::kUpgrade;
  if (!up && !up_) {
    return FailAt(file_, mark_, "\"-- +goose Down\" stands first: put \"-- +goose Up\" above it");
  }
  if (down_ || (up && up_)) {
    return FailAt(file_, mark_,
                  fmt::format("\"-- +goose {}\" does not belong here: a file has one Up and, below "
                              "it, at most one Down",
                              up ? "Up" : "Down"));
  }
  (up ? up_ : down_) = OpenSection{at_, {}};
  return {};
}

Result<void> GooseParser::TakeStatementMark(std::string_view mark) {
  const bool begins = mark == "statementbegin";
  if (begins) {
    if (auto ended = CheckStatementEnded(); !ended) return ended;
    statement_begin_ = mark_;
    return {};
  }
  if (!statement_begin_) {
    return FailAt(file_, mark_,
                  "there is no \"-- +goose StatementBegin\" above this: add or remove one");
  }
  statement_begin_.reset();
  return {};
}

Result<void> GooseParser::CheckStatementEnded() const {
  if (!statement_begin_) return {};
  return FailAt(file_, *statement_begin_,
                "this statement has no end: add \"-- +goose StatementEnd\" below it");
}

Result<std::optional<Section>> GooseParser::Close(std::optional<OpenSection>& open) const {
  if (!open) return std::nullopt;
  const std::size_t end = down_ && &open == &up_ ? up_end_ : text_.size();
  open->section.text = Trim(text_.substr(open->begin, end - open->begin));
  TransactionMark mark;
  mark.kind = no_transaction_ ? TransactionMark::Kind::kFalse : TransactionMark::Kind::kNone;
  mark.position = no_transaction_.value_or(Position{});
  mark.when_mixed =
      "move it to a migration of its own, or put \"-- +goose NO TRANSACTION\" at the top of the "
      "file to run each of its statements on its own";
  const auto transactional = FindTransactionMode(file_, open->section.statements, mark);
  if (!transactional) return Fail(transactional.error());
  open->section.transactional = *transactional;
  return std::move(open->section);
}

}  // namespace

bool IsGooseFile(const SourceFile& file) {
  const std::string_view text = file.text;
  for (std::size_t at = text.find(kWord); at != std::string_view::npos;
       at = text.find(kWord, at + 1)) {
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    if (IsMark(Trim(text.substr(begin, text.find('\n', at) - begin)))) return true;
  }
  return false;
}

Result<MigrationPart> ReadGooseFile(const SourceFile& file) {
  const std::string_view name = BaseName(file.name);
  const std::string_view digits = LeadingDigits(name);
  if (digits.empty() || name.substr(digits.size(), 1) != "_") {
    return FailAt(file.name, {1, 1},
                  "the name of a goose migration is its number and its title, such as "
                  "00001_title.sql: rename it, or move it elsewhere");
  }
  auto version = ParseMigrationVersion(file.name, digits);
  if (!version) return Fail(version.error());
  const auto text = NormaliseSourceText(file.name, file.text);
  if (!text) return Fail(text.error());
  const std::string_view slug = name.substr(digits.size());
  MigrationPart part{*std::move(version), TitleWords(slug.substr(0, slug.rfind(".sql"))),
                     file.name,           Sha256Hex(*text),
                     std::nullopt,        std::nullopt};
  if (auto read = GooseParser(file.name, *text).Run(part); !read) return Fail(read.error());
  return part;
}

}  // namespace schemaop
