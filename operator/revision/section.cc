#include "revision/section.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "revision/revision_header.h"
#include "revision/transaction_mode.h"
#include "sql/splitter.h"

namespace schemaop {
namespace {

constexpr std::string_view kMarkWord = "migrate:";

// What follows "migrate:" in a comment, such as "up transaction:false"; nullopt when it is no such
// comment.
std::optional<std::string_view> FindMark(std::string_view comment) {
  comment = Trim(comment.substr(2));
  if (!comment.starts_with(kMarkWord)) return std::nullopt;
  return comment.substr(kMarkWord.size());
}

// A mark as it is written.
struct Mark {
  std::string_view direction;  // "up" or "down"
  TransactionMark transaction;
};

class SectionParser {
 public:
  SectionParser(std::string_view file, std::string_view text) : file_(file), text_(text) {}

  Result<Sections> Run(std::size_t offset, int line);

 private:
  Result<Mark> ReadMark(Position position) const;
  Result<Section> ReadSection(const Mark& mark);
  Result<void> TakeSection(std::string_view direction, Section section, Position position);

  std::string_view file_;
  std::string_view text_;
  std::size_t at_ = 0;  // of the mark, then of what follows its section
  Position position_;   // of the same place
  std::optional<Section> upgrade_;
  std::optional<Section> downgrade_;
};

Result<Sections> SectionParser::Run(std::size_t offset, int line) {
  const std::size_t dashes = text_.find("--", offset);
  at_ = dashes;
  position_ = {line, static_cast<int>(dashes - offset) + 1};
  while (at_ < text_.size()) {
    const Position position = position_;
    const auto mark = ReadMark(position);
    if (!mark) return Fail(mark.error());
    auto section = ReadSection(*mark);
    if (!section) return Fail(section.error());
    auto taken = TakeSection(mark->direction, std::move(*section), position);
    if (!taken) return Fail(taken.error());
  }
  return Sections{std::move(*upgrade_), std::move(downgrade_)};
}

Result<Mark> SectionParser::ReadMark(Position position) const {
  const std::string_view line = text_.substr(at_, text_.find('\n', at_) - at_);
  std::vector<std::string_view> words;
  for (std::string_view rest = Trim(*FindMark(line)); !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    words.push_back(rest.substr(0, end));
    rest = Trim(rest.substr(end));
  }
  const std::string_view direction = words.empty() ? "" : words.front();
  const bool spaced = FindMark(line)->find_first_of(" \t") == 0;
  if (spaced || (direction != "up" && direction != "down")) {
    return FailAt(file_, position,
                  fmt::format("\"{}\" is no section mark: write \"-- migrate:up\" or \"-- "
                              "migrate:down\"",
                              Trim(line)));
  }
  Mark mark{direction, {TransactionMark::Kind::kNone, position}};
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] != "transaction:false" && words[i] != "transaction:true") {
      return FailAt(file_, position,
                    fmt::format("unknown option \"{}\" of \"-- migrate:{}\": the only one is "
                                "transaction:false",
                                words[i], direction));
    }
    mark.transaction.kind = words[i] == "transaction:false" ? TransactionMark::Kind::kFalse
                                                            : TransactionMark::Kind::kTrue;
  }
  return mark;
}

Result<Section> SectionParser::ReadSection(const Mark& mark) {
  const std::size_t begin = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
  const std::string_view rest = text_.substr(begin);
  auto part = SplitStatementsUpTo(IsSectionMark, rest, file_, {position_.line + 1, 1});
  if (!part) return Fail(part.error());
  Section section;
  section.text = Trim(rest.substr(0, part->mark));
  section.statements = std::move(part->statements);
  const auto transactional = FindTransactionMode(file_, section.statements, mark.transaction);
  if (!transactional) return Fail(transactional.error());
  section.transactional = *transactional;
  at_ = begin + part->mark;
  position_ = part->mark_position;
  return section;
}

Result<void> SectionParser::TakeSection(std::string_view direction, Section section,
                                        Position position) {
  const bool up = direction == "up";
  if ((up ? upgrade_ : downgrade_).has_value()) {
    return FailAt(
        file_, position,
        fmt::format("a second \"-- migrate:{}\": a file has one section each way; put the "
                    "SQL of both into one",
                    direction));
  }
  if (!up && !upgrade_) {
    return FailAt(file_, position,
                  "\"-- migrate:down\" stands first: put \"-- migrate:up\" above it");
  }
  (up ? upgrade_ : downgrade_) = std::move(section);
  return {};
}

}  // namespace

bool IsSectionMark(std::string_view comment) {
  if (!comment.starts_with("--")) return false;
  const auto mark = FindMark(comment);
  if (!mark) return false;
  if (mark->find_first_of(" \t") != 0) return true;
  const std::string_view words = Trim(*mark);
  const std::string_view first = words.substr(0, words.find_first_of(" \t"));
  return first == "up" || first == "down";  // a mark with a space too many
}

Result<Sections> ParseSections(std::string_view file, std::string_view text, std::size_t offset,
                               int line) {
  return SectionParser(file, text).Run(offset, line);
}

std::string RenderSection(std::string_view name, const Section& section) {
  const std::string_view text = Trim(section.text);
  return fmt::format("-- migrate:{}{}\n{}{}", name,
                     section.transactional ? "" : " transaction:false", text,
                     text.empty() ? "" : "\n");
}

}  // namespace schemaop
