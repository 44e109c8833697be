-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
CREATE TABLE t (a int);
CREATE INDEX CONCURRENTLY ix_a ON t (a);
