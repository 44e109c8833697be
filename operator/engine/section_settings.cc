#include "engine/section_settings.h"

namespace schemaop {

SqlResult<void> SectionSettings::Set(Session& session, const std::stop_token& stop) const {
  for (const std::string& statement : statements_) {
    auto done = session.Execute(statement, stop);
    if (!done) return tl::unexpected(std::move(done.error()));
  }
  return {};
}

}  // namespace schemaop
