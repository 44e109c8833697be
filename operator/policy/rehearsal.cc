#include "policy/rehearsal.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "base/text.h"
#include "policy/attempt.h"
#include "policy/message.h"

namespace schemaop {
namespace {

constexpr std::size_t kMostFindingsNamed = 5;
constexpr std::size_t kLongestMessage = 4096;

std::string CountSteps(std::size_t steps) {
  return std::to_string(steps) + (steps == 1 ? " step" : " steps");
}

std::string DescribeFindings(const RehearsalReport& report) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(report.findings.size(), kMostFindingsNamed); ++i) {
    lines.push_back(DescribeFinding(report.findings[i]));
  }
  if (report.findings.size() > kMostFindingsNamed) {
    lines.push_back("and " + std::to_string(report.findings.size() - kMostFindingsNamed) + " more");
  }
  return Join(lines, "; ");
}

Hold HoldFor(const RehearsalStatus& rehearsal) {
  const bool denied = rehearsal.outcome == kOutcomeDenied;
  return {denied ? Reason::kRehearsalDenied : Reason::kRehearsalFailed, rehearsal.message};
}

}  // namespace

std::optional<Decision> RehearsalGate(const SchemaVersion& object, const Observation& observation,
                                      const Goal& goal, const Plan& plan) {
  if (!object.spec->policy.require_rehearsal) return std::nullopt;
  const auto& made = object.status.rehearsal;
  if (!made || made->inputs != AttemptInputs(object, observation)) {
    return Decision(RehearseFirst{goal, plan});
  }
  if (made->outcome == kOutcomePassed) return std::nullopt;
  // In the future it is only when the clock has been set back.
  if (made->at > observation.now || observation.now - made->at >= object.spec->interval)
    return Decision(RehearseFirst{goal, plan});
  return Decision(HoldFor(*made));
}

RehearsalStatus RehearsalOf(const SchemaVersion& object, const Observation& observation,
                            const Plan& plan, const Result<RehearsalReport>& report) {
  RehearsalStatus status{
      .inputs = AttemptInputs(object, observation),
      .outcome = std::string(kOutcomePassed),
      .steps = static_cast<int>(plan.steps.size()),
      .at = std::chrono::floor<std::chrono::seconds>(observation.now),
      .message = {},
  };
  const std::string what = "the rehearsal of " + CountSteps(plan.steps.size()) + " from " +
                           ShowHeads(observation.database->heads) + " beside " +
                           observation.identity->label;
  if (report && report->findings.empty()) {
    status.message = what + " found nothing wrong";
    return status;
  }
  const bool denied = !report && report.error().code == ErrorCode::kDenied;
  status.outcome = denied ? kOutcomeDenied : kOutcomeFailed;
  const std::string why = report ? DescribeFindings(*report) : report.error().message;
  status.message =
      Truncate(what + (denied ? " cannot be made: " : " failed, and nothing is run: ") + why,
               kLongestMessage);
  return status;
}

Result<void> CheckRehearsed(const SchemaVersionSpec& spec, const Plan& rehearsed, const Plan& now) {
  if (!spec.policy.require_rehearsal || rehearsed.steps == now.steps) return {};
  return Fail(ErrorCode::kConflict, "the database moved to " + ShowHeads(now.from) +
                                        " meanwhile; the steps from there are rehearsed first");
}

}  // namespace schemaop
