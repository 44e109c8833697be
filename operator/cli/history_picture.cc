#include "cli/history_picture.h"

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/planning_error.h"
#include "cli/view.h"
#include "revision/graph_drawing.h"

namespace schemaop {
namespace {

// POSIX: the first of these that is set and not empty says what characters are (XBD 8.2).
Glyphs GlyphsOfLocale() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    const std::string locale = ToLower(value);
    const bool utf8 =
        locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
    return utf8 ? Glyphs::kUnicode : Glyphs::kAscii;
  }
  return Glyphs::kAscii;
}

// 0 when standard output is no terminal.
std::size_t TerminalColumns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

Result<std::string> Draw(const Drawing& drawing, Picture picture, const std::string& title) {
  if (picture == Picture::kMermaid) return DrawMermaid(drawing);
  if (picture == Picture::kDot) return DrawDot(drawing);
  if (picture == Picture::kSvg) return DrawSvg(drawing, title);
  auto lines = DrawTree(drawing, GlyphsOfLocale(), TerminalColumns());
  if (!lines) return Fail(lines.error());
  return lines->empty() ? "" : Join(*lines, "\n") + "\n";
}

}  // namespace

Outcome<void> PrintPicture(CommandContext& context, const Workspace& workspace,
                           const RevisionGraph::Indices& revisions,
                           const std::optional<Heads>& rows, Picture picture) {
  const Drawing drawing{*workspace.graph, revisions, rows};
  const std::string title = "History of " + workspace.project.folder.string();
  const auto text = Draw(drawing, picture, title);
  if (!text) {
    return tl::unexpected(
        DescribePlanningError(text.error(), *workspace.graph, rows.value_or(Heads{}), ""));
  }
  context.output.Result(*text);
  return {};
}

}  // namespace schemaop
