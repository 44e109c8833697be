// metadata.managedFields: who wrote which field, kept on every write; server-side apply on top of
// it.
#pragma once

#include <string>

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

// Who writes, through which door, and when (RFC 3339, whole seconds).
struct FieldWriter {
  std::string manager;
  std::string api_version;
  std::string subresource;  // "" or "status"
  std::string time;
};

// After an update from `before` (null object for a creation) to `after`: what changed belongs to
// `writer` now. Nothing is touched when nothing changed.
void RecordUpdate(const Json& before, Json& after, const Json& schema, const FieldWriter& writer);

// Server-side apply of `applied` onto `live` (an empty object for a creation). Fields of other
// managers that would change are a 409 with one cause each, unless `force`.
Answer<Json> ServerSideApply(const Json& live, const Json& applied, const Json& schema,
                             const FieldWriter& writer, bool force);

}  // namespace schemaop::devcluster
