// One recorded answer of Alembic's, and whether ours agrees with it.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "revision/plan.h"
#include "revision/revision.h"
#include "revision/views.h"

namespace schemaop {

// What a command answers: a plan of any kind, or printed lines.
using Answer = std::variant<Plan, StampPlan, Lines>;

// A vector as its file has it: a graph, the rows of a version table, a command, and the accepted
// outcomes.
class AlembicVector {
 public:
  // REQUIRES: `vector` is an element of "vectors" and outlives this.
  explicit AlembicVector(const nlohmann::json& vector);

  std::string Name() const;
  std::string Category() const;

  // What does not agree, for a person; nullopt when everything does.
  std::optional<std::string> Disagreement() const;

 private:
  Result<Answer> Ask() const;
  Result<Answer> AskOf(const RevisionGraph& graph) const;
  bool HasQuirk(const std::string& quirk) const;
  bool IsRefusalOfQuirk(const Error& error) const;
  std::optional<std::string> DisagreementWith(const nlohmann::json& expected,
                                              const Result<Answer>& answer) const;

  const nlohmann::json& vector_;
  std::vector<Revision> revisions_;
  bool is_broken_ = false;  // by a check of this test's own
};

}  // namespace schemaop
