#include "engine/autogenerate.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "catalog/rename.h"
#include "postgres/catalog_reader.h"

namespace schemaop {
namespace {

// Statements that make one revision.
struct Stage {
  std::vector<DdlStatement> renames;    // before the others
  std::vector<DdlStatement> unrenames;  // what undoes them, after the others are undone
  std::vector<DdlStatement> statements;
  bool transactional = true;
};

// Constraints that are added one after the other are validated one after the other, too. Other
// statements keep their place: they may need what is before them.
void GatherValidations(std::vector<DdlStatement>& statements) {
  const auto has_part = [](const DdlStatement& statement) {
    return statement.validation != Validation::kNone;
  };
  for (auto begin = statements.begin(); begin != statements.end();) {
    begin = std::find_if(begin, statements.end(), has_part);
    const auto end = std::find_if_not(begin, statements.end(), has_part);
    std::stable_sort(begin, end, [](const DdlStatement& one, const DdlStatement& other) {
      return one.validation < other.validation;
    });
    begin = end;
  }
}

// A constraint is validated after the commit that added it, and first in its transaction: the scan
// then holds no lock that writers mind.
bool BeginsStage(const DdlStatement& statement, const DdlStatement& last) {
  const auto validates = [](const DdlStatement& one) {
    return one.validation == Validation::kValidates;
  };
  return statement.transaction != last.transaction || (validates(statement) && !validates(last));
}

std::vector<Stage> IntoStages(std::vector<DdlStatement> statements) {
  GatherValidations(statements);
  std::vector<Stage> stages;
  for (DdlStatement& statement : statements) {
    if (stages.empty() || BeginsStage(statement, stages.back().statements.back())) {
      stages.emplace_back();
    }
    Stage& stage = stages.back();
    stage.transactional = statement.transaction != Transaction::kOutside;
    stage.statements.push_back(std::move(statement));
  }
  return stages;
}

// Renames go with the first statements that run in a transaction.
void PutFirst(std::vector<Stage>& stages, std::vector<DdlStatement> renames,
              std::vector<DdlStatement> unrenames) {
  if (renames.empty()) return;
  if (stages.empty() || !stages.front().transactional) stages.insert(stages.begin(), Stage());
  stages.front().renames = std::move(renames);
  stages.front().unrenames = std::move(unrenames);
}

class Generation {
 public:
  Generation(Session session, const GenerateRequest& request, std::stop_token stop)
      : session_(std::move(session)), request_(request), stop_(std::move(stop)) {}

  Result<GeneratedRevisions> Run() {
    auto start = Read();
    if (!start) return Fail(start.error());
    if (auto renamed = MakeRenames(); !renamed) return Fail(renamed.error());
    auto renamed = request_.renames.empty() ? start : Read();
    if (!renamed) return Fail(renamed.error());
    Catalog current = *std::move(renamed);
    SchemaDiff diff = Diff(current, request_.wanted, Safe());
    GeneratedRevisions result{.changes = std::move(diff.changes),
                              .revisions = {},
                              .refusals = std::move(diff.refusals),
                              .rename_candidates = std::move(diff.rename_candidates),
                              .warnings = std::move(diff.warnings)};
    if (!result.refusals.empty()) return result;
    std::vector<Stage> stages = IntoStages(std::move(diff.statements));
    PutFirst(stages, std::move(renames_), std::move(unrenames_));
    if (stages.empty()) return result;
    for (const Stage& stage : stages) {
      auto revision = Take(stage, current);
      if (!revision) return Fail(revision.error());
      result.revisions.push_back(*std::move(revision));
    }
    for (const ObjectChange& left : FindChanges(current, request_.wanted)) {
      result.warnings.push_back("still different after these revisions: " + Text(left));
    }
    if (auto back = TakeBack(*start, result.warnings); !back) return Fail(back.error());
    return result;
  }

 private:
  static DiffOptions Safe() {
    DiffOptions options;
    options.concurrent_indexes = true;
    options.validate_later = true;
    return options;
  }

  Result<Catalog> Read() {
    auto catalog = ReadCatalog(session_, {}, stop_);
    if (!catalog) return Fail(catalog.error());
    return Narrow(*catalog, request_.scope);
  }

