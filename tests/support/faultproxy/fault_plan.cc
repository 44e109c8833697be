#include "faultproxy/fault_plan.h"

#include <regex>
#include <utility>

namespace schemaop::testing {

bool MessageMatch::Matches(Side sender, const PgMessage& message) const {
  if (sender != side || message.type != type) return false;
  return text.empty() || std::regex_match(message.text, std::regex(text));
}

MessageMatch Query(std::string sql) { return {Side::kFrontend, 'Q', std::move(sql)}; }
MessageMatch Parse(std::string sql) { return {Side::kFrontend, 'P', std::move(sql)}; }
MessageMatch CommandComplete(std::string tag) { return {Side::kBackend, 'C', std::move(tag)}; }
MessageMatch ReadyForQuery() { return {Side::kBackend, 'Z', ""}; }
MessageMatch Startup() { return {Side::kFrontend, PgMessage::kStartup, ""}; }

}  // namespace schemaop::testing
