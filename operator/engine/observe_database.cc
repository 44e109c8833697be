#include "engine/observe_database.h"

#include "engine/target_database.h"

namespace schemaop {

Result<DatabaseState> ObserveDatabase(const DatabaseOptions& options, std::stop_token stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return Fail(database.error());
  return (*database)->ReadState(stop);
}

}  // namespace schemaop
