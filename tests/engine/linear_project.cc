#include "linear_project.h"

#include <algorithm>
#include <thread>

#include "postgres/dsn.h"
#include "sql/splitter.h"

namespace schemaop::testing {
namespace {

std::string TriggerFunction(const std::string& name, const std::string& body) {
  return "CREATE FUNCTION public." + name + "() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN " +
         body + "; RETURN NEW; END$$; ";
}

VersionChange Change(const RevisionId& from, const RevisionId& to) {
  using Kind = VersionChange::Kind;
  return {.kind = from.empty() ? Kind::kInsert : (to.empty() ? Kind::kDelete : Kind::kUpdate),
          .from = from,
          .to = to};
}

Heads HeadsAt(const RevisionId& revision) { return revision.empty() ? Heads{} : Heads{revision}; }

Section MakeSection(const std::string& file, const std::string& text) {
  auto statements = SplitStatements(text, file);
  if (!statements) throw std::runtime_error(statements.error().message);
  return {.text = text, .statements = *statements};
}

}  // namespace

Revision MakeRevision(const std::string& id, const std::string& parent, const std::string& up,
                      const std::string& down) {
  Revision revision;
  revision.id = id;
  if (!parent.empty()) revision.down_revisions = {parent};
  revision.message = "Revision " + id;
  revision.file = id + ".sql";
  revision.checksum = "checksum of " + id;
  revision.upgrade = MakeSection(revision.file, up);
  revision.downgrade = MakeSection(revision.file, down);
  return revision;
}

Revision WithoutTransaction(Revision revision) {
  revision.upgrade.transactional = false;
  return revision;
}

std::string InCommit(const std::string& table, const std::string& body) {
  return "CREATE TABLE public." + table + " (id int); " + TriggerFunction("late", body) +
         TriggerFunction("put_off", "SET CONSTRAINTS ALL DEFERRED; INSERT INTO public." + table +
                                        " VALUES (1)") +
         "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public." + table +
         " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.late(); "
         "CREATE TRIGGER put_off BEFORE INSERT OR UPDATE ON public.alembic_version FOR EACH ROW "
         "EXECUTE FUNCTION public.put_off()";
}

Planner PlanAll(std::vector<Revision> revisions) {
  return [revisions = std::move(revisions)](const DatabaseState& state) -> Result<Plan> {
    Plan plan;
    plan.from = state.heads;
    plan.to = state.heads;
    RevisionId at = state.heads.empty() ? "" : state.heads.front();
    bool pending = at.empty();
    for (const Revision& revision : revisions) {
      if (pending) {
        plan.steps.push_back({.direction = Direction::kUpgrade,
                              .revision = revision.id,
                              .changes = {Change(at, revision.id)},
                              .heads_after = {revision.id}});
        plan.to = {revision.id};
        at = revision.id;
      }
      pending = pending || revision.id == at;
    }
    return plan;
  };
}

Planner PlanBase(std::vector<Revision> revisions) {
  return [revisions = std::move(revisions)](const DatabaseState& state) -> Result<Plan> {
    Plan plan;
    plan.from = state.heads;
    bool applied = false;
    for (auto it = revisions.rbegin(); it != revisions.rend(); ++it) {
      applied = applied || state.heads == Heads{it->id};
      if (!applied) continue;
      const RevisionId parent = it->down_revisions.empty() ? "" : it->down_revisions.front();
      plan.steps.push_back({.direction = Direction::kDowngrade,
                            .revision = it->id,
                            .changes = {Change(it->id, parent)},
                            .heads_after = HeadsAt(parent)});
    }
    return plan;
  };
}

RunReport UpgradeCutInACommit(const TestPostgres& server, const DatabaseOptions& options,
                              const std::vector<Revision>& revisions) {
  const auto graph = RevisionGraph::Build(revisions).value();
  RunReport report;
  {
    const std::jthread runner(
        [&] { report = Migrate(options, graph, PlanAll(revisions), {"a test"}, nullptr, {}); });
    EXPECT_TRUE(WaitUntil([&] {
      return server.Query("postgres",
                          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                          "WHERE wait_event = 'SyncRep'") == "1";
    }));
  }
  return report;
}

DatabaseOptions LinearProject::OptionsFor(const std::string& database) const {
  DatabaseOptions options;
  options.dsn = ParseDatabaseUrl(server_.Url(database)).value();
  return options;
}

RunReport LinearProject::Upgrade(const std::vector<Revision>& revisions, std::stop_token stop,
                                 const ProgressSink& progress) const {
  const auto graph = RevisionGraph::Build(revisions).value();
  return Migrate(options_, graph, PlanAll(revisions), {"a test"}, progress, stop);
}

RunReport LinearProject::Downgrade(const std::vector<Revision>& revisions) const {
  const auto graph = RevisionGraph::Build(revisions).value();
  return Migrate(options_, graph, PlanBase(revisions), {"a test"}, nullptr, {});
}

std::string LinearProject::LedgerWords() const {
  return Query(
      "SELECT string_agg(kind || ':' || revision, ' ' ORDER BY sequence) FROM "
      "schemaversion.ledger");
}

bool LinearProject::HasTable(const std::string& name) const {
  return Query("SELECT to_regclass('" + name + "') IS NOT NULL") == "t";
}

}  // namespace schemaop::testing
