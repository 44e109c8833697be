#include "revision/plan_hash.h"

#include <algorithm>

#include "base/sha256.h"

namespace schemaop {
namespace {

// The length in front keeps two lists of parts from reading alike.
void Add(std::string& bytes, std::string_view part) {
  bytes += std::to_string(part.size());
  bytes += ':';
  bytes += part;
}

void AddRows(std::string& bytes, Heads rows) {
  std::sort(rows.begin(), rows.end());
  Add(bytes, std::to_string(rows.size()));
  for (const RevisionId& row : rows) Add(bytes, row);
}

}  // namespace

std::string PlanHash(std::string_view database, const RevisionGraph& graph, const Plan& plan) {
  std::string bytes;
  Add(bytes, database);
  AddRows(bytes, plan.from);
  AddRows(bytes, plan.to);
  for (const Step& step : plan.steps) {
    const Revision& revision = *graph.Find(step.revision);
    const bool up = step.direction == Direction::kUpgrade;
    const Section& section = up ? revision.upgrade : *revision.downgrade;
    Add(bytes, up ? "upgrade" : "downgrade");
    Add(bytes, revision.id);
    Add(bytes, section.transactional ? "transaction:true" : "transaction:false");
    Add(bytes, section.text);
  }
  return Sha256Hex(bytes);
}

}  // namespace schemaop
