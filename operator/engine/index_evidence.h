// What the catalog says of indexes that are built, dropped and rebuilt concurrently.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/interrupted_statement.h"
#include "postgres/session.h"
#include "sql/interruptible.h"

namespace schemaop {

// Each as JudgeStatement says of its kind.
Result<Judgement> JudgeIndexBuild(Session& session, const BuildsIndex& built,
                                  const std::vector<std::string>& search_path,
                                  const std::stop_token& stop);
Result<Judgement> JudgeIndexDrop(Session& session, const DropsIndex& dropped,
                                 const std::vector<std::string>& search_path,
                                 const std::stop_token& stop);
Result<Judgement> JudgeRebuild(Session& session, const RebuildsIndexes& rebuilt,
                               const std::vector<std::string>& search_path,
                               const std::stop_token& stop);

}  // namespace schemaop
