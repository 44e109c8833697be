#include "engine/verify.h"

#include <map>
#include <string>
#include <utility>

#include "engine/check_evidence.h"
#include "engine/own_transaction.h"
#include "engine/target_database.h"
#include "postgres/sqlstate.h"
#include "revision/revision_header.h"

namespace schemaop {
namespace {

// Their last values by name; of those that may be seen and were ever used.
using Sequences = std::map<std::string, std::string>;

Result<Sequences> ReadSequences(Session& session, const std::stop_token& stop) {
  auto rows = session.Query(
      "SELECT pg_catalog.format('%I.%I', schemaname, sequencename), last_value "
      "FROM pg_catalog.pg_sequences WHERE last_value IS NOT NULL",
      {}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot list the sequences"));
  Sequences sequences;
  for (const Row& row : *rows) sequences[row.Text(0)] = row.Text(1);
  return sequences;
}

std::vector<SequenceMove> MovesBetween(const Sequences& before, const Sequences& after) {
  std::vector<SequenceMove> moves;
  for (const auto& [name, value] : after) {
    const auto was = before.find(name);
    const std::string from = was == before.end() ? "" : was->second;
    if (from != value) moves.push_back({name, from, value});
  }
  return moves;
}

Result<void> RunSample(Session& session, const CheckList& list, const std::stop_token& stop) {
  for (const Statement& statement : list.sample) {
    auto done = session.Execute({.sql = statement.text, .protocol = Protocol::kExtended}, stop);
    if (done) continue;
    const Error error = ToError(done.error());
    const std::string& sqlstate = done.error().sqlstate;
    if (sqlstate.empty() || IsTransient(sqlstate)) return Fail(WithContext(error, "the sample"));
    Error refused =
        FailAt(list.file, statement.position, "the sample was refused: " + error.message).value();
    refused.code = error.code;
    return Fail(std::move(refused));
  }
  return {};
}

Result<std::vector<CheckResult>> JudgeAll(TargetDatabase& database, const CheckList& list,
                                          const std::stop_token& stop) {
  std::vector<CheckResult> results;
  for (const Check& check : list.checks) {
    auto evidence = GatherEvidence(database, check, stop);
    if (!evidence) return Fail(evidence.error());
    results.push_back(Judge(check, *evidence));
  }
  return results;
}

// In a transaction that ends, and is rolled back, with this function.
Result<std::vector<CheckResult>> RunInside(TargetDatabase& database, const CheckList& list,
                                           const std::stop_token& stop) {
  auto transaction = OwnTransaction::Begin(database, stop);
  if (!transaction) return Fail(transaction.error());
  if (auto entered = database.EnterSubmitted(stop); !entered) return Fail(entered.error());
  if (auto sampled = RunSample(database.session(), list, stop); !sampled) {
    return Fail(sampled.error());
  }
  return JudgeAll(database, list, stop);
}

}  // namespace

Result<CheckReport> RunChecks(const DatabaseOptions& options, const CheckList& list,
                              const std::stop_token& stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return Fail(database.error());
  return RunChecks(**database, list, stop);
}

Result<CheckReport> RunChecks(TargetDatabase& database, const CheckList& list,
                              const std::stop_token& stop) {
  Session& session = database.session();
  const auto before = ReadSequences(session, stop);
  if (!before) return Fail(before.error());
  auto results = RunInside(database, list, stop);
  if (!results) return Fail(results.error());
  if (auto reset = database.Reset(stop); !reset) return Fail(reset.error());
  const auto after = ReadSequences(session, stop);
  if (!after) return Fail(after.error());
  return CheckReport{*std::move(results), MovesBetween(*before, *after)};
}

}  // namespace schemaop
