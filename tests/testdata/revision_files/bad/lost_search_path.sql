-- A path that no other statement would see.
-- revision: b
-- down_revision: none

-- migrate:up transaction:false
SET lock_timeout = '5s';
SET search_path = app;
CREATE INDEX CONCURRENTLY ix_a ON t (a);
