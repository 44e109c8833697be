#include "engine/catalog_scope.h"

#include <algorithm>

#include "postgres/quote.h"

namespace schemaop {
namespace {

// As the server's quote_ident renders it (keywords aside), which is how paths are written.
std::string Rendered(const std::string& name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
  };
  const bool starts = !name.empty() && !(name[0] >= '0' && name[0] <= '9');
  return starts && std::all_of(name.begin(), name.end(), plain) ? name : QuoteIdentifier(name);
}

}  // namespace

std::vector<std::string> Excludes(const DatabaseOptions& options,
                                  const std::vector<std::string>& more) {
  // The version table stands in another schema in a scratch database at times.
  const std::string schema =
      options.version_table_schema ? Rendered(*options.version_table_schema) : std::string("*");
  std::vector<std::string> globs = DefaultExcludes(schema + "." + Rendered(options.version_table));
  const std::string ours = Rendered(options.ledger_schema) + ".";
  globs.insert(globs.end(), {"table:" + ours + "ledger", "table:" + ours + "snapshot",
                             "function:" + ours + "refuse_change()"});
  // A ledger among the project's own tables does not hide them.
  if (options.ledger_schema != "public" && options.ledger_schema != options.version_table_schema) {
    globs.push_back("schema:" + Rendered(options.ledger_schema));
  }
  globs.insert(globs.end(), more.begin(), more.end());
  return globs;
}

}  // namespace schemaop
