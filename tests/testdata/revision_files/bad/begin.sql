-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
  BEGIN;
SELECT 1;
COMMIT;
