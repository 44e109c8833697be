#include "engine/submitted_statement.h"

#include <utility>

namespace schemaop {
namespace {

// A second session costs the server as much as a few statements: not for those that take no time.
constexpr std::chrono::milliseconds kWorthWatching{30};

// Tells the progress of the statements of a section.
class Teller {
 public:
  Teller(TargetDatabase& database, const StepContext& context)
      : database_(database),
        context_(context),
        moment_{.statement = 0,
                .statements = static_cast<int>(context.section.statements.size()),
                .attempt = context.attempt,
                .held_back = false,
                .began = context.started,
                .blockers = {},
                .build = std::nullopt} {}

  // Statement `index` (from 0) begins.
  void Begin(std::size_t index) {
    moment_.statement = static_cast<int>(index) + 1;
    moment_.blockers.clear();
    moment_.build.reset();
    context_.progress(moment_);
    const auto age = std::chrono::system_clock::now() - context_.started;
    if (age > kWorthWatching) Watch();
  }

  // It is still running.
  void Look() {
    Watch();
    Sighting seen = context_.monitor.Latest();
    moment_.blockers = std::move(seen.blockers);
    moment_.build = std::move(seen.build);
    context_.progress(moment_);
  }

 private:
  void Watch() { context_.monitor.Watch(database_.session().backend_pid()); }

  TargetDatabase& database_;
  const StepContext& context_;
  StepMoment moment_;
};

}  // namespace

SqlResult<CommandResult> RunSubmitted(
    TargetDatabase& database, const StepContext& context, std::size_t index,
    std::optional<std::chrono::steady_clock::time_point> deadline) {
  const Statement& statement = context.section.statements[index];
  Teller teller(database, context);
  teller.Begin(index);
  return database.session().Execute({.sql = statement.text,
                                     .copy_data = statement.copy_data,
                                     .deadline = deadline,
                                     .protocol = Protocol::kExtended,
                                     .waiting = [&] { teller.Look(); },
                                     .tick = kWorthWatching},
                                    context.stop);
}

PipelineAnswer RunSubmittedTogether(TargetDatabase& database, const StepContext& context,
                                    StatementRange range, std::vector<PipelinedStatement> questions,
                                    const std::function<void()>& starting) {
  Teller teller(database, context);
  PipelineInput input{.statements = {},
                      .starting =
                          [&](std::size_t number) {
                            starting();
                            teller.Begin(range.first + number);
                          },
                      .told = range.count,
                      .waiting = [&] { teller.Look(); },
                      .tick = kWorthWatching};
  for (std::size_t i = range.first; i < range.first + range.count; ++i) {
    input.statements.push_back({.sql = context.section.statements[i].text});
  }
  for (PipelinedStatement& question : questions) input.statements.push_back(std::move(question));
  return database.session().Pipeline(input, context.stop);
}

}  // namespace schemaop
