#include "cli/autogenerate.h"

#include <fmt/format.h>

#include "catalog/change_list.h"
#include "catalog/diff.h"
#include "catalog/rename.h"
#include "cli/rename_hints.h"
#include "cli/revision_listing.h"
#include "cli/schema_difference.h"
#include "cli/schema_reader.h"
#include "engine/autogenerate.h"
#include "engine/schema_copy.h"

namespace schemaop {
namespace {

Outcome<ScratchDatabase> CopyOfLive(const SchemaReader& reader, const CatalogScope& scope,
                                    CommandContext& context) {
  const auto live = reader.ReadLive();
  if (!live) return tl::unexpected(live.error());
  auto scratch = reader.NewScratch();
  if (!scratch) return scratch;
  auto copied = CopySchema(Narrow(*live, scope), scope, *scratch, context.stop);
  if (!copied) return Refuse(copied.error());
  return scratch;
}

Outcome<std::vector<Rename>> ReadRenames(const SchemaReader& reader,
                                         const AutogenerateRequest& request, const Catalog& from,
                                         const Catalog& to) {
  const auto text = reader.DesiredText();
  if (!text) return tl::unexpected(text.error());
  auto renames = ReadRenameHints(reader.DesiredPath(), *text, from, to);
  if (!renames) return Refuse(ExitCode::kUsage, renames.error().message);
  for (const std::string& typed : request.renames) {
    auto rename = ReadRename(typed, from);
    if (!rename) return Refuse(ExitCode::kUsage, "--rename: " + rename.error().message);
    renames->push_back(*std::move(rename));
  }
  return *std::move(renames);
}

CommandFailure NotPossible(const GeneratedRevisions& generated, const std::string& program) {
  std::string text = "PostgreSQL cannot make this change in place:\n";
  for (const Refusal& refusal : generated.refusals) {
    text += fmt::format("  {}: {}\n", Text(refusal.object), refusal.reason);
  }
  return {ExitCode::kRefused,
          text + fmt::format("write that revision by hand ({} revision -m MESSAGE); nothing is "
                             "written\n",
                             program)};
}

// The files' sections and messages: "add invoices", "add invoices (2 of 3)".
std::vector<NewRevision> DescribeGenerated(const GeneratedRevisions& generated,
                                           const NewRevision& wanted, const std::string& offers) {
  std::vector<NewRevision> all;
  const std::size_t count = generated.revisions.size();
  for (const GeneratedRevision& revision : generated.revisions) {
    NewRevision next = wanted;
    const std::size_t number = all.size() + 1;
    if (number > 1) {
      next.message += fmt::format(" ({} of {})", number, count);
      next.branch_label.reset();
      next.depends_on.clear();
      if (next.id) *next.id += fmt::format("_{}", number);
    }
    next.upgrade.text = (number == 1 ? offers : "") + revision.up;
    next.upgrade.transactional = revision.up_transactional;
    next.downgrade.reset();
    if (revision.down) {
      next.downgrade.emplace();
      next.downgrade->text = *revision.down;
      next.downgrade->transactional = revision.down_transactional;
    }
    all.push_back(std::move(next));
  }
  return all;
}

}  // namespace

Outcome<void> WriteGeneratedRevisions(CommandContext& context, const Workspace& workspace,
                                      const AutogenerateRequest& request,
                                      const NewRevision& wanted) {
  const SchemaReader reader(context, workspace, request.scratch_url);
  CatalogScope scope = reader.Scope();
  if (request.live) scope.owners = scope.grants = false;
  const auto desired = reader.ReadDesired();
  if (!desired) return tl::unexpected(desired.error());
  const Catalog to = Narrow(*desired, scope);
  const auto scratch =
      request.live ? CopyOfLive(reader, scope, context) : reader.Replay(reader.AllHeads());
  if (!scratch) return tl::unexpected(scratch.error());
  const auto there = reader.ReadScratch(*scratch);
  if (!there) return tl::unexpected(there.error());
  auto renames = ReadRenames(reader, request, Narrow(*there, scope), to);
  if (!renames) return tl::unexpected(renames.error());
  for (const Rename& rename : *renames) context.output.Progress("renamed: " + WriteRename(rename));
  const auto generated = GenerateRevisions(
      *scratch, {.wanted = to, .scope = scope, .renames = *std::move(renames)}, context.stop);
  if (!generated) return Refuse(generated.error());
  for (const std::string& warning : generated->warnings) context.output.Warning(warning);
  if (generated->revisions.empty() && generated->refusals.empty()) {
    context.output.Progress(
        fmt::format("No changes in schema detected: {} says nothing that {}; nothing is written",
                    reader.DesiredPath(),
                    request.live ? "the database does not hold" : "the revisions do not make"));
    if (wanted.format != OutputFormat::kText) {
      context.output.Result(ListRevisions(wanted.format, workspace, {}, std::nullopt));
    }
    return {};
  }
  for (const std::string& line : ListChanges(generated->changes)) context.output.Progress(line);
  if (!generated->refusals.empty()) {
    return tl::unexpected(NotPossible(*generated, ProgramOnProject(context.globals)));
  }
  std::string offers;
  for (const Rename& rename : generated->rename_candidates) {
    const std::string offer = RenameOffer(rename, reader.DesiredPath());
    context.output.Warning(offer);
    offers += SqlComment(offer);
  }
  return WriteNewRevisions(context, workspace, DescribeGenerated(*generated, wanted, offers));
}

}  // namespace schemaop
