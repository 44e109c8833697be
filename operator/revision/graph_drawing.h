// The history as a picture: for a terminal, for Markdown, for graphviz, for a browser.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/error.h"
#include "revision/graph.h"
#include "revision/views.h"

namespace schemaop {

// What to draw. `revisions` come children first, see RevisionsInRange.
struct Drawing {
  const RevisionGraph& graph;
  const RevisionGraph::Indices& revisions;
  // The database's rows, to tell what is applied from what is pending; nullopt when none was asked.
  std::optional<Heads> rows;
};

// Where a revision stands in the database. kUnknown without rows.
enum class Standing { kUnknown, kPending, kApplied, kCurrent };

// By revision index. kNotFound, naming it, for a row the graph does not know.
Result<std::vector<Standing>> Standings(const Drawing& drawing);

enum class Glyphs { kUnicode, kAscii };

// A tree with the newest revision on top, a line for each revision and one wherever lines part or
// meet; a legend when the rows are known. Lines longer than `columns` characters are cut ("…"; 0:
// never).
Result<Lines> DrawTree(const Drawing& drawing, Glyphs glyphs, std::size_t columns);

// A flowchart for Mermaid (https://mermaid.js.org, syntax of flowcharts), which Markdown viewers
// show. Dependencies are dotted.
Result<std::string> DrawMermaid(const Drawing& drawing);

// A digraph for graphviz (https://graphviz.org/doc/info/lang.html). Dependencies are dashed.
Result<std::string> DrawDot(const Drawing& drawing);

// A picture that needs no other program. `title` is its <title>.
Result<std::string> DrawSvg(const Drawing& drawing, const std::string& title);

}  // namespace schemaop
