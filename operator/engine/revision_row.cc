#include "engine/revision_row.h"

#include <utility>

namespace schemaop {

LedgerRow RevisionRow(LedgerKind kind, const Revision& revision,
                      std::vector<RevisionId> depends_on) {
  LedgerRow row;
  row.kind = kind;
  row.revision = revision.id;
  row.parents = revision.down_revisions;
  row.depends_on = std::move(depends_on);
  row.message = revision.message;
  row.checksum = revision.checksum;
  row.up_sql = revision.upgrade.text;
  if (revision.downgrade) {
    row.down_sql = revision.downgrade->text;
    row.down_transactional = revision.downgrade->transactional;
  }
  return row;
}

}  // namespace schemaop
