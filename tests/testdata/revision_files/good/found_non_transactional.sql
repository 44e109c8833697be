-- Index without blocking writers.
-- revision: i
-- down_revision: h

-- migrate:up
CREATE INDEX CONCURRENTLY ix_a ON t (a);
CREATE UNIQUE INDEX CONCURRENTLY ix_b ON t (b);

-- migrate:down
DROP INDEX CONCURRENTLY ix_b;
DROP INDEX CONCURRENTLY ix_a;