  // The server knows best what a rename changes: every definition that names the object.
  Result<void> MakeRenames() {
    for (const Rename& rename : request_.renames) {
      auto sql = RenameSql(rename);
      auto back = RenameSql(Back(rename));
      if (!sql || !back) return Fail(sql ? back.error() : sql.error());
      auto done = session_.Execute(*sql, stop_);
      if (!done) {
        return Fail(ErrorCode::kInvalid,
                    "cannot rename " + WriteRename(rename) + ": " + done.error().message);
      }
      renames_.push_back({.sql = *std::move(sql), .object = rename.from});
      unrenames_.insert(unrenames_.begin(), {.sql = *std::move(back), .object = rename.to});
    }
    return {};
  }

  Result<void> Execute(const DdlStatement& statement) {
    auto done = session_.Execute(statement.sql, stop_);
    if (done) return {};
    Error error = ToError(done.error());
    if (error.code != ErrorCode::kCancelled && error.code != ErrorCode::kUnavailable) {
      error.code = ErrorCode::kInternal;
    }
    return Fail(WithContext(std::move(error), "the generated statement \"" +
                                                  Truncate(statement.sql, 200) + "\" for " +
                                                  Text(statement.object)));
  }

  Result<GeneratedRevision> Take(const Stage& stage, Catalog& current) {
    for (const DdlStatement& statement : stage.statements) {
      if (auto done = Execute(statement); !done) return Fail(done.error());
    }
    auto next = Read();
    if (!next) return Fail(next.error());
    DiffOptions options;
    options.concurrent_indexes = !stage.transactional;
    SchemaDiff back = Diff(*next, current, options);
    current = *std::move(next);
    return Write(stage, std::move(back));
  }

  GeneratedRevision Write(const Stage& stage, SchemaDiff back) {
    GeneratedRevision revision;
    revision.up_transactional = stage.transactional;
    for (const Refusal& refusal : back.refusals) {
      revision.up +=
          SqlComment("cannot be taken back: " + Text(refusal.object) + ": " + refusal.reason);
    }
    std::vector<DdlStatement> statements = stage.renames;
    statements.insert(statements.end(), stage.statements.begin(), stage.statements.end());
    revision.up += RenderScript(statements);
    back.statements.insert(back.statements.end(), stage.unrenames.begin(), stage.unrenames.end());
    downs_.push_back(back.refusals.empty() ? back.statements : std::vector<DdlStatement>());
    reversible_ = reversible_ && back.refusals.empty();
    if (!back.refusals.empty()) return revision;
    revision.down = RenderScript(back.statements);
    revision.down_transactional = std::all_of(
        back.statements.begin(), back.statements.end(), [&](const DdlStatement& statement) {
          return statement.transaction == Transaction::kInside ||
                 (statement.transaction == Transaction::kCommitAfter &&
                  back.statements.size() == 1);
        });
    return revision;
  }

  Result<void> TakeBack(const Catalog& start, std::vector<std::string>& warnings) {
    if (!reversible_) return {};
    for (auto down = downs_.rbegin(); down != downs_.rend(); ++down) {
      for (const DdlStatement& statement : *down) {
        if (auto done = Execute(statement); !done) return done;
      }
    }
    auto end = Read();
    if (!end) return Fail(end.error());
    for (const ObjectChange& left : FindChanges(start, *end)) {
      warnings.push_back("the down sections leave a difference: " + Text(left));
    }
    return {};
  }

  Session session_;
  const GenerateRequest& request_;
  std::stop_token stop_;
  std::vector<DdlStatement> renames_;
  std::vector<DdlStatement> unrenames_;
  std::vector<std::vector<DdlStatement>> downs_;  // of the revisions so far
  bool reversible_ = true;
};

}  // namespace

Result<GeneratedRevisions> GenerateRevisions(const ScratchDatabase& scratch,
                                             const GenerateRequest& request,
                                             const std::stop_token& stop) {
  auto session = Session::Connect({.dsn = scratch.dsn(), .application_name = "schemactl"}, stop);
  if (!session) return Fail(session.error());
  return Generation(*std::move(session), request, stop).Run();
}

}  // namespace schemaop
