-- A message.
-- revision: 002
-- down_revision: 001

-- migrate:up
SELECT 1;
-- migrate:up
SELECT 2;
