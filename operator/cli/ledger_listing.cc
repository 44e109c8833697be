#include "cli/ledger_listing.h"

#include <chrono>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "postgres/ledger_text.h"

namespace schemaop {
namespace {

using Json = nlohmann::ordered_json;

// Enough of a hash to compare by eye; "-" for none.
std::string Short(const Json& hash) {
  constexpr std::size_t kShownDigits = 12;
  const auto text = hash.get<std::string>();
  return text.empty() ? "-" : text.substr(0, kShownDigits);
}

std::string FirstLine(const Json& text) {
  const auto whole = text.get<std::string>();
  return whole.substr(0, whole.find('\n'));
}

TableForm Form() {
  return {{
              {"ROW", [](const Json& o) { return o["row"].get<std::string>(); }},
              {"REVISION",
               [](const Json& o) {
                 const auto revision = o["revision"].get<std::string>();
                 return revision.empty() ? "<base>" : revision;
               }},
              {"DIRECTION", [](const Json& o) { return o["direction"].get<std::string>(); }},
              {"KIND", [](const Json& o) { return o["kind"].get<std::string>(); }},
              {"STATEMENT",
               [](const Json& o) {
                 const int statement = o["statement"].get<int>();
                 return statement > 0 ? std::to_string(statement) : "-";
               }},
              {"FINISHED",
               [](const Json& o) { return o["finished"].get<std::string>().substr(0, 19) + "Z"; }},
              {"BY", [](const Json& o) { return o["actor"].get<std::string>(); }},
              {"TOOK", [](const Json& o) { return o["took"].get<std::string>(); }, true},
              {"CHECKSUM", [](const Json& o) { return Short(o["checksum"]); }, true},
              {"PLAN", [](const Json& o) { return Short(o["plan_hash"]); }, true},
              {"MESSAGE", [](const Json& o) { return FirstLine(o["message"]); }, true},
          },
          "row"};
}

Json Describe(const LedgerRow& row) {
  Json object{
      {"row", std::to_string(row.sequence)},
      {"kind", LedgerKindName(row.kind)},
      {"revision", row.revision},
      {"direction", DirectionName(row.direction)},
      {"parents", row.parents},
      {"depends_on", row.depends_on},
      {"message", row.message},
      {"checksum", row.checksum},
      {"statement", row.statement},
      {"up_sql", row.up_sql},
      {"down_sql", nullptr},
      {"down_transactional", nullptr},
      {"transaction_id", row.transaction_id},
      {"started", FormatRfc3339Micro(row.started)},
      {"finished", FormatRfc3339Micro(row.finished)},
      {"took", FormatDuration(std::chrono::duration_cast<std::chrono::milliseconds>(row.finished -
                                                                                    row.started))},
      {"actor", row.actor},
      {"plan_hash", row.plan_hash},
      {"previous_hash", row.previous_hash},
      {"hash", row.hash},
  };
  if (row.down_sql) object["down_sql"] = *row.down_sql;
  if (row.down_transactional) object["down_transactional"] = *row.down_transactional;
  return object;
}

}  // namespace

std::string ListLedgerRows(OutputFormat format, const std::vector<LedgerRow>& rows) {
  Json objects = Json::array();
  for (const LedgerRow& row : rows) objects.push_back(Describe(row));
  const OutputFormat shown = format == OutputFormat::kText ? OutputFormat::kTable : format;
  return RenderDocument(shown, objects, objects, Form());
}

}  // namespace schemaop
