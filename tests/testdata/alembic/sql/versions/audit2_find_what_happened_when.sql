-- Find what happened when
--
-- revision: audit2
-- down_revision: audit1

-- migrate:up
CREATE INDEX ix_audit_entries_happened ON audit_entries (happened);

-- migrate:down
DROP INDEX ix_audit_entries_happened;
