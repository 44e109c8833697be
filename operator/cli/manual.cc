#include "cli/manual.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/settings.h"

namespace schemaop {
namespace {

// groff_char(7): what is written as itself would come out as another character, or as a request at
// the start of a line.
std::string Roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '\\':
        escaped += "\\e";
        break;
      case '-':
        escaped += "\\-";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '`':
        escaped += "\\(ga";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      case '"':
        escaped += "\\(dq";
        break;
      default:
        escaped += c;
    }
  }
  return escaped.starts_with('.') ? "\\&" + escaped : escaped;
}

std::string Bold(std::string_view text) { return "\\fB" + Roff(text) + "\\fR"; }
std::string Italic(std::string_view text) { return "\\fI" + Roff(text) + "\\fR"; }

// A sentence of a description: these begin small and end without a full stop where they are help.
std::string Sentence(const std::string& text) {
  std::string sentence = text;
  if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z') {
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  }
  if (!sentence.ends_with('.')) sentence += '.';
  return sentence;
}

std::string Paragraph(const std::string& tag, const std::string& text) {
  return fmt::format(".TP\n{}\n{}\n", tag, Roff(text));
}

std::string OptionParagraph(const OptionRow& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.names) {
    names.push_back(option.positional ? Italic(name) : Bold(name));
  }
  std::string tag = Join(names, ", ");
  if (!option.positional && !option.value.empty()) tag += " " + Italic(option.value);
  if (option.positional && !option.choices.empty()) tag += " (" + Roff(option.value) + ")";
  // An argument's description begins with words to type as they are.
  return Paragraph(tag,
                   option.positional ? option.description + "." : Sentence(option.description));
}

std::string CommandSection(const CommandTable& table, const CommandRow& command) {
  std::string text = fmt::format(".SS \"{}\"\n{}\n", Roff(Synopsis(table.program, command)),
                                 Roff(Sentence(command.description)));
  if (!command.aliases.empty()) {
    text += fmt::format("Also spelt {}.\n", Bold(Join(command.aliases, ", ")));
  }
  for (const bool positional : {true, false}) {
    for (const OptionRow& option : command.options) {
      const bool help = option.names.front() == "--help";
      if (option.positional == positional && !help) text += OptionParagraph(option);
    }
  }
  return text;
}

struct Entry {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<Entry, 6> kEnvironment{{
    {"DATABASE_URL",
     "The database, when neither --url nor the variable that the settings name says where it is. "
     "URLs of SQLAlchemy (postgresql+psycopg2://) are accepted."},
    {"PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSERVICE, PGPASSFILE, PGSSLMODE ...",
     "What libpq reads, for whatever no URL says."},
    {"NO_COLOR", "No colours, whatever the terminal can do."},
    {"CLICOLOR, CLICOLOR_FORCE",
     "CLICOLOR=0 is no colours on a terminal either; CLICOLOR_FORCE is colours without a terminal. "
     "NO_COLOR wins over both, --color over all three."},
    {"LC_ALL, LC_CTYPE, LANG",
     "Whether history --graph draws with the lines of UTF-8 or of ASCII."},
    {"VISUAL, EDITOR", "The editor that edit opens a revision in."},
}};

constexpr std::array<Entry, 4> kFiles{{
    {"migrations/", "The project, unless --directory, --config or the working folder is one."},
    {"versions/*.sql", "The revisions, one a file, in sub-folders too."},
    {"~/.pgpass", "Passwords, as libpq reads them."},
    {"~/.pg_service.conf", "Connections by name, as libpq reads them."},
}};

template <typename Entries>
std::string EntrySection(std::string_view title, const Entries& entries) {
  std::string text = fmt::format(".SH {}\n", title);
  for (const Entry& entry : entries) text += Paragraph(Bold(entry.name), std::string(entry.text));
  return text;
}

std::string ExitStatus() {
  std::string text = ".SH \"EXIT STATUS\"\n";
  for (const ExitCodeRow& row : ExitCodes()) {
    text += Paragraph(Bold(std::to_string(static_cast<int>(row.code))),
                      Sentence(std::string(row.meaning)));
  }
  return text;
}

std::string Head(const CommandTable& table) {
  std::string name = table.program;
  std::replace(name.begin(), name.end(), ' ', '-');
  std::string summary = table.description;
  if (summary.ends_with('.')) summary.pop_back();
  return fmt::format(
      ".TH {0} 1 \"\" \"schemactl {1}\" \"User Commands\"\n.nh\n.ad l\n"
      ".SH NAME\n{2} \\- {3}\n"
      ".SH SYNOPSIS\n.B {4}\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n",
      Roff(name), SCHEMAOP_VERSION, name, Roff(summary), Roff(table.program));
}

constexpr std::string_view kDescription =
    "Revisions are SQL files that say which revision they build on. A database says in its table "
    "alembic_version which of them it has, as Alembic's databases do, so it can pass from one tool "
    "to the other at any time. Each revision runs in one transaction together with its row in that "
    "table.";
constexpr std::string_view kStreams =
    "The result goes to standard output; progress, warnings, questions and errors go to standard "
    "error. The options below are taken before and after the command's name.";

}  // namespace

std::string ManualPage(const CommandTable& table) {
  std::string text = Head(table);
  text += fmt::format(".SH DESCRIPTION\n{}\n.PP\n{}\n", Roff(kDescription), Roff(kStreams));
  text += ".SH OPTIONS\n";
  for (const OptionRow& option : table.options) text += OptionParagraph(option);
  text += ".SH COMMANDS\n";
  for (const CommandRow& command : table.commands) text += CommandSection(table, command);
  text += ExitStatus();
  text += EntrySection("ENVIRONMENT", kEnvironment);
  text += EntrySection("FILES", kFiles);
  text += Paragraph(Bold(kSettingsFile),
                    fmt::format("The project's settings: {}.", Join(SettingNames(), ", ")));
  text += ".SH \"SEE ALSO\"\n.BR psql (1),\n.BR pg_dump (1)\n";
  return text;
}

}  // namespace schemaop
